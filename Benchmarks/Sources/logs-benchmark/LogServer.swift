import BenchmarkKit
import Foundation

/// A monitor that takes lines in and is asked about them; what it used counts, not what this program did.
final class LogServer {
    struct Cost {
        var milliseconds: Double
        var leastWall: Double
    }

    private let server: Server
    private let options: LogOptions

    init(_ options: LogOptions) throws {
        self.options = options
        server = try Server(.magewatch(binary: options.binary), directory: options.scratch)
    }

    func remove() { server.remove() }

    func usage() throws -> Server.Usage { try server.usage() }

    /// The write-ahead log included: it holds the lines that are in no block yet.
    var diskBytes: Int { server.diskBytes(under: "data/logs") }

    var queryPort: Int { server.queryPort }

    func connect() throws -> HTTPConnection { try HTTPConnection(port: server.queryPort) }

    /// Pushes frames; answers the processor seconds they took.
    func push(_ frames: some Sequence<Data>) throws -> Double {
        let before = try server.usage().processorSeconds
        let connection = try HTTPConnection(port: server.ingestPort)
        for frame in frames {
            try connection.send(.init(path: "/loki/api/v1/push", body: frame, type: "application/json", encoding: nil))
        }
        return try server.usage().processorSeconds - before
    }

    /// Bytes of the files of blocks once everything is in some, as a copy has them.
    func snapshotBytes() throws -> Int {
        let connection = try HTTPConnection(port: server.queryPort)
        try connection.send(
            .init(path: "/api/v1/admin/tsdb/snapshot", body: Data(), type: "application/x-www-form-urlencoded", encoding: nil))
        let copies = server.files(under: "data/snapshots").filter { $0.path.contains("/logs/blocks/") }
        return copies.reduce(0) { $0 + $1.bytes }
    }

    /// Stops and starts it, and waits until the files change no more. Young lines stay in memory and in the write-ahead log.
    func settle() throws {
        try server.stop()
        try server.start()
        var (last, unchanged) = (-1, 0)
        for _ in 0..<120 where unchanged < 5 {
            usleep(1_000_000)
            let now = diskBytes
            unchanged = now == last ? unchanged + 1 : 0
            last = now
        }
    }

    /// What one query takes.
    func cost(_ query: LogQueries.Query, length: Int64 = LogQueries.day) throws -> Cost {
        let connection = try connect()
        let path = query.path(length: length)
        let answer = String(decoding: try connection.get(path), as: UTF8.self)
        guard answer.contains("\"success\"") else { throw Failure("no answer to \(query.expression): \(answer.prefix(300))") }
        let before = try server.usage().processorSeconds
        var (count, least) = (0, Double.infinity)
        let end = Date().addingTimeInterval(20)
        // The kernel counts processor time in hundredths of a second: short queries are asked more often.
        repeat {
            let began = Date()
            _ = try connection.get(path)
            least = min(least, Date().timeIntervalSince(began))
            count += 1
        } while Date() < end && (count < options.repetitions || (least < 0.05 && count < 20 * options.repetitions))
        let used = try server.usage().processorSeconds - before
        return Cost(milliseconds: used / Double(count) * 1000, leastWall: least * 1000)
    }
}
