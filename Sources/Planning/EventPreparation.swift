package import Telemetry

/// Has a role ready when a known event begins: its demand before the event, times what the event is known to bring.
///
/// Shadow fleets size by what they see, and see an event only when it is there. From the attach time before its start until some minutes after
/// it a role is to have what the demand before it, lifted, needs, and nothing of that is given back; then the real demand speaks.
package struct EventPreparation: Sendable {
    /// How long an event may take to show.
    package static let settlingSeconds = 600.0
    /// On top of the lifted demand.
    package static let headroom = 1.25

    /// An event ahead: when it begins and what it brings.
    package struct Ahead: Sendable, Equatable {
        package var name: String
        package var start: Milliseconds
        package var lift: Double

        package init(name: String, start: Milliseconds, lift: Double) {
            self.name = name
            self.start = start
            self.lift = lift
        }
    }

    private let leadSeconds: Double
    /// Demand before each event that is being prepared for, by its start.
    private var before: [Milliseconds: Double] = [:]

    /// - Parameter leadSeconds: from the wish for a server until it serves.
    package init(leadSeconds: Double) { self.leadSeconds = max(0, leadSeconds.isFinite ? leadSeconds : 0) }

    /// The sizing, raised where an event is about to begin or has just begun.
    /// - Parameter ahead: events of the role whose start is near; others do no harm.
    package mutating func prepared(_ sizing: RoleSizing, for ahead: [Ahead], at now: Milliseconds) -> RoleSizing {
        let near = ahead.filter { event in
            Double(event.start - now) / 1000 <= leadSeconds && Double(now - event.start) / 1000 < EventPreparation.settlingSeconds
                && event.lift > 1 && event.lift.isFinite
        }
        before = before.filter { start, _ in near.contains { $0.start == start } }
        var result = sizing
        for event in near {
            // What is asked for once it has begun is its own doing.
            if before[event.start] == nil, now <= event.start { before[event.start] = sizing.demandContainers }
            guard let demand = before[event.start], demand.isFinite else { continue }
            let wanted = Int(
                min(Double(FleetRules.maximumServers), (demand * event.lift * EventPreparation.headroom - 1e-9).rounded(.up)))
            guard wanted > result.launchContainers else { continue }
            result.launchContainers = wanted
            result.keepContainers = max(result.keepContainers, wanted)
            result.sizing =
                "\(event.name) brings \(Planner.decimal(event.lift)) times \(Planner.decimal(demand)); " + sizing.sizing
        }
        return result
    }
}
