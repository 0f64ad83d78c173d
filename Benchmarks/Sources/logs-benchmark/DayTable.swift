import BenchmarkKit
import Foundation

/// The whole load, and every query over it, beside what may be used and what peers use.
struct DayTable {
    private let options: LogOptions

    init(_ options: LogOptions) { self.options = options }

    func print() throws {
        let frames = try Frames(options.frames, limit: options.limit)
        let bytes = frames.reduce(0) { $0 + LogFrame.lineBytes(in: $1) }
        let gibibytes = Double(bytes) / Double(1 << 30)
        let server = try LogServer(options)
        defer { server.remove() }
        let taken = try server.push(frames)
        let usage = try server.usage()
        try server.settle()
        var table = Table(["", "magewatch", "bar", "VictoriaLogs line/fields, ClickHouse line/fields (published)"])
        table.add(
            "ingest, CPU-s a GiB of raw lines, over HTTP", String(format: "%.1f", taken / gibibytes), "25", "54/57, 27/28")
        table.add(
            "raw bytes / bytes on disk, write-ahead log included",
            String(format: "%.1f", Double(bytes) / Double(max(1, server.diskBytes))), "13",
            "6.9/6.3, 7.3/7.8")
        table.add("peak resident memory, MiB", String(usage.peakMemoryBytes >> 20), "200", "213/297, 3600")
        for query in LogQueries.all {
            let cost = try server.cost(query)
            let text = String(format: "%.1f (%.1f)", cost.milliseconds, cost.leastWall)
            table.add(query.title + ", CPU-ms (least wall ms)", text, String(format: "%g", query.bar), query.peers)
        }
        Swift.print(table.text)
    }
}
