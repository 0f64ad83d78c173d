import LogQL
import Telemetry
import TestKit
import Testing

@Suite("Message shapes in LogQL")
struct ShapeTests {
    static let second: Int64 = 1_000_000_000

    static func source() -> MemoryLogSource {
        var source = MemoryLogSource()
        for index in 0..<30 {
            let text = index % 3 == 0 ? "GET /a took \(index) ms" : index % 5 == 0 ? "worker \(index) gone" : "idle"
            let app = index.isMultiple(of: 2) ? "web" : "db"
            source.append(["app": app], LogRow(timestamp: Int64(index) * second, line: Array(text.utf8)[...]))
        }
        return source
    }

    private func run(_ query: String, limit: Int = 100) throws -> [String] {
        let engine = LogQLEngine(source: Self.source())
        guard case .streams(let streams) = try engine.range(query, from: 0, to: 100 * Self.second, step: 1, limit: limit) else {
            Issue.record("no streams")
            return []
        }
        return streams.map { stream in
            let entry = stream.entries[0]
            #expect(stream.entries.count == 1)
            return "\(stream.labels) \(entry.timestamp / Self.second) \(String(decoding: entry.line, as: UTF8.self))"
        }
    }

    @Test("A query that ends in shape counts each, the most frequent first, with both sightings")
    func counts() throws {
        #expect(
            try run(#"{app=~".+"} | shape"#) == [
                #"{count="16", first_seen="1970-01-01T00:00:01Z", last_seen="1970-01-01T00:00:29Z"} 29 idle"#,
                #"{count="10", first_seen="1970-01-01T00:00:00Z", last_seen="1970-01-01T00:00:27Z"} 27 GET /a took <_> ms"#,
                #"{count="4", first_seen="1970-01-01T00:00:05Z", last_seen="1970-01-01T00:00:25Z"} 25 worker <_> gone"#,
            ])
        #expect(try run(#"{app=~".+"} | shape"#, limit: 1).count == 1)
        #expect(
            try run(#"{app=~".+"} |= "worker" | shape by (app)"#) == [
                #"{app="db", count="2", first_seen="1970-01-01T00:00:05Z", last_seen="1970-01-01T00:00:25Z"} 25 worker <_> gone"#,
                #"{app="web", count="2", first_seen="1970-01-01T00:00:10Z", last_seen="1970-01-01T00:00:20Z"} 20 worker <_> gone"#,
            ])
    }

    @Test("Before other stages, and in metric queries, the shape is a label")
    func isLabel() throws {
        let engine = LogQLEngine(source: Self.source())
        let query = #"sum by (shape) (count_over_time({app=~".+"} | shape | shape != "idle" [2m]))"#
        guard case .vector(let elements) = try engine.instant(query, at: 100 * Self.second) else { return }
        #expect(
            elements.map { "\($0.labels) \($0.value)" }.sorted() == [
                #"{shape="GET /a took <_> ms"} 10.0"#, #"{shape="worker <_> gone"} 4.0"#,
            ])
    }

    @Test("A shape is a pattern that finds as many lines as were counted")
    func isPattern() throws {
        let engine = LogQLEngine(source: Self.source())
        for line in try run(#"{app=~".+"} | shape"#) {
            let shape = line.split(separator: " ", maxSplits: 4).last.map(String.init) ?? ""
            let query = #"sum(count_over_time({app=~".+"} |> "\#(shape)" [2m]))"#
            guard case .vector(let elements) = try engine.instant(query, at: 100 * Self.second) else { continue }
            #expect(line.contains("count=\"\(Int(elements[0].value))\""), "\(shape): \(elements)")
        }
    }

    @Test("More shapes than may be are refused")
    func limits() throws {
        var options = LogQLEngine.Options()
        options.maximumIntermediateSeries = 2
        let engine = LogQLEngine(source: Self.source(), options: options)
        let error = #expect(throws: LogQLError.self) { try engine.range(#"{app=~".+"} | shape"#, from: 0, to: .max, step: 1) }
        #expect(error?.code == .limit)
    }
}
