import Foundation
import Logging
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

@testable import ServiceMetrics

/// Real daemons in processes, network and mounts of their own, as in a container. What a test starts ends with it.
final class House {
    /// Namespaces need root; daemons have to be installed.
    static func can(_ programs: String...) -> Bool {
        geteuid() == 0
            && (programs + ["/usr/bin/unshare"]).allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Longest time for a daemon to come up on a busy machine.
    static let patience = Duration.seconds(60)

    let directory: TemporaryDirectory
    let role: Role
    private let process = Process()
    private var firstProcess: Int32 = 0

    init(_ role: Role) throws {
        directory = try TemporaryDirectory("house")
        self.role = role
        // Daemons that give their rights up have to get in.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
    }

    deinit {
        // The first process of the namespace takes all others along.
        if firstProcess > 0 { kill(firstProcess, SIGKILL) }
        if process.isRunning { process.waitUntilExit() }
    }

    /// Writes a file; `DIR` in it stands for the directory.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        let path = "\(directory.path)/\(name)"
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.replacingOccurrences(of: "DIR", with: directory.path).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Runs a shell script as the first process of the house.
    func start(_ script: String) throws {
        let path = try file("start.sh", "cd DIR; exec >>DIR/output 2>&1 </dev/null; ip link set lo up\n" + script)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["-p", "-f", "-n", "-m", "-u", "--mount-proc", "--kill-child", "/bin/sh", path]
        try process.run()
        let end = ContinuousClock.now + House.patience
        while firstProcess == 0, ContinuousClock.now < end, process.isRunning {
            firstProcess = ProcessTable().descendants(of: process.processIdentifier).first?.id ?? 0
        }
    }

    /// The house as a container.
    var scope: ServiceScope? {
        firstProcess > 0
            ? ServiceScope(container: "house", role: role, firstProcess: firstProcess, memoryLimitBytes: Double(1 << 30)) : nil
    }

    /// A line of a script that waits until a socket is there.
    static func wait(for socket: String) -> String { "while [ ! -S \(socket) ]; do sleep 0.05; done" }

    /// Ends a program of the house.
    func end(program: String) {
        for process in ProcessTable().descendants(of: firstProcess) where process.name == program { kill(process.id, SIGKILL) }
    }

    /// All that the services in the house tell now.
    func look(credentials: ServiceCredentials = ServiceCredentials(), timeout: Duration = .seconds(20)) async -> SampleBatch {
        let scopes = scope.map { [$0] } ?? []
        let watch = ServiceWatch(
            server: "s1", containers: { scopes }, credentials: credentials, timeout: timeout, logger: Logger(label: "test"))
        watch.ask()
        await watch.idle()
        var batch = SampleBatch()
        watch.append(to: &batch, at: 1)
        return batch
    }

    /// Looks until a condition holds.
    func look(
        credentials: ServiceCredentials = ServiceCredentials(), timeout: Duration = .seconds(20),
        until holds: (Figures) -> Bool
    ) async throws -> Figures {
        let end = ContinuousClock.now + House.patience
        var figures = Figures([])
        while ContinuousClock.now < end {
            figures = Figures(await look(credentials: credentials, timeout: timeout))
            if holds(figures) { return figures }
        }
        let output = (try? String(contentsOfFile: "\(directory.path)/output", encoding: .utf8)) ?? ""
        Issue.record("not seen in time; there is \(figures.lines.joined(separator: "\n").suffix(3000)) \(output.suffix(2000))")
        return figures
    }
}

/// A value that a test changes while others read it.
final class Box<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value { content.withLock { $0 } }

    func set(_ value: Value) { content.withLock { $0 = value } }
}

/// The services of one house, to be asked by name and some labels.
struct Figures {
    let values: [(labels: Labels, value: Double)]

    init(_ values: [(Labels, Double)]) { self.values = values }

    init(_ batch: SampleBatch) {
        values = batch.series.flatMap { series in
            series.samples.map { (labels: batch.labels(of: series), value: batch.values[$0]) }
        }
        .filter { $0.labels["container"] == "house" }
    }

    subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        values.first { found in
            found.labels.metricName == name && labels.allSatisfy { found.labels[$0.key] == $0.value }
        }?.value
    }

    var lines: [String] { values.map { "\($0.labels) \($0.value)" }.sorted() }

    func isUp(_ service: String) -> Bool { self["magewatch_service_up", ["service": service]] == 1 }

    func used(_ service: String, _ resource: String) -> Double? {
        self["magewatch_service_used", ["service": service, "resource": resource]]
    }

    func limit(_ service: String, _ resource: String) -> Double? {
        self["magewatch_service_limit", ["service": service, "resource": resource]]
    }
}
