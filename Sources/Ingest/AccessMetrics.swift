import Parsing
private import Synchronization
package import Telemetry

/// A log sink before the log sink: counts the requests that access lines tell of, and shows every line that a parser takes to an
/// observer.
///
/// Lines are parsed once, here. Counters are by role, site, backend, server and status; they are given out as samples of one time,
/// so that rates over them work as over any scraped counter. The number of series is bounded: what comes beyond the limit is
/// counted with site, backend and server `other`.
package final class AccessMetrics: LogSink {
    /// Most combinations of labels kept.
    package static let maximumSeries = 5000
    /// Upper bounds of the duration histogram, in seconds.
    package static let buckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Longest label value taken from a line.
    package static let maximumValueBytes = 255

    private struct Counts {
        var labels: [Label]
        var requests = 0
        var errors = 0
        var bytes: Int64 = 0
        var durations = 0
        var durationSum = 0.0
        var buckets = [Int](repeating: 0, count: AccessMetrics.buckets.count)
    }

    /// What all lines of a stream have in common.
    private struct Source {
        let app: String
        let program: [UInt8]
        let key: Int
        /// The role, where the stream says one.
        let role: [UInt8]?
        let host: [UInt8]

        init(_ stream: Labels) {
            app = stream["app"] ?? ""
            program = Array(app.utf8)
            key = stream.hashValue
            role = stream["role"].map { Array($0.utf8) }
            host = Array((stream["host"] ?? "").utf8)
        }
    }

    private struct State {
        var counts: [[UInt8]: Counts] = [:]
        /// The key looked for last: its room is used again.
        var key: [UInt8] = []
        var overflowed = 0
        var reader = LogRecordReader()
        var unparsed = UnparsedLines()
    }

    private let next: any LogSink
    private let observer: (any LogRecordObserver)?
    private let maximumSeries: Int
    private let state = Mutex(State())

    /// Records are shown to `observer`, entries handed on to `next`.
    package init(next: any LogSink, observer: (any LogRecordObserver)?, maximumSeries: Int = AccessMetrics.maximumSeries) {
        self.next = next
        self.observer = observer
        self.maximumSeries = maximumSeries
    }

    package func append(_ batch: LogBatch) async throws -> AppendOutcome {
        await observer?.waitForRoom()
        // Counted only when stored: what a sender has to send again must not be counted twice.
        let outcome = try await next.append(batch)
        take(batch, stored: outcome.stored)
        return outcome
    }

    /// Counts and shows the lines of a batch that a parser takes.
    /// - Parameter stored: by entry, whether it was stored; nil where all were. A line sent again was counted before.
    package func take(_ batch: LogBatch, stored: [Bool]? = nil) {
        let sources = batch.streams.map { Source($0) }
        var sightings: [LogSighting] = []
        sightings.reserveCapacity(batch.entries.count)
        state.withLock { state in
            for index in batch.entries.indices where stored?[index] ?? true {
                let entry = batch.entries[index]
                let (line, source) = (batch.line(of: entry), sources[entry.stream])
                let record = state.reader.read(line, program: source.program[...], stream: source.key)
                if case .access(let request) = record { count(request, source, &state) }
                state.unparsed.take(line, app: source.app, stream: source.key, isAccess: record.map(\.isAccess))
                guard let record else { continue }
                sightings.append(LogSighting(record: record, stream: batch.streams[entry.stream], time: entry.timestamp))
            }
        }
        if !sightings.isEmpty { observer?.observe(sightings) }
    }

    /// Lines of access logs that are none, the latest last.
    package var unparsedLines: [UnparsedLines.Line] { state.withLock { $0.unparsed.latest } }

    /// How many there were.
    package var unparsedCount: Int { state.withLock { $0.unparsed.counts.values.reduce(0) { $0 + $1.unparsed } } }

    /// All counters as samples of one time.
    package func snapshot(at time: Milliseconds) -> SampleBatch {
        let (counts, overflowed, unparsed, broken) = state.withLock {
            (Array($0.counts.values), $0.overflowed, $0.unparsed.counts, $0.reader.brokenAudits)
        }
        var batch = SampleBatch()
        func add(_ name: String, _ labels: [Label], _ value: Double) {
            batch.append(Labels(labels + [Label(Labels.metricNameLabel, name)]), value, at: time)
        }
        for count in counts {
            add("magewatch_http_requests_total", count.labels, Double(count.requests))
            add("magewatch_http_errors_total", count.labels, Double(count.errors))
            add("magewatch_http_response_bytes_total", count.labels, Double(count.bytes))
            guard count.durations > 0 else { continue }
            let name = "magewatch_http_request_duration_seconds"
            var sum = 0
            for (bound, inBucket) in zip(AccessMetrics.buckets, count.buckets) {
                sum += inBucket
                add("\(name)_bucket", count.labels + [Label("le", "\(bound)")], Double(sum))
            }
            add("\(name)_bucket", count.labels + [Label("le", "+Inf")], Double(count.durations))
            add("\(name)_count", count.labels, Double(count.durations))
            add("\(name)_sum", count.labels, count.durationSum)
        }
        for (app, lines) in unparsed {
            add("magewatch_access_lines_total", [Label("app", app), Label("parsed", "yes")], Double(lines.parsed))
            add("magewatch_access_lines_total", [Label("app", app), Label("parsed", "no")], Double(lines.unparsed))
        }
        if broken > 0 { add("magewatch_audit_records_broken_total", [], Double(broken)) }
        if overflowed > 0 { add("magewatch_http_series_overflow_total", [], Double(overflowed)) }
        return batch
    }

    private static let balancer = Array("lb".utf8)
    private static let web = Array("web".utf8)

    private func count(_ record: AccessRecord, _ source: Source, _ state: inout State) {
        let role = source.role ?? (record.format == .haproxyHTTP ? AccessMetrics.balancer : AccessMetrics.web)
        state.key.removeAll(keepingCapacity: true)
        AccessMetrics.add(role[...], to: &state.key)
        AccessMetrics.add(record.host ?? [], to: &state.key)
        AccessMetrics.add(record.backend ?? [], to: &state.key)
        AccessMetrics.add(record.server ?? source.host[...], to: &state.key)
        state.key.append(UInt8(truncatingIfNeeded: record.status))
        state.key.append(UInt8(truncatingIfNeeded: record.status >> 8))
        guard let known = state.counts.index(forKey: state.key) else { return countNew(record, role, source.host, &state) }
        AccessMetrics.add(record, to: &state.counts.values[known])
    }

    /// Counts a request of labels not seen before.
    private func countNew(_ record: AccessRecord, _ role: [UInt8], _ host: [UInt8], _ state: inout State) {
        let status = ArraySlice("\(record.status)".utf8)
        var parts = [role[...], record.host ?? [], record.backend ?? [], record.server ?? host[...], status]
        var key = state.key
        if state.counts.count >= maximumSeries {
            state.overflowed += 1
            let other = ArraySlice("other".utf8)
            parts = [role[...], other, other, other, status]
            key = AccessMetrics.key(parts)
        }
        AccessMetrics.add(record, to: &state.counts[key, default: Counts(labels: AccessMetrics.labels(parts))])
    }

    private static func add(_ part: ArraySlice<UInt8>, to key: inout [UInt8]) {
        key.append(contentsOf: part.prefix(maximumValueBytes))
        key.append(0)
    }

    private static func add(_ record: AccessRecord, to counts: inout Counts) {
        counts.requests += 1
        // HAProxy writes -1 where it had nothing to answer with.
        if record.status >= 500 || record.status < 0 { counts.errors += 1 }
        counts.bytes &+= max(0, record.bytes)
        guard let duration = record.durationSeconds, duration >= 0 else { return }
        counts.durations += 1
        counts.durationSum += duration
        if let bucket = buckets.firstIndex(where: { duration <= $0 }) { counts.buckets[bucket] += 1 }
    }

    private static func key(_ parts: [ArraySlice<UInt8>]) -> [UInt8] {
        var key: [UInt8] = []
        for part in parts {
            key.append(contentsOf: part.prefix(maximumValueBytes))
            key.append(0)
        }
        return key
    }

    private static func labels(_ parts: [ArraySlice<UInt8>]) -> [Label] {
        zip(["role", "site", "backend", "server", "status"], parts).map { name, value in
            Label(name, String(decoding: value.prefix(maximumValueBytes), as: UTF8.self).lowercased())
        }
    }
}
