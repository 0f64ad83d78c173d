/// Where a service listens, as seen from inside its container.
package enum ServiceAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four or sixteen bytes in network order, and a port.
    case tcp([UInt8], UInt16)
    /// A path in the container's file system.
    case unix(String)

    package var port: UInt16? {
        if case .tcp(_, let port) = self { port } else { nil }
    }

    /// Whether it takes connections from other machines.
    package var isPublic: Bool {
        guard case .tcp(let bytes, _) = self else { return false }
        return bytes.count == 4 ? bytes[0] != 127 : bytes != [UInt8](repeating: 0, count: 15) + [1]
    }

    /// The address to connect to: one that stands for all interfaces is asked at the loopback one.
    package var reachable: ServiceAddress {
        guard case .tcp(let bytes, let port) = self, bytes.allSatisfy({ $0 == 0 }) else { return self }
        return .tcp([127, 0, 0, 1], port)
    }

    package var description: String {
        switch self {
        case .unix(let path): return path
        case .tcp(let bytes, let port) where bytes.count == 4:
            return bytes.map(String.init).joined(separator: ".") + ":\(port)"
        case .tcp(let bytes, let port):
            let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
            return "[" + groups.map { String($0, radix: 16) }.joined(separator: ":") + "]:\(port)"
        }
    }
}
