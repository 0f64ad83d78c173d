import Glibc
package import Logging
package import Telemetry

/// What every connection shares: the sinks, the limits, and the counting of what was taken and what was not.
package struct Intake: Sendable {
    /// Counts what was refused, by `reason` and `source`.
    package static let refusedMetric = "magewatch_ingest_refused_total"
    /// Counts entries taken, by `protocol`.
    package static let entriesMetric = "magewatch_ingest_entries_total"
    /// Counts samples taken, by `protocol`.
    package static let samplesMetric = "magewatch_ingest_samples_total"
    /// Counts lines cut at the limit, by `source`.
    package static let cutMetric = "magewatch_ingest_cut_lines_total"

    /// Counts entries pushed with a time too far ahead, by `source`.
    package static let redatedMetric = "magewatch_ingest_redated_total"

    package let options: IngestServer.Options
    package let samples: any SampleSink
    package let logs: any LogSink
    package let metrics: SelfMetrics
    package let logger: Logger
    package let budget: InFlightBudget

    package init(
        options: IngestServer.Options, samples: any SampleSink, logs: any LogSink, metrics: SelfMetrics, logger: Logger
    ) {
        self.options = options
        self.samples = samples
        self.logs = logs
        self.metrics = metrics
        self.logger = logger
        budget = InFlightBudget(limit: options.maximumInFlightBytes)
    }

    /// The time of day.
    package static func now() -> Nanoseconds {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Stores entries of a line protocol, asking an overloaded store again: the sender waits meanwhile.
    /// - Throws: ``SinkError`` where nothing was kept.
    package func store(_ batch: LogBatch, cutLines: Int, from peer: String, as name: String) async throws {
        guard !batch.isEmpty else { return }
        var attempt = 1
        while true {
            do {
                let outcome = try await logs.append(batch)
                count(outcome, cutLines: cutLines, from: peer, Intake.entriesMetric, as: name)
                return
            } catch let error as SinkError where error.code == .overloaded && attempt < options.maximumAttempts {
                metrics.add("magewatch_ingest_retries_total", ["protocol": name])
                try await Task.sleep(for: .milliseconds(50 << attempt))
                attempt += 1
            }
        }
    }

    /// Stores the samples of a request, in the name of its sender, and counts what became of them.
    /// - Throws: ``SinkError`` where nothing was kept.
    func store(_ batch: SampleBatch, from peer: String, as name: String) async throws -> AppendOutcome {
        var batch = batch
        // Limits are kept by source: whoever explodes its labels is to hurt itself alone.
        batch.source = peer
        let outcome = try await samples.append(batch)
        count(outcome, cutLines: 0, from: peer, Intake.samplesMetric, as: name)
        return outcome
    }

    /// Counts what became of a batch.
    package func count(_ outcome: AppendOutcome, cutLines: Int, from peer: String, _ metric: String, as name: String) {
        metrics.add(metric, ["protocol": name], by: Double(outcome.accepted))
        if cutLines > 0 { metrics.add(Intake.cutMetric, ["source": peer], by: Double(cutLines)) }
        for (reason, count) in outcome.refused { refuse(reason, from: peer, count: count) }
    }

    /// Counts what was not taken.
    package func refuse(_ reason: String, from peer: String, count: Int = 1) {
        metrics.add(Intake.refusedMetric, ["reason": reason, "source": peer], by: Double(count))
    }
}
