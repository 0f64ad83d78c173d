import Ingest
import Parsing
import Synchronization
import Telemetry
import WAF

/// The WAF's place behind the stores: a queue between the senders, who are answered at once, and the detector, which judges each
/// record once, in order.
///
/// The queue is bounded by records and by bytes. While it is half full the senders are slowed, for ``patience`` a batch at most, as far as they can
/// be; what comes while it is full all the same is stored, not judged, and counted. How far the judgement is behind is told as a series, too.
final class RecordJudge: LogRecordObserver {
    /// Records that may wait.
    static let maximumRecords = 200_000
    /// Bytes that those which wait may keep in memory, lines and records: half a second's judgement.
    static let maximumBytes = 32 << 20
    /// How long a sender is kept waiting for it.
    static let patience = Duration.seconds(2)
    /// Between two looks of one that waits.
    private static let pause = Duration.milliseconds(5)
    /// Records judged before others get their turn.
    static let slice = 512

    private struct Waiting {
        var batches: [[LogSighting]] = []
        var records = 0
        var bytes = 0
    }

    private let detector: Detector
    private let metrics: SelfMetrics
    private let maximumRecords: Int
    private let waiting = Mutex(Waiting())
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(detector: Detector, metrics: SelfMetrics, maximumRecords: Int = RecordJudge.maximumRecords) {
        self.maximumRecords = maximumRecords
        self.detector = detector
        self.metrics = metrics
    }

    func observe(_ sightings: [LogSighting]) {
        let bytes = sightings.reduce(0) { $0 + $1.heldBytes }
        let isTaken = waiting.withLock { waiting in
            guard waiting.records + sightings.count <= maximumRecords,
                waiting.bytes + bytes <= RecordJudge.maximumBytes
            else { return false }
            waiting.batches.append(sightings)
            waiting.records += sightings.count
            waiting.bytes += bytes
            return true
        }
        if isTaken {
            arrival.yield()
        } else {
            metrics.add("magewatch_waf_unjudged_total", by: Double(sightings.count))
        }
    }

    func waitForRoom() async {
        func isCrowded() -> Bool {
            waiting.withLock { $0.records > maximumRecords / 2 || $0.bytes > RecordJudge.maximumBytes / 2 }
        }
        guard isCrowded() else { return }
        metrics.add("magewatch_waf_senders_slowed_total")
        let clock = ContinuousClock()
        let end = clock.now + RecordJudge.patience
        while !Task.isCancelled, clock.now < end, isCrowded() {
            try? await Task.sleep(for: RecordJudge.pause)
        }
    }

    /// Judges what arrives until it is cancelled.
    func run() async {
        for await _ in arrivals {
            while !Task.isCancelled, await judgeWaiting() {}
        }
    }

    /// Judges all that waits; false where nothing did.
    private func judgeWaiting() async -> Bool {
        let batches = waiting.withLock { waiting in
            defer { waiting.batches = [] }
            return waiting.batches
        }
        for batch in batches {
            for start in stride(from: 0, to: batch.count, by: RecordJudge.slice) {
                for sighting in batch[start..<min(start + RecordJudge.slice, batch.count)] {
                    detector.observe(sighting.record, role: sighting.role, at: sighting.time)
                }
                await Task.yield()
            }
            let bytes = batch.reduce(0) { $0 + $1.heldBytes }
            let left = waiting.withLock { waiting in
                waiting.records -= batch.count
                waiting.bytes -= bytes
                return waiting.records
            }
            metrics.set("magewatch_waf_queue_records", to: Double(left))
        }
        return !batches.isEmpty
    }
}

extension LogSighting {
    /// Bytes that it keeps in memory.
    fileprivate var heldBytes: Int {
        let text =
            switch record {
            case .access(let request): request.line.count
            case .service: 256
            case .error(let entry): entry.line.count
            case .connection(let connection): connection.line.count
            case .slow(let entry): entry.statement.count + 256
            case .audit(let transaction): transaction.uri.count + transaction.body.count
            }
        // A record is more than its line is, most of them.
        return text + MemoryLayout<LogSighting>.stride
    }
}
