import Foundation

/// What was measured of one system.
struct SystemResult {
    struct Query {
        var title: String
        var processorMilliseconds: Double
        var leastMilliseconds: Double
    }

    var name: String
    var samplesPerSecond = 0.0
    /// Processor seconds a million samples until the last was acknowledged, and until everything was merged.
    var ingestSecondsPerMillion = 0.0
    var settledSecondsPerMillion = 0.0
    /// In blocks, index included, and with the write-ahead log.
    var bytesPerSample = 0.0
    var bytesPerSampleWithLog = 0.0
    var peakMemory = 0
    var idleMemory = 0
    var queries: [Query] = []

    init(name: String) {
        self.name = name
    }

    /// All results, a system a column.
    static func table(_ results: [SystemResult]) -> String {
        var rows = [[""] + results.map(\.name)]
        func row(_ title: String, _ value: (SystemResult) -> String) { rows.append([title] + results.map(value)) }
        row("samples/s (wall)") { String(Int($0.samplesPerSecond)) }
        row("ingest, CPU-s a million samples") { String(format: "%.2f", $0.ingestSecondsPerMillion) }
        row("the same with flush and merges") { String(format: "%.2f", $0.settledSecondsPerMillion) }
        row("bytes a sample in blocks") { String(format: "%.3f", $0.bytesPerSample) }
        row("the same with the write-ahead log") { String(format: "%.3f", $0.bytesPerSampleWithLog) }
        row("peak resident memory, MiB") { String($0.peakMemory >> 20) }
        row("resident after restart and a query, MiB") { String($0.idleMemory >> 20) }
        for index in results.first?.queries.indices ?? 0..<0 {
            row(results[0].queries[index].title + ", CPU-ms (least wall ms)") { result in
                let query = result.queries[index]
                return String(format: "%.1f (%.1f)", query.processorMilliseconds, query.leastMilliseconds)
            }
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
