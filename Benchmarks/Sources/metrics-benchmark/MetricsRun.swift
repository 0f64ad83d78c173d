import BenchmarkKit
import Foundation

/// One system under the whole load.
struct MetricsRun {
    private let system: System
    private let options: MetricsOptions

    init(_ system: System, _ options: MetricsOptions) {
        self.system = system
        self.options = options
    }

    func result() throws -> SystemResult {
        let server = try Server(system, directory: options.scratch)
        defer { server.remove() }
        let idle = try server.usage().processorSeconds
        let frames = try Frames(options.frames, limit: options.limit)
        let samples = Double(frames.count) * 10_000
        let connection = try HTTPConnection(port: server.ingestPort)
        let began = Date()
        for frame in frames {
            try connection.send(
                .init(path: system.writePath, body: frame, type: "application/x-protobuf", encoding: "snappy"))
        }
        let wall = Date().timeIntervalSince(began)
        let taken = try server.usage()
        try settle(server)
        let settled = try server.usage()
        // What a system still holds in memory would be missing in its files, and it answers from there: a restart puts all in its place.
        try server.stop()
        try server.start()
        try settle(server)
        var result = SystemResult(name: system.name)
        result.samplesPerSecond = samples / wall
        result.ingestSecondsPerMillion = (taken.processorSeconds - idle) / samples * 1e6
        result.settledSecondsPerMillion = (settled.processorSeconds - idle) / samples * 1e6
        result.peakMemory = settled.peakMemoryBytes
        let all = server.diskBytes(under: system.dataFolder)
        let logs = system.logFolders.reduce(0) { $0 + server.diskBytes(under: system.dataFolder + "/" + $1) }
        result.bytesPerSample = Double(all - logs) / samples
        result.bytesPerSampleWithLog = Double(all) / samples
        for query in MetricsQueries.all { result.queries.append(try measure(query, server)) }
        try server.stop()
        try server.start()
        // A first look, so that what is made at the first question counts as well.
        _ = try HTTPConnection(port: server.queryPort).get(MetricsQueries.all[1].path + system.queryExtra)
        usleep(5_000_000)
        result.idleMemory = try server.usage().memoryBytes
        return result
    }

    /// Waits until the files change no more, as merges go on after the last sample.
    private func settle(_ server: Server) throws {
        for path in system.flushPaths { _ = try HTTPConnection(port: server.queryPort).get(path) }
        var last = -1
        var unchanged = 0
        for _ in 0..<120 where unchanged < 6 {
            usleep(1_000_000)
            let now = server.diskBytes(under: system.dataFolder)
            unchanged = now == last ? unchanged + 1 : 0
            last = now
        }
    }

    /// Processor milliseconds and the least wall milliseconds of one query.
    private func measure(_ query: MetricsQueries.Query, _ server: Server) throws -> SystemResult.Query {
        let connection = try HTTPConnection(port: server.queryPort)
        let path = query.path + (query.isRepeated ? "" : system.queryExtra)
        let bytes = try connection.get(path).count
        guard bytes > 80 else { throw Failure("\(system.name) has no answer to \(query.expression)") }
        let before = try server.usage().processorSeconds
        var least = Double.infinity
        // The kernel counts processor time in hundredths of a second: short queries are asked more often.
        var count = 0
        let end = Date().addingTimeInterval(20)
        repeat {
            let began = Date()
            _ = try connection.get(path)
            least = min(least, Date().timeIntervalSince(began))
            count += 1
        } while Date() < end && (count < options.repetitions || (least < 0.05 && count < 10 * options.repetitions))
        let used = try server.usage().processorSeconds - before
        return SystemResult.Query(
            title: query.title, processorMilliseconds: used / Double(count) * 1000, leastMilliseconds: least * 1000)
    }
}
