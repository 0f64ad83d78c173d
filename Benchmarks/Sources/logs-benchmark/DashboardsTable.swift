import BenchmarkKit
import Foundation
import Synchronization

/// Ingest while ten dashboards ask for everything, each once a second.
struct DashboardsTable {
    private static let dashboards = 10
    private let options: LogOptions

    init(_ options: LogOptions) { self.options = options }

    func print() throws {
        let frames = try Frames(options.frames, limit: options.limit)
        let quarter = frames.count / 4
        let server = try LogServer(options)
        defer { server.remove() }
        let alone = try timed { _ = try server.push(frames.prefix(quarter)) }
        let asked = Asked()
        let port = server.queryPort
        let threads = (0..<DashboardsTable.dashboards).map { index in
            let thread = Thread { DashboardsTable.ask(port, index, asked) }
            thread.start()
            return thread
        }
        let beside = try timed { _ = try server.push(frames.dropFirst(quarter).prefix(quarter)) }
        asked.stop()
        while threads.contains(where: { !$0.isFinished }) { usleep(10_000) }
        let walls = asked.walls.sorted()
        guard !walls.isEmpty else { throw Failure("no dashboard had an answer") }
        var table = Table(["\(quarter) frames in", "alone", "beside ten dashboards"])
        table.add("wall s", String(format: "%.1f", alone), String(format: "%.1f", beside))
        table.add("queries answered; failed", "", "\(walls.count); \(asked.failures)")
        table.add("wall ms of a query, median; p95", "", "\(Int(walls[walls.count / 2])); \(Int(walls[walls.count * 95 / 100]))")
        table.add("peak resident memory, MiB", "", String(try server.usage().peakMemoryBytes >> 20))
        Swift.print(table.text)
    }

    private func timed(_ work: () throws -> Void) rethrows -> Double {
        let began = Date()
        try work()
        return Date().timeIntervalSince(began)
    }

    private static func ask(_ port: Int, _ index: Int, _ asked: Asked) {
        guard let connection = try? HTTPConnection(port: port) else { return asked.fail() }
        var next = index
        while asked.goesOn {
            let query = LogQueries.all[next % LogQueries.all.count]
            next += 1
            let began = Date()
            do {
                _ = try connection.get(query.path(length: LogQueries.day))
                asked.note(Date().timeIntervalSince(began) * 1000)
            } catch {
                return asked.fail()
            }
            usleep(useconds_t(max(0, 1 - Date().timeIntervalSince(began)) * 1e6))
        }
    }

    /// What the dashboards' threads saw.
    private final class Asked: Sendable {
        private struct State {
            var goesOn = true
            var walls: [Double] = []
            var failures = 0
        }

        private let state = Mutex(State())

        var goesOn: Bool { state.withLock { $0.goesOn } }
        var walls: [Double] { state.withLock { $0.walls } }
        var failures: Int { state.withLock { $0.failures } }
        func stop() { state.withLock { $0.goesOn = false } }
        func note(_ wall: Double) { state.withLock { $0.walls.append(wall) } }
        func fail() { state.withLock { $0.failures += 1 } }
    }
}
