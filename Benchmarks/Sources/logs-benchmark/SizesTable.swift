import BenchmarkKit
import Foundation

/// The same queries over a sixteenth of the load, a quarter, and all of it.
struct SizesTable {
    private let options: LogOptions

    init(_ options: LogOptions) { self.options = options }

    func print() throws {
        let frames = try Frames(options.frames, limit: options.limit)
        let server = try LogServer(options)
        defer { server.remove() }
        var table = Table(["CPU-ms"] + LogQueries.all.map(\.title))
        var pushed = 0
        for share in [16, 4, 1] {
            let count = frames.count / share
            _ = try server.push(frames.dropFirst(pushed).prefix(count - pushed))
            pushed = count
            try server.settle()
            let costs = try LogQueries.all.map { String(format: "%.1f", try server.cost($0).milliseconds) }
            table.add(["\(16 / share)x"] + costs)
        }
        Swift.print(table.text)
    }
}
