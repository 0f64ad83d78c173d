import AgentContract
import Execution
import Foundation
import MonitorAPI
import Planning
import StateStore
package import Telemetry
package import Topology

extension Scaler {
    private static let addedSetting = "scaler.schedules"
    private static let begunSetting = "scaler.schedules.begun"
    /// Most schedules, those of the configuration included.
    package static let maximumSchedules = 200

    /// Those of the configuration, then those that were added.
    package func schedules() throws -> [ScalingSchedule] { configuredSchedules + (try addedSchedules()) }

    private func addedSchedules() throws -> [ScalingSchedule] {
        try kept([ScalingSchedule].self, Scaler.addedSetting) ?? []
    }

    /// Whether a schedule stands in the configuration, which is where it is removed then.
    func isConfigured(_ name: String) -> Bool { configuredSchedules.contains { $0.name == name } }

    /// Adds a schedule.
    package func add(_ schedule: ScalingSchedule, by actor: String, at now: Milliseconds) throws {
        let all = try schedules()
        guard all.count < Scaler.maximumSchedules else {
            throw APIError(.execution, "there are \(all.count) schedules already; remove some first")
        }
        guard !all.contains(where: { $0.name == schedule.name }) else {
            throw APIError(.badData, "there is a schedule \"\(schedule.name)\" already; give another name")
        }
        guard let role = policy.roles[schedule.role], !role.addresses.isEmpty else {
            throw APIError(.badData, "the configuration does not say how containers of \(schedule.role.rawValue) are made")
        }
        guard schedule.occurrence(endingAfter: now, offset: offset) != nil else {
            throw APIError(.badData, "\"\(schedule.text)\" is over already")
        }
        try keep(
            try addedSchedules() + [schedule], Scaler.addedSetting, at: now, by: actor, "schedule", schedule.name,
            "added: \(schedule.text)")
    }

    /// Removes a schedule that was added. What it has started holds until its time is over.
    package func removeSchedule(_ name: String, by actor: String, at now: Milliseconds) throws {
        guard !isConfigured(name) else {
            throw APIError(.execution, "\"\(name)\" stands in the configuration: remove it there, under scaler.schedules")
        }
        let added = try addedSchedules()
        guard added.contains(where: { $0.name == name }) else {
            throw APIError(.notFound, "there is no schedule \"\(name)\"; magewatch schedule list shows those there are")
        }
        try keep(
            added.filter { $0.name != name }, Scaler.addedSetting, at: now, by: actor, "schedule", name, "removed")
    }

    /// The next time of a schedule.
    func next(_ schedule: ScalingSchedule, at now: Milliseconds) -> ScalingSchedule.Occurrence? {
        schedule.occurrence(endingAfter: now, offset: offset)
    }

    /// Carries out what is due. A time that was ordered once is not ordered again, unless its plan came to nothing.
    func followSchedules(at now: Milliseconds) async throws {
        let schedules = try schedules()
        guard !schedules.isEmpty else { return }
        var begun = try kept([String: Milliseconds].self, Scaler.begunSetting) ?? [:]
        let due = Planner.orders(
            of: schedules, begun: begun, leadSeconds: scheduleLeadSeconds, at: now, offset: offset)
        for scheduled in due {
            let key = "schedule \(scheduled.schedule.name)"
            let input = try await input(at: now)
            let outcome = Planner.guarded(Planner.plan(for: scheduled.order, input), input)
            switch outcome {
            case .refusal(let refusal): refused(refusal, key, key, at: now)
            case .plan(let plan):
                if let pause = try pause(before: plan, at: now) {
                    say(key, "\(key): \(pause)")
                    continue
                }
                guard try await submit(plan, because: key, input, order: scheduled.order) else { continue }
                begun[scheduled.schedule.name] = scheduled.occurrence.start
                // Those that are no more need not be known.
                begun = begun.filter { name, _ in schedules.contains { $0.name == name } }
                try keep(
                    begun, Scaler.begunSetting, at: now, by: "scaler", "schedule", scheduled.schedule.name, "plan \(plan.id)")
                if let role = plan.role { lastScaled[role] = now }
            }
        }
    }

    /// The plan of a schedule's order came to nothing without anybody having stopped it: it is ordered again.
    func scheduleFailed(_ held: HeldOrder, at now: Milliseconds) throws {
        guard let schedule = try schedules().first(where: { ScheduledOrder.author($0) == held.order.orderedBy }) else { return }
        var begun = try kept([String: Milliseconds].self, Scaler.begunSetting) ?? [:]
        begun[schedule.name] = nil
        try keep(begun, Scaler.begunSetting, at: now, by: "scaler", "schedule", schedule.name, "its plan failed; tried again")
    }

    /// From the wish for a server until it serves, and the turn in which it is wished for.
    private var scheduleLeadSeconds: Double { scheduleAttachSeconds + policy.coolDownSeconds }
}
