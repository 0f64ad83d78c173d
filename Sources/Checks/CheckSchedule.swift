package import Logging
package import Telemetry

/// Runs checks at their intervals and writes the results as series. A check that hangs delays only itself.
package struct CheckSchedule: Sendable {
    private let checks: [Check]
    private let prober: Prober
    private let vantage: String
    private let sink: any SampleSink
    private let metrics: SelfMetrics
    private let logger: Logger
    private let now: @Sendable () -> Milliseconds

    /// - Parameter vantage: name of the place the checks are made from.
    package init(
        checks: [Check], prober: Prober, vantage: String, sink: any SampleSink, metrics: SelfMetrics, logger: Logger,
        now: @escaping @Sendable () -> Milliseconds
    ) {
        self.checks = checks
        self.prober = prober
        self.vantage = vantage
        self.sink = sink
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    /// Runs until the task is cancelled.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { await run(check, offset: Double(index) / Double(checks.count)) }
            }
        }
    }

    /// - Parameter offset: share of the interval to wait first, so that checks do not all run at once.
    private func run(_ check: Check, offset: Double) async {
        let clock = ContinuousClock()
        var next = clock.now + .seconds(check.intervalSeconds * offset)
        var wasUp = true
        while !Task.isCancelled {
            do {
                try await clock.sleep(until: next)
            } catch {
                return
            }
            let result = await prober.probe(check)
            if result.isUp != wasUp {
                logger.info("check \(check.name) is \(result.isUp ? "up" : "down") \(result.message)")
                wasUp = result.isUp
            }
            await write(result, of: check)
            // A probe that took longer than the interval skips the turns it missed.
            repeat { next += .seconds(check.intervalSeconds) } while next < clock.now
        }
    }

    private func write(_ result: ProbeResult, of check: Check) async {
        var batch = SampleBatch()
        result.append(to: &batch, check, vantage: vantage, at: now())
        metrics.add("magewatch_check_probes_total", ["check": check.name, "result": result.isUp ? "up" : "down"])
        do {
            _ = try await sink.append(batch)
        } catch {
            metrics.add("magewatch_check_results_lost_total", ["check": check.name])
        }
    }
}
