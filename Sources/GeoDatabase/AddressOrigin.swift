/// A country by its two letters (ISO 3166-1), packed so that counts and groups by it cost nothing.
package struct CountryCode: Hashable, Sendable, CustomStringConvertible {
    /// The letters, the first in the high byte.
    package let rawValue: UInt16

    /// A code that was packed before.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Nil where the text is not two letters.
    package init?(_ text: some StringProtocol) {
        let letters = text.utf8.map { $0 & ~0x20 }
        guard letters.count == 2, letters.allSatisfy({ (0x41...0x5a).contains($0) }) else { return nil }
        rawValue = UInt16(letters[0]) << 8 | UInt16(letters[1])
    }

    package var description: String {
        String(decoding: [UInt8(truncatingIfNeeded: rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)], as: UTF8.self)
    }
}

/// Where an address is at home, as far as it is known.
package struct AddressOrigin: Hashable, Sendable {
    /// The country.
    package var country: CountryCode?
    /// The number of the autonomous system that announces it.
    package var system: UInt32?

    /// An origin; nothing is known where nothing is given.
    package init(country: CountryCode? = nil, system: UInt32? = nil) {
        self.country = country
        self.system = system
    }
}
