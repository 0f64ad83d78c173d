import Glibc

/// Ports for what has to come back under the same number.
enum FreePort {
    /// A port free on TCP and UDP of the loopback address.
    ///
    /// It is taken from below the ports that the kernel gives to outgoing connections: a client that tries again and again to reach a
    /// closed port among those is sooner or later connected to itself.
    static func take() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000..<32_000)
            if isFree(port, SOCK_STREAM), isFree(port, SOCK_DGRAM) { return port }
        }
        throw NeverHappened(description: "no free port was found")
    }

    private static func isFree(_ port: Int, _ kind: __socket_type) -> Bool {
        let descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return unsafe LoopbackAddress(port: port).withPointer { unsafe bind(descriptor, $0, $1) == 0 }
    }
}

/// 127.0.0.1 and a port, as the socket calls want it.
struct LoopbackAddress {
    private var address = sockaddr_in()

    init(port: Int) {
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
