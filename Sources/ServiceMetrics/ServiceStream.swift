import CLinux
import Foundation

/// A connection to a service, or a program's output, with one deadline and one limit of bytes over all of it. Blocking: each service is
/// asked on a thread of its own.
final class ServiceStream {
    private let descriptor: Int32
    private let deadline: ContinuousClock.Instant
    private let name: String
    private let maximumBytes: Int
    private var received = 0
    private var pending: [UInt8] = []

    /// Takes a descriptor over.
    init(descriptor: Int32, name: String, deadline: ContinuousClock.Instant, maximumBytes: Int) {
        self.descriptor = descriptor
        self.name = name
        self.deadline = deadline
        self.maximumBytes = maximumBytes
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Connects in the network namespace of the calling thread; paths are those that `files` sees.
    static func connect(
        to address: ServiceAddress, files: RootedFiles, deadline: ContinuousClock.Instant, maximumBytes: Int
    ) throws(ServiceError) -> ServiceStream {
        let family =
            switch address {
            case .unix: AF_UNIX
            case .tcp(let bytes, _): bytes.count == 4 ? AF_INET : AF_INET6
            }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw ServiceError(.unreachable, "\(address): no socket: \(text(errno))") }
        let stream = ServiceStream(descriptor: descriptor, name: "\(address)", deadline: deadline, maximumBytes: maximumBytes)
        let result: Int32 =
            switch address {
            case .unix(let path): try stream.connect(path: path, files)
            case .tcp(let bytes, let port): bytes.count == 4 ? stream.connect4(bytes, port) : stream.connect6(bytes, port)
            }
        if result == 0 { return stream }
        // EAGAIN: a Unix socket whose queue is full.
        guard errno == EINPROGRESS else {
            throw ServiceError(errno == EAGAIN ? .timeout : .unreachable, "\(address): \(text(errno))")
        }
        try stream.wait(for: Int16(POLLOUT))
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        guard error == 0 else { throw ServiceError(.unreachable, "\(address): \(text(error))") }
        return stream
    }

    private func connect(path: String, _ files: RootedFiles) throws(ServiceError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Through a descriptor: the path may be longer than an address, and no link in it may lead out of the container.
        guard let place = files.open(path, clinux_O_PATH) else {
            throw ServiceError(.unreachable, "\(path): \(ServiceStream.text(errno))")
        }
        defer { close(place) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array("/proc/self/fd/\(place)".utf8)) }
        return connect(to: address)
    }

    /// Connects to a socket address of any family.
    private func connect<Address>(to address: Address) -> Int32 {
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    private func connect4(_ bytes: [UInt8], _ port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: bytes) }
        return connect(to: address)
    }

    private func connect6(_ bytes: [UInt8], _ port: UInt16) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
        return connect(to: address)
    }

    func write(_ bytes: [UInt8]) throws(ServiceError) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(descriptor, buffer.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if count < 0, errno == EAGAIN || errno == EINTR {
                try wait(for: Int16(POLLOUT))
            } else {
                throw ServiceError(.unreachable, "\(name): closed while being written to")
            }
        }
    }

    func write(_ text: String) throws(ServiceError) { try write(Array(text.utf8)) }

    /// So many bytes.
    func read(count: Int) throws(ServiceError) -> [UInt8] {
        guard count <= maximumBytes else { throw tooLarge() }
        while pending.count < count {
            guard try receive() else { throw ServiceError(.malformed, "\(name): closed within an answer") }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    /// Up to and with a line feed, without it and a carriage return before it.
    func readLine() throws(ServiceError) -> String {
        var searched = 0
        while true {
            if let end = pending[searched...].firstIndex(of: 10) {
                let line = pending[..<end]
                defer { pending.removeFirst(end + 1) }
                return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            }
            searched = pending.count
            guard try receive() else { throw ServiceError(.malformed, "\(name): closed within a line") }
        }
    }

    /// All until the other side closes.
    func readAll() throws(ServiceError) -> [UInt8] {
        while try receive() {}
        defer { pending = [] }
        return pending
    }

    private func receive() throws(ServiceError) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let capacity = buffer.count
            // read, not recv: a program's output is no socket.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, capacity) }
            if count == 0 { return false }
            if count > 0 {
                received += count
                guard received <= maximumBytes else { throw tooLarge() }
                pending.append(contentsOf: buffer[..<count])
                return true
            }
            switch errno {
            case EAGAIN: try wait(for: Int16(POLLIN))
            case EINTR: continue
            default: throw ServiceError(.unreachable, "\(name): \(ServiceStream.text(errno))")
            }
        }
    }

    private func wait(for events: Int16) throws(ServiceError) {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { throw ServiceError(.timeout, "\(name): no whole answer in time") }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            if unsafe poll(&entry, 1, Int32(min(milliseconds, 60_000))) == 1 { return }
        }
    }

    private func tooLarge() -> ServiceError { ServiceError(.tooLarge, "\(name): answers more than \(maximumBytes) bytes") }

    private static func text(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
