/// An IPv4 address, with a prefix length where one is given: `10.77.0.21/24` or `10.77.0.21`.
package struct IPv4Address: Sendable, Hashable, CustomStringConvertible {
    /// Most significant byte first.
    package let bytes: [UInt8]
    package let prefixLength: Int?

    /// Reads the dotted form; nil where it is not one.
    package init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        var bytes: [UInt8] = []
        for part in halves[0].split(separator: ".", omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let byte = UInt8(part) else { return nil }
            bytes.append(byte)
        }
        guard bytes.count == 4 else { return nil }
        self.bytes = bytes
        if halves.count == 2 {
            guard let length = Int(halves[1]), (0...32).contains(length) else { return nil }
            prefixLength = length
        } else {
            prefixLength = nil
        }
    }

    /// The address without its prefix length.
    package var host: String { bytes.map(String.init).joined(separator: ".") }

    package var description: String { prefixLength.map { "\(host)/\($0)" } ?? host }

    /// As the kernel wants it in a `sockaddr_in`.
    package var networkOrder: UInt32 {
        UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[2]) << 16 | UInt32(bytes[3]) << 24
    }

    /// A locally administered hardware address that follows from the address (`02:00:` and its four bytes), so that a container
    /// which restarts or moves keeps it and no neighbour has to unlearn an old one.
    package var hardwareAddress: String {
        "02:00:" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
