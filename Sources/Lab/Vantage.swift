import CLinux
import Foundation

/// A place in the laboratory's network from which this process can look: what it does there happens on a thread that has
/// entered the machine's network, and nothing of it is visible outside.
package struct Vantage: Sendable {
    private let processID: Int32

    package init(_ host: Host) { processID = host.processID }

    /// Does something blocking there.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let file = "/proc/\(processID)/ns/net"
        return try await withCheckedThrowingContinuation { continuation in
            // A namespace is entered for the rest of a thread's life, so each job has a thread of its own.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let namespace = unsafe open(file, O_RDONLY | O_CLOEXEC)
                        guard namespace >= 0 else { throw LabError(.service, "the machine is off: \(file) is not there") }
                        defer { close(namespace) }
                        guard clinux_setns(namespace, clinux_CLONE_NEWNET) == 0 else {
                            throw LabError(.service, "\(file) can't be entered")
                        }
                        return try body()
                    })
            }
        }
    }

    /// Asks for a page.
    package func http(_ request: PlainHTTP.Request) async throws -> PlainHTTP.Response {
        try await perform { try PlainHTTP.exchange(request) }
    }

    /// True if a redis answers there.
    package func redisAnswers(_ address: String, port: Int, timeout: Duration) async -> Bool {
        let answer = try? await perform {
            let socket = try StreamSocket(address: address, port: port, timeout: timeout)
            try socket.send("PING\r\n")
            return String(decoding: try socket.receive(), as: UTF8.self)
        }
        return answer?.hasPrefix("+PONG") ?? false
    }

    /// Writes lines over one connection, with a pause after each hundred.
    func sendLines(_ lines: [String], to address: String, port: Int, pauseMilliseconds: UInt32) async throws {
        try await perform {
            let socket = try StreamSocket(address: address, port: port, timeout: .seconds(30))
            var first = 0
            while first < lines.count {
                let end = min(first + 100, lines.count)
                try socket.send(lines[first..<end].joined(separator: "\n") + "\n")
                first = end
                usleep(pauseMilliseconds * 1000)
            }
        }
    }
}
