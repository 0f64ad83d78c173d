import Foundation

/// The sockets of one network namespace: where services listen, and how many connections they have, as the kernel counts them.
struct SocketTable: Sendable {
    /// Most bytes of one of the kernel's tables that are read; what follows is not counted.
    static let maximumBytes = 16 << 20

    /// A listening socket.
    struct Listener: Sendable, Hashable {
        var address: ServiceAddress
        var inode: UInt64
        /// Connections that wait to be accepted.
        var waiting: Int
    }

    private(set) var listeners: [Listener] = []
    /// Connections by the port they were made to.
    private var portConnections: [UInt16: Int] = [:]
    private var pathConnections: [String: Int] = [:]
    private var pathWaiting: [String: Int] = [:]

    /// Reads the tables that a process sees.
    init(process: Int32, root: String = "/proc") {
        for name in ["tcp", "tcp6"] { readTCP(SocketTable.text("\(root)/\(process)/net/\(name)")) }
        readUnix(SocketTable.text("\(root)/\(process)/net/unix"))
    }

    init(tcp: String = "", tcp6: String = "", unix: String = "") {
        readTCP(tcp)
        readTCP(tcp6)
        readUnix(unix)
    }

    /// Accepted connections of a listener.
    func connections(to address: ServiceAddress) -> Int {
        switch address {
        case .tcp(_, let port): portConnections[port] ?? 0
        case .unix(let path): pathConnections[path] ?? 0
        }
    }

    /// Connections that wait to be accepted.
    func waiting(at listener: Listener) -> Int {
        if case .unix(let path) = listener.address { return pathWaiting[path] ?? 0 }
        return listener.waiting
    }

    private mutating func readTCP(_ text: String) {
        for line in text.utf8.split(separator: 10).dropFirst() {
            let fields = Substring(line).split(separator: " ", maxSplits: 10)
            guard fields.count > 9, let local = SocketTable.address(fields[1]) else { continue }
            switch fields[3] {
            case "01":
                if case .tcp(_, let port) = local { portConnections[port, default: 0] += 1 }
            case "0A":
                let queue = fields[4].split(separator: ":").last.flatMap { Int($0, radix: 16) } ?? 0
                listeners.append(Listener(address: local, inode: UInt64(fields[9]) ?? 0, waiting: queue))
            default: continue
            }
        }
    }

    private mutating func readUnix(_ text: String) {
        for line in text.utf8.split(separator: 10).dropFirst() {
            let fields = Substring(line).split(separator: " ", maxSplits: 7)
            guard fields.count == 8, fields[4] == "0001", let inode = UInt64(fields[6]) else { continue }
            let path = String(fields[7])
            if fields[3] == "00010000" {
                listeners.append(Listener(address: .unix(path), inode: inode, waiting: 0))
            } else if fields[5] == "03" {
                pathConnections[path, default: 0] += 1
            } else if fields[5] == "02" {
                // Made by a client, and not accepted yet.
                pathWaiting[path, default: 0] += 1
            }
        }
    }

    /// `0100007F:1F90` and its longer form of version six: each four bytes as the machine orders them.
    static func address(_ text: Substring) -> ServiceAddress? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[0]
        while rest.count >= 8 {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            bytes += [
                UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word >> 16),
                UInt8(truncatingIfNeeded: word >> 24),
            ]
            rest = rest.dropFirst(8)
        }
        guard rest.isEmpty, bytes.count == 4 || bytes.count == 16 else { return nil }
        return .tcp(bytes, port)
    }

    private static func text(_ path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        var data = Data()
        // The kernel hands its tables out in pieces.
        while data.count < maximumBytes, let part = try? file.read(upToCount: 1 << 20), !part.isEmpty { data += part }
        return String(decoding: data, as: UTF8.self)
    }
}
