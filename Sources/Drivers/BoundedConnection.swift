import Foundation

/// A TCP connection for one small exchange, with one deadline over all of it. Blocking: use it off the cooperative pool.
final class BoundedConnection {
    /// Why it did not come about; nil for a connection.
    private(set) var failure: String?
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant

    init(host: String, port: UInt16, milliseconds: Int) {
        deadline = .now + .milliseconds(milliseconds)
        descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { failure = "no socket: errno \(errno)"; return }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = IPv4Address(host)?.networkOrder ?? 0
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return }
        guard errno == EINPROGRESS else { failure = BoundedConnection.text(errno); return }
        guard wait(for: Int16(POLLOUT)) else { failure = "no connection in time"; return }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        if error != 0 { failure = BoundedConnection.text(error) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The first line of the answer to `request`, or nil where none came in time.
    func firstLine(afterSending request: String) -> String? {
        let bytes = Array(request.utf8)
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == bytes.count else { return nil }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while answer.count < 4096, wait(for: Int16(POLLIN)) {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, 1024, 0) }
            guard count > 0 else { return nil }
            answer.append(contentsOf: buffer[..<count])
            if let end = answer.firstIndex(of: 13) { return String(decoding: answer[..<end], as: UTF8.self) }
        }
        return nil
    }

    private func wait(for events: Int16) -> Bool {
        let left = ContinuousClock.now.duration(to: deadline)
        let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0 else { return false }
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return unsafe poll(&entry, 1, Int32(min(milliseconds, 60_000))) == 1
    }

    private static func text(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
