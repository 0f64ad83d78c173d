import Parsing
import Telemetry
import Topology

/// Looks whether bans hold: requests of someone banned that were answered are counted, and those of a limited path beyond the limit.
struct BanWatch: Sendable {
    /// After this much of a ban, what is still on its way has arrived.
    static let grace: Nanoseconds = 5_000_000_000
    /// A minute as the load balancer counts it is ours to within so many of the requests it lets through.
    static let limitTolerance = 2
    private static let minute: Nanoseconds = 60_000_000_000

    private struct Watched: Sendable {
        let limit: PathLimit
        let path: [UInt8]
        let began: Nanoseconds
        var minute: Nanoseconds = 0
        var answered = 0
    }

    private var networks: [NetworkRange: Nanoseconds] = [:]
    private var sessions: [SessionDigest: Nanoseconds] = [:]
    private var limits: [NetworkRange: [Watched]] = [:]
    /// Requests that were answered in spite of a ban.
    private(set) var passed = 0

    /// Takes what is in force, and since when; counts of limits that stay go on.
    mutating func watch(_ bans: [BanSubject: Nanoseconds]) {
        let before = limits.values.joined()
        networks = [:]
        sessions = [:]
        limits = [:]
        for (subject, began) in bans {
            switch subject {
            case .network(let network): networks[network] = began
            case .session(let digest): sessions[digest] = began
            case .limit(let limit):
                let known = before.first { $0.limit == limit && $0.began == began }
                limits[limit.client, default: []].append(
                    known ?? Watched(limit: limit, path: Array(limit.path.utf8), began: began))
            }
        }
    }

    /// Takes a request that was not refused at the load balancer.
    mutating func take(_ record: AccessRecord, by client: NetworkRange, at time: Nanoseconds) {
        guard record.status != 403 else { return }
        if !networks.isEmpty, let began = began(client), isSettled(began, time) {
            passed += 1
        } else if !sessions.isEmpty, let session = SessionDigest(of: record), let began = sessions[session],
            isSettled(began, time)
        {
            passed += 1
        } else if !limits.isEmpty, record.status != 429, limits[client] != nil {
            count(record, by: client, at: time)
        }
    }

    private mutating func count(_ record: AccessRecord, by client: NetworkRange, at time: Nanoseconds) {
        guard var watched = limits[client] else { return }
        for index in watched.indices where record.uri.starts(with: watched[index].path) && isSettled(watched[index].began, time) {
            let minute = time - time % BanWatch.minute
            if watched[index].minute != minute { (watched[index].minute, watched[index].answered) = (minute, 0) }
            watched[index].answered += 1
            // Two of the balancer's minutes may meet in one of ours.
            if watched[index].answered > watched[index].limit.requestsPerMinute * BanWatch.limitTolerance { passed += 1 }
        }
        limits[client] = watched
    }

    private func isSettled(_ began: Nanoseconds, _ time: Nanoseconds) -> Bool {
        time > began.addingReportingOverflow(BanWatch.grace).partialValue
    }

    /// Bans are of clients as offenders are counted, seldom of wider networks.
    private func began(_ client: NetworkRange) -> Nanoseconds? {
        if let began = networks[client] { return began }
        let lengths = client.address.bytes.count == 4 ? [24] : [56, 48]
        for length in lengths { if let began = networks[NetworkRange(client.address, length: length)] { return began } }
        return nil
    }
}
