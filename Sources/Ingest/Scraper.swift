package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
package import Telemetry

/// Scrapes targets on their schedules and writes what they say, `up` included, into a sink.
///
/// Each target has its own place in its interval, the same after a restart, so that a thousand targets are no thundering herd. A
/// round that takes longer than the interval skips the rounds it missed. Series that vanish get stale markers.
package struct Scraper: Sendable {
    /// Told after each scrape, so that a lost server is noticed without waiting for a rule.
    package typealias Outcome = @Sendable (_ target: ScrapeTarget, _ isUp: Bool) async -> Void

    /// Largest answer read.
    package static let maximumBodyBytes = 32 << 20
    private static let accept = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

    private let targets: [ScrapeTarget]
    private let samples: any SampleSink
    private let client: HTTPClient
    private let metrics: SelfMetrics
    private let logger: Logger
    private let board: ScrapeBoard
    private let onOutcome: Outcome

    /// - Parameter board: is told how each scrape went.
    package init(
        targets: [ScrapeTarget], samples: any SampleSink, client: HTTPClient, metrics: SelfMetrics, logger: Logger,
        board: ScrapeBoard = ScrapeBoard(), onOutcome: @escaping Outcome
    ) {
        self.targets = targets
        self.samples = samples
        self.client = client
        self.metrics = metrics
        self.logger = logger
        self.board = board
        self.onOutcome = onOutcome
        board.replace(targets)
    }

    /// Scrapes until the task is cancelled.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            for target in targets {
                group.addTask { await run(target) }
            }
        }
    }

    /// Scrapes one target once and writes the result; whether it was up.
    @discardableResult
    package func scrape(_ target: ScrapeTarget, memory: inout ScrapeMemory) async -> Bool {
        let time = Intake.now() / 1_000_000
        let clock = ContinuousClock()
        let start = clock.now
        var batch: SampleBatch?
        var failure: String?
        do {
            let body = try await fetch(target)
            batch = try memory.scraped(body, at: time, seconds: Scraper.seconds(clock.now - start))
            board.note(target, exposition: body, at: time)
        } catch {
            failure = "\(error)"
            logger.debug("scrape failed", metadata: ["target": "\(target.url)", "error": "\(error)"])
        }
        // Being stopped says nothing about the target.
        guard !Task.isCancelled else { return false }
        let isUp = batch != nil
        let seconds = Scraper.seconds(clock.now - start)
        board.note(target, at: time, seconds: seconds, failure: failure)
        await write(batch ?? memory.failed(at: time, seconds: seconds), target)
        metrics.add("magewatch_scrapes_total", ["job": target.job, "result": isUp ? "up" : "down"])
        await onOutcome(target, isUp)
        return isUp
    }

    private func run(_ target: ScrapeTarget) async {
        var memory = ScrapeMemory(target: target)
        let clock = ContinuousClock()
        let interval = max(target.interval, .milliseconds(100))
        var due = clock.now + target.offset
        while !Task.isCancelled {
            // A cancelled sleep throws, and the loop's condition ends it.
            try? await clock.sleep(until: due)
            guard !Task.isCancelled else { break }
            await scrape(target, memory: &memory)
            due += interval
            if due < clock.now {
                let missed = Int(Scraper.seconds(clock.now - due) / Scraper.seconds(interval)) + 1
                metrics.add("magewatch_scrapes_missed_total", ["job": target.job], by: Double(missed))
                due += interval * missed
            }
        }
    }

    private func fetch(_ target: ScrapeTarget) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: target.url)
        request.headers.add(name: "Accept", value: Scraper.accept)
        request.headers.add(name: "User-Agent", value: "magewatch")
        request.headers.add(name: "X-Prometheus-Scrape-Timeout-Seconds", value: "\(Scraper.seconds(target.timeout))")
        let deadline = NIODeadline.now() + .nanoseconds(Int64(Scraper.seconds(target.timeout) * 1e9))
        let response = try await client.execute(request, deadline: deadline, logger: logger)
        guard response.status.code == 200 else {
            throw IngestError(.badBody, "\(target.url) answered \(response.status.code); see the exporter's log")
        }
        let body = try await response.body.collect(upTo: Scraper.maximumBodyBytes)
        return Array(body.readableBytesView)
    }

    private func write(_ batch: SampleBatch, _ target: ScrapeTarget) async {
        do {
            var batch = batch
            batch.source = target.job
            let outcome = try await samples.append(batch)
            metrics.add(Intake.samplesMetric, ["protocol": "scrape"], by: Double(outcome.accepted))
            for (reason, count) in outcome.refused.merging(batch.refused, uniquingKeysWith: +) {
                metrics.add(Intake.refusedMetric, ["reason": reason, "source": target.instance], by: Double(count))
            }
        } catch {
            metrics.add(Intake.refusedMetric, ["reason": "sink", "source": target.instance], by: Double(batch.sampleCount))
            logger.warning("scraped samples not stored", metadata: ["target": "\(target.url)", "error": "\(error)"])
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
