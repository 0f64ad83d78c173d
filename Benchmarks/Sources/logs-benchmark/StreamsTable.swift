import BenchmarkKit
import Foundation

/// Many streams of few lines each: what every stream costs beside its lines.
struct StreamsTable {
    private static let linesOfEach = 50
    private let options: LogOptions

    init(_ options: LogOptions) { self.options = options }

    func print() throws {
        let server = try LogServer(options)
        defer { server.remove() }
        let rounds = StreamsTable.linesOfEach
        var bytes = 0
        let frames = (0..<rounds).map { round in
            let streams = (0..<options.streams).map { stream -> String in
                let line = "request \(round * 7919 + stream) took \(stream % 97) ms"
                bytes += line.utf8.count + 1
                let time = LogQueries.begin + Int64(round) * 60_000_000_000 + Int64(stream) * 1_000
                return "{\"stream\":{\"app\":\"many\",\"pod\":\"p\(stream)\"},\"values\":[[\"\(time)\",\"\(line)\"]]}"
            }
            return Data("{\"streams\":[\(streams.joined(separator: ","))]}".utf8)
        }
        let taken = try server.push(frames)
        let usage = try server.usage()
        let lines = Double(options.streams * rounds)
        var table = Table(["\(options.streams) streams, \(rounds) lines each", ""])
        table.add("CPU-µs a line", String(format: "%.2f", taken / lines * 1e6))
        table.add("peak resident memory, MiB", String(usage.peakMemoryBytes >> 20))
        try server.settle()
        table.add(
            "raw bytes / bytes on disk, write-ahead log included",
            String(format: "%.1f", Double(bytes) / Double(max(1, server.diskBytes))))
        for (title, expression) in [
            ("count over all", "sum(count_over_time({app=\"many\"}[24h]))"),
            ("count of one", "count_over_time({pod=\"p77\"}[24h])"),
        ] {
            let query = LogQueries.Query(title: title, expression: expression, bar: 0, peers: "")
            table.add(title + ", CPU-ms", String(format: "%.1f", try server.cost(query).milliseconds))
        }
        Swift.print(table.text)
    }
}
