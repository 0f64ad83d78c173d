import Foundation
import Glibc

/// A monitor started for one measurement, on ports and in a directory of its own.
final class Server {
    struct Usage {
        var processorSeconds: Double
        var peakMemoryBytes: Int
    }

    let ingestPort: Int
    private let directory: String
    private let process = Process()

    init(binary: String, directory scratch: String) throws {
        directory = scratch + "/magewatch-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        ingestPort = 20_000 + Int.random(in: 0..<20_000)
        try """
        data: \(directory)/data
        ingest: { listen: "127.0.0.1:\(ingestPort)" }
        api: { listen: "127.0.0.1:\(ingestPort + 1)" }
        agent: { enabled: false }
        """.write(toFile: directory + "/magewatch.yaml", atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["serve", "--config", directory + "/magewatch.yaml"]
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        for _ in 0..<200 {
            if (try? HTTPConnection(port: ingestPort)) != nil { return }
            usleep(50_000)
        }
        throw Failure("\(binary) serve does not listen on \(ingestPort)")
    }

    /// What the server has used so far, from /proc.
    func usage() throws -> Usage {
        let id = process.processIdentifier
        let stat = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        let fields = stat[stat.range(of: ") ")!.upperBound...].split(separator: " ")
        let ticks = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: { " \t".contains($0) })
        return Usage(
            processorSeconds: ticks / Double(sysconf(Int32(_SC_CLK_TCK))),
            peakMemoryBytes: (peak.flatMap { Int($0[1]) } ?? 0) * 1024)
    }

    /// Stops it cleanly, everything flushed.
    func stop() throws {
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("the server ended with status \(process.terminationStatus)") }
    }

    /// Bytes of a store's files.
    func diskBytes(under store: String) -> Int {
        let root = directory + "/data/" + store
        guard let files = FileManager.default.enumerator(atPath: root) else { return 0 }
        return files.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(file)")
            let isFile = attributes?[.type] as? FileAttributeType == .typeRegular
            return sum + (isFile ? attributes?[.size] as? Int ?? 0 : 0)
        }
    }

    func remove() {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: directory)
    }
}
