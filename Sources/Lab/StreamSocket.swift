import CLinux
import Foundation

/// A connected stream socket with blocking calls and deadlines, for probes that have to be made in another network namespace.
struct StreamSocket: ~Copyable {
    private let descriptor: Int32

    /// Connects to an IPv4 address.
    init(address: String, port: Int, timeout: Duration) throws(LabError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LabError(.service, "no socket can be made: \(StreamSocket.reason)") }
        setDeadline(timeout)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        guard unsafe inet_pton(AF_INET, address, &target.sin_addr) == 1 else {
            throw LabError(.service, "'\(address)' is no IPv4 address")
        }
        let connected = unsafe withUnsafePointer(to: &target) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            throw LabError(.service, "\(address):\(port) does not answer: \(StreamSocket.reason)")
        }
    }

    /// Connects to a socket in the file system.
    init(path: String, timeout: Duration) throws(LabError) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LabError(.service, "no socket can be made: \(StreamSocket.reason)") }
        setDeadline(timeout)
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: target.sun_path) - 1
        guard path.utf8.count <= room else {
            throw LabError(.service, "the path of socket \(path) is longer than \(room) bytes; choose a shorter --directory")
        }
        unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let connected = unsafe withUnsafePointer(to: &target) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw LabError(.service, "\(path) does not answer: \(StreamSocket.reason)") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes all of it.
    func send(_ text: String) throws(LabError) { try send(Array(text.utf8)) }

    /// Writes all of it.
    func send(_ bytes: [UInt8]) throws(LabError) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw LabError(.service, "sending failed: \(StreamSocket.reason)") }
            sent += count
        }
    }

    /// Reads what has come, up to 64 KiB; empty at the end.
    func receive() throws(LabError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw LabError(.service, "no answer: \(StreamSocket.reason)") }
        return Array(buffer[..<count])
    }

    /// Reads until the other side closes, at most `limit` bytes.
    func receiveAll(limit: Int) throws(LabError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let some = try receive()
            if some.isEmpty { return all }
            all += some
            guard all.count <= limit else { throw LabError(.answer, "the answer is longer than \(limit) bytes") }
        }
    }

    private func setDeadline(_ timeout: Duration) {
        var time = timeval(
            tv_sec: Int(timeout.components.seconds), tv_usec: Int(timeout.components.attoseconds / 1_000_000_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static var reason: String { unsafe String(cString: strerror(errno)) }
}
