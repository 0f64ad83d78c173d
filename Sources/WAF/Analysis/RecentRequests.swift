import Topology

/// The last requests that an access log called attacks, so that the audit record of the same request does not count again.
///
/// A ring of fixed size: what is older than ``capacity`` attacks is forgotten.
struct RecentRequests: Sendable {
    static let capacity = 4_096

    private var ring: [UInt64] = []
    private var next = 0
    private var known: [UInt64: Int] = [:]

    mutating func insert(_ client: NetworkRange, _ uri: ArraySlice<UInt8>) {
        let hash = RecentRequests.hash(client, uri)
        if ring.count < RecentRequests.capacity {
            ring.append(hash)
        } else {
            let old = ring[next]
            known[old] = known[old].flatMap { $0 > 1 ? $0 - 1 : nil }
            ring[next] = hash
            next = (next + 1) % RecentRequests.capacity
        }
        known[hash, default: 0] += 1
    }

    func contains(_ client: NetworkRange, _ uri: ArraySlice<UInt8>) -> Bool { known[RecentRequests.hash(client, uri)] != nil }

    private static func hash(_ client: NetworkRange, _ uri: ArraySlice<UInt8>) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(client)
        unsafe uri.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
