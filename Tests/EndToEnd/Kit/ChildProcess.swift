import Foundation
import Glibc
import Synchronization
import TestKit

/// A program started by a test, its output in files; killed and reaped with the value that owns it.
///
/// It is spawned directly because a child inherits the blocked signals of the thread that starts it: one that began with SIGTERM blocked
/// would never stop politely.
final class ChildProcess: Sendable {
    /// A program that ended.
    struct Finished: Sendable, CustomStringConvertible {
        /// The exit status, or the negative number of the signal that ended it.
        var status: Int
        var output: String
        var errors: String

        var description: String { "status \(status)\noutput: \(output)\nerrors: \(errors)" }
    }

    let id: pid_t
    private let directory: TemporaryDirectory
    private let status = Mutex<Int?>(nil)

    init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        directory = try TemporaryDirectory("process")
        id = try ChildProcess.spawn(
            path, arguments, environment: environment, output: directory.path + "/out", errors: directory.path + "/err")
    }

    deinit {
        if status.withLock({ $0 }) == nil {
            kill(id, SIGKILL)
            var raw: Int32 = 0
            unsafe waitpid(id, &raw, 0)
        }
    }

    /// Starts a program and waits for its end.
    static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> Finished {
        try await ChildProcess(path, arguments, environment: environment).end(within: limit)
    }

    var output: String { text("out") }
    var errors: String { text("err") }

    func signal(_ number: Int32) { kill(id, number) }

    /// Ends it without giving it a chance, as a crash would.
    func crash() async throws {
        signal(SIGKILL)
        _ = try await end(within: .seconds(20))
    }

    /// Waits until it has ended.
    @discardableResult
    func end(within limit: Duration) async throws -> Finished {
        let status = try await eventually("process \(id) to end; it said \(errors.suffix(500))", within: limit) { reaped() }
        return Finished(status: status, output: output, errors: errors)
    }

    private func reaped() -> Int? {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            guard unsafe waitpid(id, &raw, WNOHANG) == id else { return nil }
            let signal = raw & 0x7f
            status = Int(signal == 0 ? (raw >> 8) & 0xff : -signal)
            return status
        }
    }

    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: directory.path + "/" + name) ?? Data(), as: UTF8.self)
    }

    private static func spawn(
        _ path: String, _ arguments: [String], environment: [String: String], output: String, errors: String
    ) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        unsafe posix_spawnattr_setflags(&attributes, flags)

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var pairs = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + pairs).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let failure = unsafe posix_spawn(&id, path, &actions, &attributes, &words, &pairs)
        guard failure == 0 else { throw NeverHappened(description: "\(path) can't be started: error \(failure)") }
        return id
    }
}
