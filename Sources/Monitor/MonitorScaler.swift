import AgentContract
import Execution
import MonitorAPI
import Planning
import StateStore
import Synchronization
import Telemetry
import Topology

/// The scaler's side of the API: its bounds, its schedules, and what became of its decisions.
struct MonitorScaler: ScalerControl {
    let scaler: Scaler
    let executor: Executor
    let reporter: ScalerReporter
    private let gate = Gate()

    init(scaler: Scaler, executor: Executor, reporter: ScalerReporter) {
        self.scaler = scaler
        self.executor = executor
        self.reporter = reporter
    }

    /// One report at a time: each keeps a thread busy for seconds.
    private final class Gate: Sendable {
        private let isBusy = Mutex(false)

        /// Whether nobody was inside.
        func enter() -> Bool {
            isBusy.withLock { busy in
                defer { busy = true }
                return !busy
            }
        }

        func leave() { isBusy.withLock { $0 = false } }
    }

    func status() async throws -> ScalerStatus { try await scaler.status(at: SystemClock.milliseconds()) }

    func freeze(_ role: Role?, coversEverything: Bool, forSeconds: Double, why: String, by actor: String) async throws {
        let now = SystemClock.milliseconds()
        let until = now + Milliseconds(min(forSeconds, 2 * ScalerFreeze.maximumSeconds) * 1000)
        try await scaler.freeze(
            ScalerFreeze(role: role, coversEverything: coversEverything, from: now, until: until, why: why, by: actor))
    }

    func thaw(_ role: Role?, by actor: String) async throws -> Int {
        try await scaler.thaw(role, by: actor, at: SystemClock.milliseconds())
    }

    func schedules() async throws -> [ScheduleReport] {
        try await scaler.scheduleReports(at: SystemClock.milliseconds())
    }

    func addSchedule(_ schedule: ScalingSchedule, by actor: String) async throws {
        try await scaler.add(schedule, by: actor, at: SystemClock.milliseconds())
    }

    func removeSchedule(_ name: String, by actor: String) async throws {
        try await scaler.removeSchedule(name, by: actor, at: SystemClock.milliseconds())
    }

    func allowances() async throws -> [BanAllowance] { try await scaler.allowances(at: SystemClock.milliseconds()) }

    func allow(_ network: NetworkRange, forSeconds: Double, why: String, by actor: String) async throws -> [String] {
        let now = SystemClock.milliseconds()
        let until = now + Milliseconds(min(forSeconds, 2 * BanAllowance.maximumSeconds) * 1000)
        return try await scaler.allow(BanAllowance(network, from: now, until: until, why: why, by: actor))
    }

    func disallow(_ network: NetworkRange, by actor: String) async throws {
        try await scaler.disallow(network, by: actor, at: SystemClock.milliseconds())
    }

    func report(sinceSeconds: Double, role: Role?) async throws -> ScalerReport {
        guard gate.enter() else { throw APIError(.unavailable, "another report is being made; ask again in a moment") }
        defer { gate.leave() }
        return try await reporter.report(sinceSeconds: sinceSeconds, role: role, at: SystemClock.milliseconds())
    }

    func rejectPlan(_ id: String, by actor: String, because reason: String) async throws {
        do {
            try await executor.reject(id, by: actor, because: reason)
        } catch let error as ExecutionError {
            throw APIError(.execution, error.message)
        }
    }
}

extension Scaler {
    /// Modes, guard rails with their figures, freezes and stand-downs.
    func status(at now: Milliseconds) async throws -> ScalerStatus {
        let rails = policy.guardRails
        let stack = try state.stack(named: stackName)
        let roles = policy.roles.filter { !$0.value.addresses.isEmpty }.sorted { $0.key.rawValue < $1.key.rawValue }
        return ScalerStatus(
            mode: rails.mode.rawValue, currency: rails.currency,
            roles: roles.map { role, settings in
                ScalerStatus.RoleStatus(
                    role: role, mode: rails.mode(of: [role]).rawValue,
                    containers: stack.containers(of: role).count { $0.kind == .active && $0.state == .running },
                    minimum: settings.minimum, maximum: settings.maximum,
                    stoodDown: (stoodDown[role] ?? []).map(\.reason))
            },
            rails: try railFigures(stack, at: now), freezes: try freezes().filter { $0.isInForce(at: now) },
            proposed: try state.openPlans().filter { $0.state == .proposed }.map(\.id))
    }

    private func railFigures(_ stack: Stack, at now: Milliseconds) throws -> [ScalerStatus.Rail] {
        let rails = policy.guardRails
        let spending = Spending(try ledger(since: SpendingWindow.month.start(at: now) - CivilTime.day), rails, at: now)
        var figures = [
            ScalerStatus.Rail(
                key: "scaler.maximum-overflow-servers", used: Double(stack.leases.count),
                limit: Double(policy.maximumOverflowServers), unit: "servers")
        ]
        for window in SpendingWindow.allCases {
            if let limit = rails.maximumLeases[window] {
                figures.append(
                    .init(
                        key: "scaler.maximum-leases.\(window.rawValue)", used: Double(spending.leases(in: window)), limit: limit,
                        unit: "leases"))
            }
            if let limit = rails.maximumCost[window] {
                figures.append(
                    .init(
                        key: "scaler.maximum-cost.\(window.rawValue)", used: spending.money(in: window), limit: limit,
                        unit: rails.currency))
            }
        }
        let radius = rails.blastRadius
        figures += [
            .init(key: "scaler.blast-radius.containers", used: nil, limit: Double(radius.containers), unit: "containers a plan"),
            .init(key: "scaler.blast-radius.servers", used: nil, limit: Double(radius.servers), unit: "servers a plan"),
            .init(key: "scaler.blast-radius.share", used: nil, limit: radius.share, unit: "of a role a plan"),
            .init(key: "scaler.blast-radius.down", used: nil, limit: radius.down, unit: "of the servers down"),
        ]
        return figures
    }

    /// Every schedule and its next time.
    func scheduleReports(at now: Milliseconds) throws -> [ScheduleReport] {
        try schedules().map { schedule in
            let next = next(schedule, at: now)
            return ScheduleReport(
                name: schedule.name, schedule: schedule.text, isConfigured: isConfigured(schedule.name), start: next?.start,
                end: next?.end)
        }
    }
}
