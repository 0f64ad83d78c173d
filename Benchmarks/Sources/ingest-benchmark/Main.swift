import BenchmarkKit
import Foundation

/// Measures what taking a day of telemetry costs the server: wall time, its own CPU time, memory and bytes on disk.
@main
enum Main {
    static func main() { run(measure) }

    private static func measure() throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        try options.prepareLoad()
        var results: [Measurement] = []
        if options.wants("metrics") {
            let frames = try Frames(options.load + "/metrics.rw1.bin", limit: options.limit)
            results.append(
                try measure("metrics, 1 sample a series", options, frames, items: frames.count * 10_000, unit: "samples") {
                    body in
                    .init(path: "/api/v1/write", body: body, type: "application/x-protobuf", encoding: "snappy")
                })
        }
        if options.wants("logs") {
            let frames = try Frames(options.load + "/logs.loki.bin", limit: options.limit)
            let lines = frames.reduce(0) { $0 + LogFrame.lines(in: $1) }
            let bytes = frames.reduce(0) { $0 + LogFrame.lineBytes(in: $1) }
            results.append(
                try measure("logs, Loki push", options, frames, items: lines, unit: "lines", rawBytes: bytes) { body in
                    .init(path: "/loki/api/v1/push", body: body, type: "application/json", encoding: nil)
                })
        }
        Measurement.printTable(results)
    }

    private static func measure(
        _ name: String, _ options: Options, _ frames: Frames, items: Int, unit: String, rawBytes: Int = 0,
        request: (Data) -> HTTPConnection.Request
    ) throws -> Measurement {
        let server = try Server(.magewatch(binary: options.binary), directory: options.scratch)
        defer { server.remove() }
        let connection = try HTTPConnection(port: server.ingestPort)
        let before = try server.usage()
        let start = Date()
        for (index, frame) in frames.enumerated() {
            try connection.send(request(frame))
            if index % 50 == 0 { FileHandle.standardError.write(Data("\r\(name): \(index)/\(frames.count)".utf8)) }
        }
        let wall = Date().timeIntervalSince(start)
        FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
        let after = try server.usage()
        try server.stop()
        return Measurement(
            name: name, items: items, unit: unit, wallSeconds: wall,
            processorSeconds: after.processorSeconds - before.processorSeconds,
            peakMemoryBytes: after.peakMemoryBytes,
            diskBytes: server.diskBytes(under: unit == "lines" ? "data/logs" : "data/metrics"),
            rawBytes: rawBytes)
    }
}
