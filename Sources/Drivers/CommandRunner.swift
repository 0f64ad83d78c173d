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

    /// Most bytes of input, as one variable of the environment holds no more than 128 KiB.
    package static let maximumInputBytes = 120 << 10
    /// Most bytes a program may write to either stream; one that writes more counts as failed.
    package static let maximumOutputBytes = 1 << 20

    package init() {}

    /// Runs `program` (found by PATH) and waits for it. It is killed at the deadline.
    /// - Parameters:
    ///   - input: what it reads; secrets go here and into `environment`, as arguments can be seen by everybody.
    ///   - environment: variables beside the agent's own.
    /// - Throws: ``DriverError`` where it can't be started, writes too much or takes too long. A bad exit code is a result.
    package func run(
        _ program: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:],
        timeout: Duration = .seconds(20)
    ) async throws -> Result {
        if let input {
            return try await run(program, arguments, reading: input, environment: environment, timeout: timeout)
        }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await start(program, arguments, environment) }
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

    /// The input goes by way of a shell, which then becomes the program. Through a pipe of our own, a program that ends before it has read
    /// all would end the agent as well (SIGPIPE).
    private func run(
        _ program: String, _ arguments: [String], reading input: String, environment: [String: String], timeout: Duration
    ) async throws -> Result {
        guard input.utf8.count <= CommandRunner.maximumInputBytes, !input.utf8.contains(0) else {
            throw DriverError(.invalidRequest, "\(program) is given at most \(CommandRunner.maximumInputBytes) bytes of text")
        }
        var environment = environment
        environment[CommandRunner.inputVariable] = input
        let result: Result
        do {
            result = try await run(
                "sh", ["-c", CommandRunner.inputScript, "sh", program] + arguments, environment: environment,
                timeout: timeout)
        } catch let error as DriverError where error.code == .timedOut {
            throw DriverError(.timedOut, "\(program) took longer than \(timeout) and was killed")
        }
        if result.exitCode == 127, result.complaint.contains("not found") {
            throw DriverError(.missing, "\(program) is not installed or not in PATH; install it on this server")
        }
        return result
    }

    private static let inputVariable = "MAGEWATCH_INPUT"
    private static let inputScript = """
        input=$\(inputVariable); unset \(inputVariable); exec "$@" <<END_OF_INPUT
        $input
        END_OF_INPUT
        """

    private func start(
        _ program: String, _ arguments: [String], _ environment: [String: String]
    ) async throws -> Result {
        var variables: [Environment.Key: String?] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        do {
            let ended = try await Subprocess.run(
                .name(program), arguments: Arguments(arguments), environment: .inherit.updating(variables),
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
