package import Topology

/// Addresses as offenders are counted by: IPv4 as it is, IPv6 by its /64, IPv4 mapped into IPv6 as IPv4.
package enum ClientAddress {
    /// Bits of an IPv6 address that one customer has in common: whoever has one address of a /64 has all of them.
    static let customerLength = 64

    /// The network of an address in text, or nil where it is none (a host name, `unix:`).
    package static func network(of text: ArraySlice<UInt8>) -> NetworkRange? {
        NetworkAddress(text: text).map(network(of:))
    }

    /// The network that an address is counted in.
    package static func network(of address: NetworkAddress) -> NetworkRange {
        NetworkRange(address, length: address.bytes.count == 4 ? 32 : customerLength)
    }
}
