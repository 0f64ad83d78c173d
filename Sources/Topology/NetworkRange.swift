/// A network such as `10.0.0.0/8`, or one address.
package struct NetworkRange: Hashable, Sendable, CustomStringConvertible {
    /// The first address of it.
    package let address: NetworkAddress
    /// How many of the leading bits all its addresses share.
    package let length: Int

    /// Reads `ADDRESS` or `ADDRESS/LENGTH`; nil where the text is neither.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let whole = address.bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : whole, (0...whole).contains(length) else { return nil }
        self.init(address, length: length)
    }

    /// The network of an address; a length beyond the address's own is the address alone.
    package init(_ address: NetworkAddress, length: Int) {
        self.length = min(max(0, length), address.bytes.count * 8)
        let length = self.length
        guard length < address.bytes.count * 8 else {
            self.address = address
            return
        }
        let masked = address.bytes.enumerated().map { index, byte in
            byte & UInt8(truncatingIfNeeded: 0xff00 >> min(8, max(0, length - index * 8)))
        }
        self.address = NetworkAddress(bytes: masked)
    }

    /// Whether it is one address only.
    package var isSingle: Bool { length == address.bytes.count * 8 }

    /// Whether an address is in it.
    package func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        // Asked of every request for every network that is never banned: nothing is allocated here.
        for index in 0..<address.bytes.count {
            let bits = length - index * 8
            guard bits > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xff00 >> min(8, bits))
            guard other.bytes[index] & mask == address.bytes[index] else { return false }
        }
        return true
    }

    /// Whether any address is in both.
    package func overlaps(_ other: NetworkRange) -> Bool {
        length <= other.length ? contains(other.address) : other.contains(address)
    }

    /// `10.0.0.0/8`; one address without a length.
    package var description: String { isSingle ? "\(address)" : "\(address)/\(length)" }
}
