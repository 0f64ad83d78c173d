import Foundation
import TestKit
import Testing

/// Drives the real binary's laboratory: HAProxy, LXC, nginx, redis, rsyslog and wrk in namespaces of their own.
///
/// Needs root and those programs; `MAGEWATCH_LAB=0` leaves it out where five minutes are too long.
@Suite(
    "The whole stack, played through", .serialized,
    .enabled(if: Laboratory.canRun, "needs root, lxc, haproxy, wrk and the built binary"))
struct WholeStackTests {
    @Test("Every step of the scenario holds", .timeLimit(.minutes(15)))
    func wholeScenario() async throws {
        let directory = try TemporaryDirectory("lab")
        let (status, output) = try await Laboratory.run(["--fast", "--directory", directory.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("All held."), "\(output)")
        #expect(Laboratory.leftovers(of: directory).isEmpty)
    }

    @Test(
        "Every role with its real software is saturated, loses a container and serves on", .timeLimit(.minutes(12)),
        .enabled(if: Laboratory.hasAllRoles, "needs the packages of scripts/need-packages roles"))
    func allRoles() async throws {
        let directory = try TemporaryDirectory("lab")
        let (status, output) = try await Laboratory.run(["--roles", "all", "--scenario", "all", "--directory", directory.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("All held."), "\(output)")
        for role in ["lb", "web", "db", "mail", "search", "monitor", "queue", "acc"] {
            let line = output.split(separator: "\n").last { $0.hasPrefix("  \(role) ") }
            #expect(line?.contains(" after ") == true, "the table has no time of \(role)")
        }
        #expect(Laboratory.leftovers(of: directory).isEmpty)
    }

    @Test(
        "New versions of real containers: rolled out, taken back, cancelled, and brought to the end by a monitor that dies again and again",
        .timeLimit(.minutes(5)))
    func rollout() async throws {
        let directory = try TemporaryDirectory("lab")
        let (status, output) = try await Laboratory.run(["--fast", "--scenario", "rollout", "--directory", directory.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("All held."), "\(output)")
        #expect(Laboratory.leftovers(of: directory).isEmpty)
    }

    @Test(
        "A run that is killed leaves no process; the next removes its files, and cuts a server off that returns",
        .timeLimit(.minutes(5)))
    func killed() async throws {
        let directory = try TemporaryDirectory("lab")
        let process = Process()
        process.executableURL = Laboratory.binary
        process.arguments = ["lab", "--fast", "--scenario", "steady", "--directory", directory.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var seen = ""
        while !seen.contains("the monitor answers") {
            let part = pipe.fileHandleForReading.availableData
            guard !part.isEmpty else { break }
            seen += String(decoding: part, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let name = try #require(Laboratory.leftovers(of: directory).first, "the run had no directory")
        // The kernel ends the processes of the machines as soon as it gets to it.
        for _ in 0..<100 where !Laboratory.processes(naming: name).isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        #expect(Laboratory.processes(naming: name).isEmpty)
        let (status, output) = try await Laboratory.run(["--fast", "--scenario", "isolation", "--directory", directory.path])
        #expect(status == 0, "\(output)")
        #expect(output.contains("removed what \(name), which was killed, had left"), "\(output)")
        #expect(Laboratory.leftovers(of: directory).isEmpty)
    }
}

/// The binary and what it may leave behind.
private enum Laboratory {
    /// What `MAGEWATCH_BINARY` names, or the product beside the tests.
    static let binary: URL = {
        if let named = ProcessInfo.processInfo.environment["MAGEWATCH_BINARY"] { return URL(fileURLWithPath: named) }
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let beside = [
            tests.deletingLastPathComponent(), URL(fileURLWithPath: ".build/debug"), URL(fileURLWithPath: ".build/release"),
        ]
        let found = beside.map { $0.appendingPathComponent("magewatch") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return found ?? URL(fileURLWithPath: ".build/debug/magewatch")
    }()

    static var canRun: Bool {
        let programs = ["/usr/bin/lxc-start", "/usr/sbin/haproxy", "/usr/sbin/nginx", "/usr/bin/wrk", "/usr/sbin/rsyslogd"]
        return geteuid() == 0 && ProcessInfo.processInfo.environment["MAGEWATCH_LAB"] != "0"
            && (programs + [binary.path]).allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static var hasAllRoles: Bool {
        [
            "/usr/sbin/php-fpm8.2", "/usr/sbin/mariadbd", "/usr/bin/searchd", "/usr/sbin/rabbitmqctl", "/usr/sbin/postfix",
            "/usr/sbin/sshd", "/usr/sbin/keepalived", "/usr/sbin/varnishd", "/usr/bin/memcached",
        ].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let directory = try TemporaryDirectory("lab-output")
        let file = directory.url.appendingPathComponent("output")
        try Data().write(to: file)
        let process = Process()
        process.executableURL = binary
        process.arguments = ["lab"] + arguments
        let output = try FileHandle(forWritingTo: file)
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        // What was measured belongs into the log of a run.
        print(text)
        return (process.terminationStatus, text)
    }

    static func leftovers(of directory: TemporaryDirectory) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).filter { $0.hasPrefix("magewatch-lab-") }
    }

    /// Processes that have a run's name in their command line.
    static func processes(naming name: String) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter { process in
            guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
            return String(decoding: line, as: UTF8.self).contains(name)
        }
    }
}
