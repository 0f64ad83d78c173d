package import Drivers
import Foundation
import Synchronization

/// A machine of the laboratory: network, mount, process, control-group, host-name and IPC namespaces of its own, on this kernel.
///
/// Inside, an agent, LXC, HAProxy or rsyslog find what they find on a real server: their own interfaces, their own `/sys` and
/// control groups from the root down, and only their own processes. Death is real too: killing the first process ends all others.
package final class Host: Sendable {
    /// Longest time for a machine to come up.
    static let bootTimeout = Duration.seconds(15)

    package let name: String
    /// The first process, as this process counts.
    package let processID: Int32
    private let directory: String
    private let lifeline: Mutex<FileHandle?>
    private let runner = CommandRunner()

    private init(name: String, processID: Int32, directory: String, lifeline: FileHandle) {
        self.name = name
        self.processID = processID
        self.directory = directory
        self.lifeline = Mutex(lifeline)
    }

    /// Makes the namespaces and returns when the machine is ready to be wired.
    package static func boot(_ name: String, in run: RunDirectory, groups: ControlGroupTree) async throws -> Host {
        try groups.make(machine: name)
        let directory = try run.makeDirectory("hosts/\(name)")
        let announcement = "\(directory)/first-process"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", HostScript.enter(files: groups.processFiles(machine: name)), "machine", HostScript.firstProcess, name,
            announcement,
        ]
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        _ = FileManager.default.createFile(atPath: "\(directory)/boot.log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: "\(directory)/boot.log")
        do { try process.run() } catch {
            throw LabError(.construction, "machine \(name) can't be started: \(error.localizedDescription)")
        }
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let deadline = ContinuousClock.now + bootTimeout
        while ContinuousClock.now < deadline, process.isRunning {
            if let text = try? String(contentsOfFile: announcement, encoding: .utf8),
                let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                return Host(name: name, processID: number, directory: directory, lifeline: input.fileHandleForWriting)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        try? input.fileHandleForWriting.close()
        throw LabError(
            .construction,
            "machine \(name) did not come up; this kernel has to allow namespaces and mounts to root. It said:\n"
                + run.tail("hosts/\(name)/boot.log"))
    }

    /// The prefix that runs a command in this machine.
    package var enter: [String] {
        ["--target", String(processID), "--net", "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--"]
    }

    /// Runs a command in it to its end.
    package func run(_ command: [String], timeout: Duration = .seconds(20)) async throws -> CommandRunner.Result {
        try await runner.run("nsenter", enter + command, timeout: timeout)
    }

    /// Runs `ip` commands in its network only, several in one go.
    package func configureNetwork(_ commands: [String]) async throws {
        let text = commands.map { "ip \($0)" }.joined(separator: " && ")
        // Process numbers in these commands are this process's, so its process namespace is not entered.
        let result = try await runner.run("nsenter", ["--target", String(processID), "--net", "--", "sh", "-c", text])
        guard result.succeeded else {
            throw LabError(.construction, "the network of \(name) can't be set up: \(result.complaint) (in: \(text))")
        }
    }

    /// Starts a program that stays; its output goes to `DIRECTORY/hosts/HOST/LABEL.log`.
    package func start(_ label: String, _ command: [String]) async throws {
        let started = try await run(
            ["setsid", "--fork", "sh", "-c", HostScript.daemon, label, pidFile(label), logFile(label)] + command)
        guard started.succeeded else {
            throw LabError(.service, "\(label) can't be started on \(name): \(started.complaint)")
        }
    }

    /// Sends a signal to a program started here.
    package func signal(_ label: String, _ signal: String) async throws {
        guard let text = try? String(contentsOfFile: pidFile(label), encoding: .utf8) else { return }
        _ = try await run(["kill", "-\(signal)", text.trimmingCharacters(in: .whitespacesAndNewlines)])
    }

    /// What a program wrote last.
    package func tail(_ label: String, lines: Int = 8) -> String {
        guard let text = try? String(contentsOfFile: logFile(label), encoding: .utf8) else { return "(nothing written)" }
        return text.split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    /// Ends it and everything in it at once, as a power cut does.
    package func powerOff() {
        kill(processID, SIGKILL)
        lifeline.withLock { handle in
            try? handle?.close()
            handle = nil
        }
    }

    package var isOn: Bool { kill(processID, 0) == 0 && lifeline.withLock { $0 != nil } }

    package func logFile(_ label: String) -> String { "\(directory)/\(label).log" }
    private func pidFile(_ label: String) -> String { "\(directory)/\(label).pid" }
}
