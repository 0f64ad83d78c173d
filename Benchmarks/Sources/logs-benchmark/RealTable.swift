import BenchmarkKit
import Foundation

/// How small real logs become, a file at a time, beside what compressors make of the same bytes. Files are small, so a block has little to
/// learn from. Lines arrive when they say, as if each were shipped as it was written, all as much later as makes the last one new.
struct RealTable {
    private static let linesOfARequest = 1_000
    private let options: LogOptions

    init(_ options: LogOptions) { self.options = options }

    func print() throws {
        var table = Table(["log", "lines", "KiB", "raw bytes / bytes in blocks", "lz4 -1", "zstd -1", "zstd -9"])
        for path in options.logs {
            let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 10).map { Data($0) }
            let bytes = lines.reduce(0) { $0 + $1.count + 1 }
            let ratios = [try stored(lines)] + compressors.map { compressed(path, $0) }
            table.add(
                [URL(fileURLWithPath: path).lastPathComponent, String(lines.count), String(bytes >> 10)]
                    + ratios.map { size in size.map { String(format: "%.1f", Double(bytes) / Double($0)) } ?? "-" })
        }
        Swift.print(table.text)
    }

    private var compressors: [[String]] { [["lz4", "-1"], ["zstd", "-1"], ["zstd", "-9"]] }

    /// Bytes of the files of blocks, filters and index included, of a monitor that took the lines in.
    private func stored(_ lines: [Data]) throws -> Int? {
        let server = try LogServer(options)
        defer { server.remove() }
        let times = LineTimes().times(of: lines)
        let frames = stride(from: 0, to: lines.count, by: RealTable.linesOfARequest).map { first in
            let values = lines[first..<min(first + RealTable.linesOfARequest, lines.count)].enumerated().map { place, line in
                [String(times[first + place]), String(decoding: line, as: UTF8.self)]
            }
            let body: [String: Any] = ["streams": [["stream": ["app": "real"], "values": values]]]
            return (try? JSONSerialization.data(withJSONObject: body)) ?? Data()
        }
        _ = try server.push(frames)
        return try server.snapshotBytes()
    }

    /// Bytes that a compressor makes of a file, nil where it is not there.
    private func compressed(_ path: String, _ command: [String]) -> Int? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + ["-c", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 && !output.isEmpty ? output.count : nil
    }
}
