package import Logging
import ServiceLifecycle
package import Telemetry

/// Work done again and again at an interval until the service group stops. A failure is logged, counted and tried again at the next
/// turn: one bad moment must not end the monitor.
package struct PeriodicService: Service {
    private let name: String
    private let intervalSeconds: Double
    private let metrics: SelfMetrics
    private let logger: Logger
    private let work: @Sendable () async throws -> Void

    package init(
        _ name: String, everySeconds intervalSeconds: Double, metrics: SelfMetrics, logger: Logger,
        _ work: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.intervalSeconds = intervalSeconds
        self.metrics = metrics
        self.logger = logger
        self.work = work
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            let clock = ContinuousClock()
            var next = clock.now
            var lastMessage = ""
            while !Task.isCancelled {
                let message = await self.turn(clock)
                // The same failure at every turn is told once.
                if !message.isEmpty, message != lastMessage { self.logger.error("\(self.name): \(message)") }
                lastMessage = message
                // Turns missed because one took long are skipped, not made up for.
                repeat { next += .seconds(self.intervalSeconds) } while next < clock.now
                do {
                    try await clock.sleep(until: next)
                } catch {
                    return
                }
            }
        }
    }

    private func turn(_ clock: ContinuousClock) async -> String {
        let start = clock.now
        var message = ""
        do {
            try await work()
        } catch is CancellationError {
            return ""
        } catch {
            metrics.add("magewatch_service_failures_total", ["service": name])
            message = "\(error)"
        }
        let elapsed = (clock.now - start).components
        metrics.add(
            "magewatch_service_seconds_total", ["service": name], by: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        )
        metrics.add("magewatch_service_turns_total", ["service": name])
        return message
    }
}
