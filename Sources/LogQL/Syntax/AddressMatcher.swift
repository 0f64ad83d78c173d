/// An address, a range of them or a network, and whether a text holds an address that is in it.
struct AddressMatcher: Sendable {
    private let bounds: ClosedRange<UInt128>
    private let isIPv6: Bool

    /// Reads `192.168.0.1`, `192.168.0.1-192.168.0.9`, `10.0.0.0/8` or the like of IPv6; nil for anything else.
    init?(_ pattern: String) {
        let text = Array(pattern.utf8)
        if let slash = text.firstIndex(of: UInt8(ascii: "/")) {
            guard let address = AddressMatcher.parse(text[..<slash]),
                let length = Int(String(decoding: text[(slash + 1)...], as: UTF8.self)),
                (0...(address.isIPv6 ? 128 : 32)).contains(length)
            else { return nil }
            let hostBits = (address.isIPv6 ? 128 : 32) - length
            let mask: UInt128 = hostBits == 128 ? .max : (1 << UInt128(hostBits)) - 1
            bounds = (address.value & ~mask)...(address.value | mask)
            isIPv6 = address.isIPv6
        } else if let dash = text.firstIndex(of: UInt8(ascii: "-")) {
            guard let low = AddressMatcher.parse(text[..<dash]), let high = AddressMatcher.parse(text[(dash + 1)...]),
                low.isIPv6 == high.isIPv6, low.value <= high.value
            else { return nil }
            bounds = low.value...high.value
            isIPv6 = low.isIPv6
        } else {
            guard let address = AddressMatcher.parse(text[...]) else { return nil }
            bounds = address.value...address.value
            isIPv6 = address.isIPv6
        }
    }

    /// Whether any address in the text is one of those.
    func isFound(in text: ArraySlice<UInt8>) -> Bool {
        var index = text.startIndex
        while index < text.endIndex {
            guard AddressMatcher.isPart(text[index]) else {
                index += 1
                continue
            }
            var end = index
            while end < text.endIndex, AddressMatcher.isPart(text[end]) { end += 1 }
            if holds(text[index..<end]) { return true }
            index = end
        }
        return false
    }

    /// A run of address characters is an address, or one with a port behind it.
    private func holds(_ run: ArraySlice<UInt8>) -> Bool {
        if let address = AddressMatcher.parse(run) { return contains(address) }
        guard let colon = run.lastIndex(of: UInt8(ascii: ":")) else {
            // A sentence may end behind an address.
            guard run.last == UInt8(ascii: "."), let address = AddressMatcher.parse(run.dropLast()) else { return false }
            return contains(address)
        }
        guard let address = AddressMatcher.parse(run[..<colon]) else { return false }
        return contains(address)
    }

    private func contains(_ address: (value: UInt128, isIPv6: Bool)) -> Bool {
        address.isIPv6 == isIPv6 && bounds.contains(address.value)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
    }

    private static func parse(_ text: ArraySlice<UInt8>) -> (value: UInt128, isIPv6: Bool)? {
        if text.contains(UInt8(ascii: ":")) { return parseIPv6(text).map { ($0, true) } }
        return parseIPv4(text).map { (UInt128($0), false) }
    }

    private static func parseIPv4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ $0 &- 0x30 < 10 }),
                let byte = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    private static func parseIPv6(_ text: ArraySlice<UInt8>) -> UInt128? {
        var groups: [UInt16] = []
        var gap: Int?
        var parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 9, omittingEmptySubsequences: false)
        if parts.first?.isEmpty == true, parts.count > 2, parts[1].isEmpty { parts.removeFirst() }
        if parts.last?.isEmpty == true, parts.count > 2, parts[parts.count - 2].isEmpty { parts.removeLast() }
        for (position, part) in parts.enumerated() {
            if part.isEmpty {
                guard gap == nil else { return nil }
                gap = groups.count
            } else if position == parts.count - 1, let tail = parseIPv4(part) {
                groups += [UInt16(tail >> 16), UInt16(truncatingIfNeeded: tail)]
            } else {
                guard part.count <= 4, let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16) else { return nil }
                groups.append(group)
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        if let gap { groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap) }
        return groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
    }
}
