import Foundation

/// One exchange with HAProxy's runtime socket: a connection, a command, the whole answer.
struct HAProxySocket: Sendable {
    /// Largest answer read, in bytes.
    static let maximumAnswerBytes = 32 << 20
    /// How long connecting, writing and each read may take.
    static let timeoutMilliseconds: Int32 = 2000

    let path: String

    /// Sends commands joined by newlines (a payload may follow) and returns the answer without surrounding blank lines.
    /// - Throws: ``DriverError`` with what to do where the socket does not answer.
    func ask(_ command: String) async throws -> String {
        try await blocking { try exchange(command) }
    }

    private func exchange(_ command: String) throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw unreachable("no socket: errno \(errno)") }
        defer { close(descriptor) }
        try connect(descriptor)
        try write(Array((command + "\n").utf8), to: descriptor)
        return try readAll(from: descriptor)
    }

    private func connect(_ descriptor: Int32) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw DriverError(.invalidRequest, "HAProxy socket path \(path) is longer than 107 bytes; choose a shorter one")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        // A listener whose queue is full blocks a connect on a unix socket: the deadline covers that too.
        var limit = timeval(tv_sec: Int(HAProxySocket.timeoutMilliseconds) / 1000, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw unreachable(unsafe String(cString: strerror(errno))) }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(descriptor, buffer.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw unreachable("it closed the connection while being written to") }
            sent += count
        }
    }

    private func readAll(from descriptor: Int32) throws -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let capacity = buffer.count
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, capacity, 0) }
            if count == 0 { break }
            guard count > 0 else {
                throw DriverError(
                    .timedOut, "HAProxy at \(path) gave no answer in \(HAProxySocket.timeoutMilliseconds) ms; is it hanging?")
            }
            answer.append(contentsOf: buffer[..<count])
            guard answer.count <= HAProxySocket.maximumAnswerBytes else {
                throw DriverError(.failed, "HAProxy at \(path) answers more than \(HAProxySocket.maximumAnswerBytes) bytes")
            }
        }
        return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func unreachable(_ why: String) -> DriverError {
        DriverError(
            .unreachable,
            "HAProxy's runtime socket \(path) can't be reached (\(why)). Check that HAProxy runs and has "
                + "'stats socket \(path) mode 600 level admin' in its global section")
    }
}
