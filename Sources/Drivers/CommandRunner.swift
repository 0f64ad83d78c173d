import Subprocess

/// Runs a program of the system to its end, with a deadline and bounded output.
package struct CommandRunner: Sendable {
    /// How a program ended and what it wrote.
    package struct Result: Sendable, Equatable {
        package var exitCode: Int32
        package var output: String
        package var errors: String

        package var succeeded: Bool { exitCode == 0 }
        /// What it complained about, in one line.
        package var complaint: String {
            let text = errors.isEmpty ? output : errors
            let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
            return lines.isEmpty ? "exit code \(exitCode), no message" : lines.prefix(3).joined(separator: "; ")
        }
    }

    /// Most bytes a program may write to either stream; one that writes more counts as failed.
    package static let maximumOutputBytes = 1 << 20

    package init() {}

    /// Runs `program` (found by PATH) and waits for it. It is killed at the deadline.
    /// - Throws: ``DriverError`` where it can't be started, writes too much or takes too long. A bad exit code is a result.
    package func run(_ program: String, _ arguments: [String], timeout: Duration = .seconds(20)) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await start(program, arguments) }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw DriverError(
                    .timedOut, "\(program) \(arguments.joined(separator: " ")) took longer than \(timeout) and was killed")
            }
            return result
        }
    }

    /// Runs a program that has to succeed.
    /// - Throws: ``DriverError`` with the program's complaint and `advice`.
    @discardableResult
    package func require(
        _ program: String, _ arguments: [String], timeout: Duration = .seconds(20), advice: String
    ) async throws -> Result {
        let result = try await run(program, arguments, timeout: timeout)
        guard result.succeeded else {
            throw DriverError(
                .failed, "\(program) \(arguments.joined(separator: " ")) failed: \(result.complaint). \(advice)")
        }
        return result
    }

    private func start(_ program: String, _ arguments: [String]) async throws -> Result {
        do {
            let ended = try await Subprocess.run(
                .name(program), arguments: Arguments(arguments),
                output: .string(limit: CommandRunner.maximumOutputBytes),
                error: .string(limit: CommandRunner.maximumOutputBytes))
            let code: Int32 =
                switch ended.terminationStatus {
                case .exited(let code): Int32(code)
                case .signaled(let signal): 128 + Int32(signal)
                }
            return Result(exitCode: code, output: ended.standardOutput, errors: ended.standardError)
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw DriverError(.missing, "\(program) is not installed or not in PATH; install it on this server")
        } catch let error as SubprocessError {
            throw DriverError(.failed, "\(program) could not be run: \(error)")
        }
    }
}
