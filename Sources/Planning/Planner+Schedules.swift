package import AgentContract
package import Telemetry
package import Topology

/// An order that a schedule gives for one of its times.
package struct ScheduledOrder: Sendable, Equatable {
    package var schedule: ScalingSchedule
    package var occurrence: ScalingSchedule.Occurrence
    /// Holds until the occurrence ends.
    package var order: OperatorOrder

    /// Who gives the orders of a schedule, for the audit log.
    package static func author(_ schedule: ScalingSchedule) -> String { "schedule \(schedule.name)" }
}

extension Planner {
    /// What schedules order at a moment: an occurrence is due ahead of its start by what it takes to have a server.
    /// - Parameters:
    ///   - begun: start of the latest occurrence of each schedule, by its name, that has been ordered.
    ///   - leadSeconds: how long before its start an occurrence is due.
    ///   - offset: milliseconds that local time is ahead of UTC at a moment.
    package static func orders(
        of schedules: [ScalingSchedule], begun: [String: Milliseconds], leadSeconds: Double, at now: Milliseconds,
        offset: (Milliseconds) -> Milliseconds
    ) -> [ScheduledOrder] {
        let lead = Milliseconds(max(0, leadSeconds.isFinite ? leadSeconds : 0) * 1000)
        return schedules.compactMap { schedule in
            guard var next = schedule.occurrence(endingAfter: now, offset: offset) else { return nil }
            let last = begun[schedule.name] ?? .min
            // The one after it may be due before this one ends.
            while next.start <= last {
                guard let following = schedule.occurrence(endingAfter: next.end, offset: offset), following.start > next.start
                else { return nil }
                next = following
            }
            guard next.start - lead <= now, next.end > now else { return nil }
            let seconds = Double(next.end - now) / 1000
            return ScheduledOrder(
                schedule: schedule, occurrence: next,
                order: OperatorOrder(
                    .scale(role: schedule.role, by: schedule.count, forSeconds: max(1, seconds)),
                    by: ScheduledOrder.author(schedule)))
        }
    }
}
