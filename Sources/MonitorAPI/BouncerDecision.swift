package import AgentContract
package import Telemetry
import Topology

/// A ban as bouncers of CrowdSec know it, with what they tell two apart by.
///
/// Number and UUID are made of the address and the time at which the ban began, so that they are the same after a restart, and others once
/// an address is banned anew.
package struct BouncerDecision: Sendable, Equatable {
    /// As bouncers expect it of bans that the engine itself decided upon; some take no other.
    package static let origin = "crowdsec"

    /// The ban.
    package let ban: BanReport

    /// The decision of a ban.
    package init(_ ban: BanReport) { self.ban = ban }

    /// Whether bouncers are told of a ban: those of addresses and networks. A session or a path means nothing to a firewall, which would
    /// take it for an address that it can't read.
    package static func isTold(_ ban: BanReport) -> Bool { NetworkRange(ban.address) != nil }

    /// Fits into the numbers of JSON.
    package var id: UInt64 { max(1, hash(seed: 0xcbf2_9ce4_8422_2325) >> 11) }

    /// `Ip`, or `Range` of a network.
    package var scope: String { ban.address.contains("/") ? "Range" : "Ip" }

    /// A UUID of the form that names make (version 8).
    package var uuid: String {
        let (high, low) = (hash(seed: 0x9ae1_6a3b_2f90_404f), hash(seed: 0xc2b2_ae3d_27d4_eb4f))
        let digits = Array((BouncerDecision.hexadecimal(high) + BouncerDecision.hexadecimal(low)).utf8)
        var text: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(index == 12 ? UInt8(ascii: "8") : index == 16 ? UInt8(ascii: "a") : digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What is left of the ban, as Go writes durations: `3h59m57.5s`; less than nothing once it is over.
    package func duration(at now: Milliseconds) -> String { BouncerDecision.duration(milliseconds: ban.until - now) }

    static func duration(milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "0s" }
        let rest = milliseconds.magnitude
        let (hours, minutes, inMinute) = (rest / 3_600_000, rest / 60_000 % 60, rest % 60_000)
        var seconds = "\(inMinute / 1_000)"
        if inMinute % 1_000 > 0 {
            var fraction = String(String(1_000 + inMinute % 1_000).dropFirst())
            while fraction.hasSuffix("0") { fraction.removeLast() }
            seconds += "." + fraction
        }
        let hour = hours > 0 ? "\(hours)h" : ""
        let minute = hours > 0 || minutes > 0 ? "\(minutes)m" : ""
        return (milliseconds < 0 ? "-" : "") + hour + minute + seconds + "s"
    }

    private func hash(seed: UInt64) -> UInt64 {
        var hash = seed
        for byte in "\(ban.address) \(ban.from)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        // FNV leaves the high bits of short texts alike; this spreads them.
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension JSONWriter {
    /// A decision, its members in the order of their names, as CrowdSec writes them.
    mutating func decision(_ decision: BouncerDecision, at now: Milliseconds) {
        object { writer in
            writer.key("duration")
            writer.string(decision.duration(at: now))
            writer.key("id")
            writer.integer(decision.id)
            writer.key("origin")
            writer.string(BouncerDecision.origin)
            writer.key("scenario")
            writer.string(decision.ban.reason)
            writer.key("scope")
            writer.string(decision.scope)
            writer.key("type")
            writer.string("ban")
            writer.key("uuid")
            writer.string(decision.uuid)
            writer.key("value")
            writer.string(decision.ban.address)
        }
    }
}
