import AgentContract
import Execution
import Planning
import StateStore
import Telemetry
import Topology

extension Scaler {
    /// All that decisions rest on at a moment.
    func input(at now: Milliseconds) async throws -> PlanningInput {
        let bans = try state.bans().map { ($0.address, PlanningInput.PastBan(until: $0.until, repetition: $0.repetition)) }
        var utilisation: [Role: Double] = [:]
        for (labels, value) in try latest(ForecastService.signalMetric, at: now) {
            if let role = labels["role"].flatMap(Role.init(rawValue:)) { utilisation[role] = value }
        }
        var servers: [String: Double] = [:]
        for (labels, value) in try latest("magewatch:server_utilisation:ratio", at: now) {
            if let server = labels["server"] { servers[server] = value }
        }
        var held: [String: Milliseconds] = [:]
        for order in try heldOrders() where order.until > now {
            for name in order.containers { held[name] = max(held[name] ?? 0, order.until) }
        }
        var input = PlanningInput(
            now: now, stack: try state.stack(named: stackName), policy: policy, forecasts: forecasts(), utilisation: utilisation,
            sizing: sizing(), serverUtilisation: servers, underWay: try await executor.underWay(), lastScaled: lastScaled,
            bans: Dictionary(bans, uniquingKeysWith: { $1 }), running: try runningContainers(at: now), held: held,
            ledger: try ledger(since: SpendingWindow.month.start(at: now) - Scaler.ledgerMargin), freezes: try freezes(),
            stoodDown: stoodDown, databases: try seenDatabases(at: now))
        input.crawlers = crawlers()
        input.policy.allow += try allowances(at: now).map(\.network)
        return input
    }

    /// A lease that began before a window may have periods in it.
    private static let ledgerMargin: Milliseconds = 86_400_000

    /// The ledger's lines that end after a time, or run on.
    func ledger(since start: Milliseconds) throws -> [LeaseSpan] {
        try state.ledger(since: start).map {
            LeaseSpan(server: $0.server, from: $0.startedAt, until: $0.endedAt, periodSeconds: $0.periodSeconds)
        }
    }

    /// Where each container was seen to run at the last scrapes.
    private func runningContainers(at now: Milliseconds) throws -> [String: Set<String>] {
        var running: [String: Set<String>] = [:]
        for (labels, value) in try latest("magewatch_container_up", at: now) where value > 0 {
            if let name = labels["container"], let server = labels["server"] { running[name, default: []].insert(server) }
        }
        return running
    }

    func latest(_ metric: String, at now: Milliseconds) throws -> [(Labels, Double)] {
        let range = now - Scaler.maximumAge...now
        return try series.select([.equal(Labels.metricNameLabel, metric)], in: range).compactMap { reader in
            var columns = SampleColumns()
            try reader.read(range, into: &columns)
            guard let value = columns.values.last, value.isFinite else { return nil }
            return (reader.labels, value)
        }
    }
}
