/// An IPv4 or IPv6 address; an IPv4 address mapped into IPv6 is the IPv4 address.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 of them.
    let bytes: [UInt8]

    /// Nil where the text is none.
    package init?(_ text: String) {
        if let four = NetworkAddress.parseFour(text) {
            bytes = four
        } else if let sixteen = NetworkAddress.parseSixteen(text) {
            let isMapped = sixteen.prefix(10).allSatisfy { $0 == 0 } && sixteen[10] == 0xff && sixteen[11] == 0xff
            bytes = isMapped ? Array(sixteen.suffix(4)) : sixteen
        } else {
            return nil
        }
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    private static func parseFour(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            guard let byte = UInt8(part) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func parseSixteen(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 45, text.contains(":") else { return nil }
        guard let gap = text.firstRange(of: "::") else {
            let bytes = groups(text)
            return bytes?.count == 16 ? bytes : nil
        }
        let rest = text[gap.upperBound...]
        guard !rest.contains("::"), let head = groups(text[..<gap.lowerBound]), let tail = groups(rest) else { return nil }
        guard head.count + tail.count <= 14 else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Groups of hexadecimal digits between colons; the last may be an IPv4 address.
    private static func groups(_ text: some StringProtocol) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let four = parseFour(part) { return bytes + four }
            guard (1...4).contains(part.utf8.count), !part.hasPrefix("+"), !part.hasPrefix("-") else { return nil }
            guard let group = UInt16(part, radix: 16) else { return nil }
            bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
        }
        return bytes
    }
}

/// A network such as `10.0.0.0/8`, or one address.
package struct NetworkRange: Sendable {
    private let address: NetworkAddress
    private let length: Int

    /// Nil where the text is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let whole = address.bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : whole, (0...whole).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    /// Whether an address is in it.
    package func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return (0..<length).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return (other.bytes[bit / 8] ^ address.bytes[bit / 8]) & mask == 0
        }
    }
}
