import Telemetry
import Topology

/// What nft is told, and what it tells.
extension NftablesBans {
    /// Longest that the kernel is told to hold a ban: ten years, so that its counter does not overflow.
    private static let maximumSeconds: Int64 = 315_360_000

    /// Bans in force that no wider one covers, as the kernel refuses elements that overlap. Where the wider one ends first, the narrower takes
    /// its place at the next reconciliation.
    static func widest(of bans: [NetworkRange: Milliseconds], at now: Milliseconds) -> [NetworkRange: Milliseconds] {
        let inForce = bans.filter { $0.value > now }
        var lengths: [Int: Set<Int>] = [:]
        for network in inForce.keys { lengths[network.address.bytes.count, default: []].insert(network.length) }
        return inForce.filter { network, _ in
            !(lengths[network.address.bytes.count] ?? []).contains { length in
                length < network.length && inForce[NetworkRange(network.address, length: length)] != nil
            }
        }
    }

    /// The table with exactly these bans, in one transaction; without any, no table is left behind.
    static func whole(_ bans: [NetworkRange: Milliseconds], at now: Milliseconds) -> String {
        // Added first, so that it can be deleted whether it was there or not.
        var text = "add table inet \(table)\n"
        guard !bans.isEmpty else { return text + "delete table inet \(table)\n" }
        text += """
            add set inet \(table) v4 { type ipv4_addr ; flags interval, timeout ; }
            add set inet \(table) v6 { type ipv6_addr ; flags interval, timeout ; }
            add chain inet \(table) refuse { type filter hook prerouting priority -300 ; }
            flush chain inet \(table) refuse
            flush set inet \(table) v4
            flush set inet \(table) v6
            add rule inet \(table) refuse ip saddr @v4 counter drop
            add rule inet \(table) refuse ip6 saddr @v6 counter drop

            """
        return text + added(bans, at: now)
    }

    /// What turns one set of bans into another; empty where they are the same.
    static func changes(
        from old: [NetworkRange: Milliseconds], to new: [NetworkRange: Milliseconds], at now: Milliseconds
    ) -> String {
        // What has ended by itself is gone in the kernel, and deleting it would fail.
        let gone = old.filter { new[$0.key] != $0.value && $0.value > now }
        let fresh = new.filter { old[$0.key] != $0.value }
        return statement("delete", gone.map { ($0.key, "") }) + added(fresh, at: now)
    }

    private static func added(_ bans: [NetworkRange: Milliseconds], at now: Milliseconds) -> String {
        statement(
            "add",
            bans.map { network, until in
                (network, " timeout \(min(maximumSeconds, max(1, (until - now + 999) / 1000)))s")
            })
    }

    private static func statement(_ verb: String, _ elements: [(network: NetworkRange, suffix: String)]) -> String {
        var text = ""
        for (set, count) in [("v4", 4), ("v6", 16)] {
            let members = elements.filter { $0.network.address.bytes.count == count }.map { "\($0.network)\($0.suffix)" }.sorted()
            if !members.isEmpty {
                text += "\(verb) element inet \(table) \(set) { \(members.joined(separator: ", ")) }\n"
            }
        }
        return text
    }

    /// The networks of a set as nft lists it.
    static func elements(in listing: String) -> [NetworkRange] {
        // The table's and the set's own braces stand before.
        let parts = listing.split(separator: "{", maxSplits: 3)
        guard parts.count == 4, let end = parts[3].firstIndex(of: "}") else { return [] }
        return parts[3][..<end].split(separator: ",").compactMap { element in
            element.split { $0 == " " || $0 == "\n" || $0 == "\t" }.first.flatMap { NetworkRange(String($0)) }
        }
    }
}
