import Ingest
import Parsing
import Synchronization
import Telemetry
import Testing

private final class Seen: LogRecordObserver {
    let count = Mutex(0)
    let roles = Mutex<[String]>([])
    func observe(_ sightings: [LogSighting]) {
        count.withLock { $0 += sightings.count }
        roles.withLock { $0 += sightings.map(\.role) }
    }
}

/// Stores the first batch, and knows all entries of every later one.
private final class ForgettingNothing: LogSink {
    private let batches = Mutex(0)

    func append(_ batch: LogBatch) async throws -> AppendOutcome {
        let isFirst = batches.withLock { batches in
            batches += 1
            return batches == 1
        }
        return AppendOutcome(accepted: batch.count, stored: isFirst ? nil : batch.entries.map { _ in false })
    }
}

struct AccessMetricsTests {
    private static func line(_ status: Int, host: String = "a.example", seconds: String = "0.02") -> String {
        "\(host) 10.0.0.1 - - [24/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" \(status) 100 \"-\" \"curl\" \(seconds)"
    }

    @Test("Requests, errors, bytes and durations are counted, and each request is shown once")
    func counts() async throws {
        let sink = RecordingSink()
        let seen = Seen()
        let metrics = AccessMetrics(next: sink, observer: seen)
        var batch = LogBatch()
        for status in [200, 200, 503] {
            batch.append(["host": "web1", "role": "web"], at: 1, line: AccessMetricsTests.line(status).utf8)
        }
        batch.append(["host": "web1"], at: 1, line: "no access line".utf8)
        _ = try await metrics.append(batch)
        #expect(seen.count.withLock { $0 } == 3)
        #expect(sink.rows.count == 4)
        let snapshot = metrics.snapshot(at: 9)
        var values: [String: Double] = [:]
        for series in snapshot.series {
            let labels = snapshot.labels(of: series)
            let key = [labels.metricName, labels["status"], labels["le"]].compactMap(\.self).joined(separator: " ")
            values[key] = snapshot.values[series.samples.lowerBound]
            if labels.metricName == "magewatch_access_lines_total" { continue }
            #expect(labels["role"] == "web" && labels["server"] == "web1")
        }
        #expect(values["magewatch_http_requests_total 200"] == 2)
        #expect(values["magewatch_http_errors_total 503"] == 1)
        #expect(values["magewatch_http_response_bytes_total 200"] == 200)
        #expect(values["magewatch_http_request_duration_seconds_bucket 200 0.025"] == 2)
        #expect(values["magewatch_http_request_duration_seconds_bucket 200 0.01"] == 0)
        #expect(values["magewatch_http_request_duration_seconds_count 200"] == 2)
    }

    @Test("A line that the store knew already is neither counted nor shown again")
    func sentAgain() async throws {
        let seen = Seen()
        let metrics = AccessMetrics(next: ForgettingNothing(), observer: seen)
        var batch = LogBatch()
        for _ in 0..<3 { batch.append(["role": "web"], at: 1, line: AccessMetricsTests.line(200).utf8) }
        _ = try await metrics.append(batch)
        _ = try await metrics.append(batch)
        #expect(seen.count.withLock { $0 } == 3)
        let snapshot = metrics.snapshot(at: 9)
        let requests = snapshot.series.first { snapshot.labels(of: $0).metricName == "magewatch_http_requests_total" }
        #expect(try snapshot.values[#require(requests).samples.lowerBound] == 3)
    }

    @Test("Records of every kind are shown once, and lines of access logs that are none are counted and kept")
    func kinds() async throws {
        let seen = Seen()
        let metrics = AccessMetrics(next: RecordingSink(), observer: seen)
        var batch = LogBatch()
        batch.append(["app": "sshd"], at: 1, line: "Failed password for root from 192.0.2.7 port 22 ssh2".utf8)
        batch.append(["app": "nginx", "role": "lb"], at: 1, line: "before the first access line".utf8)
        batch.append(["app": "nginx", "role": "lb"], at: 1, line: AccessMetricsTests.line(200).utf8)
        for number in 0..<200 { batch.append(["app": "nginx", "role": "lb"], at: 1, line: "another form \(number)".utf8) }
        _ = try await metrics.append(batch)
        #expect(seen.roles.withLock { $0 } == ["web", "lb"])
        #expect(metrics.unparsedCount == 200)
        #expect(metrics.unparsedLines.count == UnparsedLines.maximumKept)
        #expect(metrics.unparsedLines.last?.text == "another form 199")
        let snapshot = metrics.snapshot(at: 9)
        let counts = snapshot.series.filter { snapshot.labels(of: $0).metricName == "magewatch_access_lines_total" }.map {
            "\(snapshot.labels(of: $0)["parsed"] ?? "") \(snapshot.values[$0.samples.lowerBound])"
        }
        #expect(counts.sorted() == ["no 200.0", "yes 1.0"])
    }

    @Test("Beyond the limit of series the rest is counted as other")
    func overflow() {
        let metrics = AccessMetrics(next: RecordingSink(), observer: nil, maximumSeries: 2)
        var batch = LogBatch()
        for index in 0..<10 {
            batch.append(["role": "web"], at: 1, line: AccessMetricsTests.line(200, host: "h\(index).example").utf8)
        }
        metrics.take(batch)
        let snapshot = metrics.snapshot(at: 1)
        let total = snapshot.series.filter { snapshot.labels(of: $0).metricName == "magewatch_http_requests_total" }
        #expect(total.count == 3)
        #expect(total.reduce(0.0) { $0 + snapshot.values[$1.samples.lowerBound] } == 10)
    }
}

struct ScrapeMemoryTests {
    private let target = ScrapeTarget(
        job: "node", url: "http://10.0.0.1:9100/metrics", interval: .seconds(10), timeout: .seconds(5))

    private func values(_ batch: SampleBatch) -> [String: Double] {
        var values: [String: Double] = [:]
        for series in batch.series {
            values[batch.labels(of: series).metricName ?? ""] = batch.values[series.samples.lowerBound]
        }
        return values
    }

    @Test("What vanishes is marked stale once, and a target that fails is down")
    func staleness() throws {
        var memory = ScrapeMemory(target: target)
        let first = values(try memory.scraped(Array("a 1\nb 2\n".utf8), at: 1000, seconds: 0.5))
        #expect(first == ["a": 1, "b": 2, "up": 1, "scrape_duration_seconds": 0.5, "scrape_samples_scraped": 2])
        let second = values(try memory.scraped(Array("a 1\n".utf8), at: 2000, seconds: 0.5))
        #expect(second["b"]?.bitPattern == SampleBatch.staleMarker.bitPattern)
        let third = values(memory.failed(at: 3000, seconds: 1))
        #expect(third["a"]?.bitPattern == SampleBatch.staleMarker.bitPattern)
        #expect(third["b"] == nil && third["up"] == 0)
        #expect(target.instance == "10.0.0.1:9100")
        #expect(target.offset < target.interval)
    }
}
