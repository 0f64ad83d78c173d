import Glibc

/// Addresses as offenders are counted by: IPv4 as it is, IPv6 by its /64, IPv4 mapped into IPv6 as IPv4.
package enum ClientAddress {
    /// The key for an address in text, or nil where it is none (a host name, `unix:`).
    package static func key(_ text: ArraySlice<UInt8>) -> String? {
        let string = String(decoding: text, as: UTF8.self)
        guard let parsed = Network.parse(string) else { return nil }
        return key(parsed)
    }

    private static func key(_ bytes: [UInt8]) -> String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 8, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}

/// A range of addresses, such as `10.0.0.0/8`, or a single address.
package struct Network: Sendable, Equatable {
    private let bytes: [UInt8]
    private let prefix: Int

    /// Nil where the text is neither an address nor an address with a prefix length.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Network.parse(String(parts[0])) else { return nil }
        let prefix = parts.count > 1 ? Int(parts[1]) : bytes.count * 8
        guard let prefix, (0...bytes.count * 8).contains(prefix) else { return nil }
        self.bytes = bytes
        self.prefix = prefix
    }

    /// Whether an address lies in the range.
    package func contains(_ address: String) -> Bool {
        guard let other = Network.parse(String(address.prefix { $0 != "/" })), other.count == bytes.count else { return false }
        for bit in 0..<prefix where (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> UInt8(bit % 8)) != 0 { return false }
        return true
    }

    /// 4 or 16 bytes; IPv4 mapped into IPv6 gives 4.
    static func parse(_ text: String) -> [UInt8]? {
        var v4 = in_addr()
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            return unsafe withUnsafeBytes(of: v4) { unsafe Array($0) }
        }
        var v6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let bytes = unsafe withUnsafeBytes(of: v6) { unsafe Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        return Array(bytes.prefix(12)) == mapped ? Array(bytes.suffix(4)) : bytes
    }
}
