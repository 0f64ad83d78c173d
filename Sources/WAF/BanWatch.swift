import Telemetry
import Topology

/// Looks whether bans hold: requests of someone banned that were answered are counted.
struct BanWatch: Sendable {
    /// After this much of a ban, what is still on its way has arrived.
    static let grace: Nanoseconds = 5_000_000_000

    /// When each ban in force began.
    var bans: [NetworkRange: Nanoseconds] = [:]
    /// Requests that were answered in spite of a ban.
    private(set) var passed = 0

    /// Takes a request that was not refused at the load balancer.
    mutating func take(status: Int, by client: NetworkRange, at time: Nanoseconds) {
        guard status != 403, !bans.isEmpty, let began = began(client),
            time > began.addingReportingOverflow(BanWatch.grace).partialValue
        else { return }
        passed += 1
    }

    /// Bans are of clients as offenders are counted, seldom of wider networks.
    private func began(_ client: NetworkRange) -> Nanoseconds? {
        if let began = bans[client] { return began }
        let lengths = client.address.bytes.count == 4 ? [24] : [56, 48]
        for length in lengths { if let began = bans[NetworkRange(client.address, length: length)] { return began } }
        return nil
    }
}
