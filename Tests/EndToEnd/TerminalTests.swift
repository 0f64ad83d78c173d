import Foundation
import Glibc
import TestKit
import Testing

/// A terminal of a test's own, made by tmux.
private final class TestTerminal {
    private let directory: TemporaryDirectory
    /// Runs in the foreground, so that it ends with this value.
    private let server: ChildProcess
    private var socket: String { directory.path + "/tmux" }

    /// Starts the dashboard in it; when that has ended the terminal's settings are printed under its exit status.
    init(dashboardOf monitor: MonitorAddress) async throws {
        directory = try TemporaryDirectory("terminal")
        server = try ChildProcess(
            RealPrograms.tmux, ["-S", directory.path + "/tmux", "-f", "/dev/null", "-D"], environment: TestTerminal.environment)
        let binary = try #require(MagewatchBinary.path)
        let command = """
            sh -c 'echo $$ > \(directory.path)/pid; exec \(binary) dash --interval 0.5 --api \(monitor.api)'; \
            echo "ended with $?"; stty -a; exec sleep 300
            """
        try await eventually("tmux; it said \(server.errors)") {
            try await tmux("new-session", "-d", "-x", "120", "-y", "40", command)
        }
    }

    /// What the screen shows.
    func screen() async throws -> String { try await tmux("capture-pane", "-p") }

    /// Whether the alternate screen is on, and whether the cursor is shown.
    func flags() async throws -> String {
        try await tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func press(_ key: String) async throws { _ = try await tmux("send-keys", key) }

    func resize(width: Int, height: Int) async throws {
        _ = try await tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
    }

    func signalDashboard(_ number: Int32) throws {
        let text = try String(contentsOfFile: directory.path + "/pid", encoding: .utf8)
        kill(try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))), number)
    }

    private static let environment = ["TERM": "xterm-256color", "TMUX": ""]

    private func tmux(_ arguments: String...) async throws -> String {
        let done = try await ChildProcess.run(
            RealPrograms.tmux, ["-S", socket, "-N"] + arguments, environment: TestTerminal.environment)
        guard done.status == 0 else { throw NeverHappened(description: "\(done)") }
        return done.output
    }
}

@Suite(
    "The dashboard in a terminal", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.tmux), "needs tmux"), .timeLimit(.minutes(10)))
struct TerminalTests {
    @Test("It takes the screen, and gives everything back on q and on every signal", arguments: [0, SIGTERM, SIGINT, SIGHUP])
    func life(signal: Int32) async throws {
        let monitor = try await MonitorProcess()
        let terminal = try await TestTerminal(dashboardOf: monitor.address)
        try await eventually("the dashboard") {
            let screen = try await terminal.screen()
            return screen.contains("Magewatch") && screen.contains("Overview") ? true : nil
        }
        #expect(try await terminal.flags() == "1 0")
        if signal == 0 { try await terminal.press("q") } else { try terminal.signalDashboard(signal) }
        let end = try await eventually("the end") { () -> String? in
            let screen = try await terminal.screen()
            return screen.contains("ended with 0") && screen.contains("icanon") ? screen : nil
        }
        #expect(try await terminal.flags() == "0 1")
        #expect(!end.contains("-icanon") && end.contains(" echo "), "\(end)")
        try await monitor.stop()
    }

    @Test("It follows the terminal's size, and outlives its monitor")
    func change() async throws {
        let monitor = try await MonitorProcess(keepsPorts: true)
        let terminal = try await TestTerminal(dashboardOf: monitor.address)
        try await eventually("the dashboard") { try await terminal.screen().contains("Overview") ? true : nil }
        try await terminal.resize(width: 70, height: 20)
        try await eventually("a smaller picture") {
            let lines = try await terminal.screen().split(separator: "\n")
            return lines.contains { $0.contains("┐") } && lines.allSatisfy { $0.count <= 70 } ? true : nil
        }
        try await monitor.crash()
        try await eventually("what went wrong") { try await terminal.screen().contains("no monitor answers") ? true : nil }
        try await monitor.start()
        try await eventually("that it is over") {
            let screen = try await terminal.screen()
            return screen.contains("Overview") && !screen.contains("no monitor answers") ? true : nil
        }
        try await terminal.press("q")
        try await eventually("the end") { try await terminal.screen().contains("ended with 0") ? true : nil }
        try await monitor.stop()
    }
}
