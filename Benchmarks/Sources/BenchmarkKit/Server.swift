import Foundation
import Glibc

/// A program started for one measurement, on ports and in a directory of its own.
package final class Server {
    /// What a program has used so far.
    package struct Usage {
        package var processorSeconds: Double
        package var peakMemoryBytes: Int
        package var memoryBytes: Int
    }

    package let system: System
    package let ingestPort: Int
    package var queryPort: Int { ingestPort + system.queryOffset }
    private let directory: String
    private var process = Process()

    package init(_ system: System, directory scratch: String) throws {
        self.system = system
        directory = scratch + "/magewatch-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // Below the ports that the kernel gives away.
        ingestPort = Int.random(in: 10_000..<30_000)
        try start()
    }

    /// Starts it, or starts it again on what it has.
    package func start() throws {
        let command = system.command(directory, ingestPort)
        guard FileManager.default.isExecutableFile(atPath: command[0]) else {
            throw Failure("\(command[0]) is not there: install it, or leave \(system.name) out with --systems")
        }
        process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        for _ in 0..<1200 {
            if (try? HTTPConnection(port: ingestPort)) != nil, isAnswering { return }
            usleep(50_000)
        }
        throw Failure("\(system.name) does not listen on \(ingestPort), or does not answer queries")
    }

    /// Whether it answers queries: one that still reads its log after a start says 503.
    private var isAnswering: Bool {
        (try? HTTPConnection(port: queryPort).get("/api/v1/query?query=vector(1)")) != nil
    }

    /// What it has used so far, from /proc.
    package func usage() throws -> Usage {
        let id = process.processIdentifier
        let stat = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        let fields = stat[stat.range(of: ") ")!.upperBound...].split(separator: " ")
        let ticks = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        func kibibytes(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
            return line.flatMap { Int($0.split(whereSeparator: { " \t".contains($0) })[1]) } ?? 0
        }
        return Usage(
            processorSeconds: ticks / Double(sysconf(Int32(_SC_CLK_TCK))), peakMemoryBytes: kibibytes("VmHWM:") * 1024,
            memoryBytes: kibibytes("VmRSS:") * 1024)
    }

    /// Stops it cleanly, everything flushed.
    package func stop() throws {
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(system.name) ended with status \(process.terminationStatus)")
        }
    }

    /// Ends it at once, as a loss of power would.
    package func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Bytes of the files in a folder of its directory.
    package func diskBytes(under folder: String) -> Int { files(under: folder).reduce(0) { $0 + $1.bytes } }

    /// The files in a folder of its directory, with their sizes.
    package func files(under folder: String) -> [(path: String, bytes: Int)] {
        let root = directory + "/" + folder
        guard let files = FileManager.default.enumerator(atPath: root) else { return [] }
        return files.compactMap { file in
            let path = "\(root)/\(file)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
            return (path, attributes?[.size] as? Int ?? 0)
        }
    }

    package func remove() {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: directory)
    }
}
