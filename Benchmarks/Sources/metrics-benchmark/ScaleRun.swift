import BenchmarkKit
import Foundation

/// How cost grows: with many series, and with what is kept.
struct ScaleRun {
    let system: System
    let options: MetricsOptions

    struct Figures {
        var secondsPerMillion: Double
        var peakMemory: Int
        var bytesPerSample: Double
        var milliseconds: [Double]
    }

    /// What is asked of the load's last day, or of its last moment.
    static let questions = [
        ("instant sum by(role)(rate) of a twentieth of the series", "sum by(role)(rate(requests_total{path=\"/p1\"}[5m]))", 0),
        ("the last day of the same, every 60 s", "sum by(role)(rate(requests_total{path=\"/p1\"}[5m]))", 86_400),
        ("count of all series, instant", "count(requests_total)", 0),
    ]

    /// Takes a load in, restarts, and asks.
    func figures(_ load: GeneratedLoad) throws -> Figures {
        let server = try Server(system, directory: options.scratch)
        defer { server.remove() }
        let idle = try server.usage().processorSeconds
        let connection = try HTTPConnection(port: server.ingestPort)
        for frame in load {
            try connection.send(
                .init(path: system.writePath, body: frame, type: "application/x-protobuf", encoding: "snappy"))
        }
        let taken = try server.usage()
        for path in system.flushPaths { _ = try HTTPConnection(port: server.queryPort).get(path) }
        try settle(server)
        try server.stop()
        let all = server.diskBytes(under: system.dataFolder)
        let logs = system.logFolders.reduce(0) { $0 + server.diskBytes(under: system.dataFolder + "/" + $1) }
        try server.start()
        try settle(server)
        let milliseconds = try ScaleRun.questions.map { try ask($0.1, Int64($0.2), load.end, server) }
        return Figures(
            secondsPerMillion: (taken.processorSeconds - idle) / Double(load.samples) * 1e6, peakMemory: taken.peakMemoryBytes,
            bytesPerSample: Double(all - logs) / Double(load.samples), milliseconds: milliseconds)
    }

    private func ask(_ expression: String, _ seconds: Int64, _ end: Int64, _ server: Server) throws -> Double {
        var query = MetricsQueries.Query(title: "", expression: expression, end: end)
        if seconds > 0 { query.start = max(end - seconds * 1000, 0) }
        let connection = try HTTPConnection(port: server.queryPort)
        _ = try connection.get(query.path + system.queryExtra)
        let before = try server.usage().processorSeconds
        let count = seconds > 0 ? options.repetitions : 10 * options.repetitions
        for _ in 0..<count { _ = try connection.get(query.path + system.queryExtra) }
        return (try server.usage().processorSeconds - before) / Double(count) * 1000
    }

    /// Waits until the server rests, as what it does after a start would be counted to the questions.
    private func settle(_ server: Server) throws {
        var last = try server.usage().processorSeconds
        for _ in 0..<60 {
            usleep(2_000_000)
            let now = try server.usage().processorSeconds
            if now - last < 0.1 { return }
            last = now
        }
    }

    /// One table of loads and systems.
    static func table(_ options: MetricsOptions, _ loads: [(title: String, load: GeneratedLoad)]) throws -> String {
        var rows = [["", "CPU-s/M", "peak MiB", "bytes/sample"] + questions.map { $0.0 + ", CPU-ms" }]
        for (title, load) in loads {
            for system in options.systems {
                Main.say("\(system.name): \(title), \(load.samples) samples")
                let figures = try ScaleRun(system: system, options: options).figures(load)
                rows.append(
                    [
                        "\(title), \(system.name)", String(format: "%.2f", figures.secondsPerMillion),
                        String(figures.peakMemory >> 20), String(format: "%.2f", figures.bytesPerSample),
                    ] + figures.milliseconds.map { String(format: "%.1f", $0) })
                Main.say(rows[rows.count - 1].joined(separator: "  "))
            }
        }
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
