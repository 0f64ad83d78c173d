/// So many requests a minute for paths that begin with a text, by one client: an IPv4 address or an IPv6 /64.
package struct PathLimit: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of a path at most.
    package static let maximumPathBytes = 128
    /// Bits of an IPv6 address that one client has in common.
    private static let customerLength = 64

    /// Whose requests.
    package let client: NetworkRange
    /// What paths begin with: `/customer/account/loginPost`; with a slash at its end, all below.
    package let path: String
    /// Requests that are let through.
    package let requestsPerMinute: Int

    /// Nil where the client is no single one, or the path has bytes that a load balancer's map could misread.
    package init?(_ client: NetworkRange, path: String, requestsPerMinute: Int) {
        guard client.isSingle && client.address.bytes.count == 4 || client.length == PathLimit.customerLength,
            path.hasPrefix("/"), path.utf8.count <= PathLimit.maximumPathBytes, (1...100_000).contains(requestsPerMinute),
            path.utf8.allSatisfy(PathLimit.isPlain)
        else { return nil }
        self.client = client
        self.path = path
        self.requestsPerMinute = requestsPerMinute
    }

    /// Reads ``description``.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "limit", let rate = Int(parts[1]), let address = NetworkAddress(String(parts[2]))
        else {
            return nil
        }
        let client = NetworkRange(address, length: address.bytes.count == 4 ? 32 : PathLimit.customerLength)
        self.init(client, path: "/" + parts[3], requestsPerMinute: rate)
    }

    /// `limit/10/203.0.113.7/customer/account/loginPost`.
    package var description: String { "limit/\(requestsPerMinute)/\(key)" }

    /// Address and path in one text, as a load balancer composes it of a request: `203.0.113.7/customer/account/loginPost`.
    package var key: String { "\(client.address)\(path)" }

    /// Neither blank nor quote, nor what separates commands.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && ![0x22, 0x23, 0x27, 0x3b, 0x5c, 0x60].contains(byte)
    }
}
