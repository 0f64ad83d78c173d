import BenchmarkKit
import Foundation

/// Killed with two million series in memory: how soon it answers again, and with what.
struct StartRun {
    let system: System
    let options: MetricsOptions

    static let seriesCount = 2_000_000
    static let scrapeCount = 2
    static let metricCount = 20

    /// The figures of one system, as a row.
    func row() throws -> [String] {
        // The time now, so that nothing of it is due for a block.
        let load = GeneratedLoad(
            seriesCount: StartRun.seriesCount, scrapeCount: StartRun.scrapeCount,
            end: Int64(Date().timeIntervalSince1970 * 1000), metricCount: StartRun.metricCount)
        let server = try Server(system, directory: options.scratch)
        defer { server.remove() }
        let connection = try HTTPConnection(port: server.ingestPort)
        for frame in load {
            try connection.send(
                .init(path: system.writePath, body: frame, type: "application/x-protobuf", encoding: "snappy"))
        }
        let memory = try server.usage().memoryBytes
        server.kill()
        let killed = Date()
        try server.start()
        let seconds = Date().timeIntervalSince(killed)
        let usage = try server.usage()
        return [
            system.name, String(memory >> 20), String(format: "%.1f", seconds), String(format: "%.1f", usage.processorSeconds),
            String(usage.memoryBytes >> 20), try count(server, load.end),
        ]
    }

    /// How many series are there after the start.
    private func count(_ server: Server, _ end: Int64) throws -> String {
        let connection = try HTTPConnection(port: server.queryPort)
        var sum = 0
        // One metric after the other: nobody has to look at so many series at once.
        for metric in 0..<StartRun.metricCount {
            let name = metric == 0 ? "requests_total" : "requests_\(metric)_total"
            let path = "/api/v1/query?query=\(MetricsQueries.encoded("count(\(name))"))&time=\(end / 1000)"
            let answer = String(decoding: try connection.get(path), as: UTF8.self)
            guard let value = answer.range(of: #""value":\[[0-9.]+,"[0-9]+""#, options: .regularExpression) else {
                throw Failure("\(system.name) does not say how many series \(name) has: \(answer.prefix(300))")
            }
            sum += Int(answer[value].split(separator: "\"").last ?? "") ?? 0
        }
        return String(sum)
    }

    /// A row for each system.
    static func table(_ options: MetricsOptions) throws -> String {
        var rows = [
            ["", "MiB before", "seconds from kill to answers", "CPU-s of the start", "MiB after it", "series there"]
        ]
        for system in options.systems {
            Main.say("\(system.name): killed with \(seriesCount) series")
            rows.append(try StartRun(system: system, options: options).row())
            Main.say(rows[rows.count - 1].joined(separator: "  "))
        }
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
