package import AgentContract
package import Topology

/// What an operator may tell and ask the scaler: the monitor's side of the routes under `/api/magewatch/v1/scaler` and `/schedules`.
package protocol ScalerControl: Sendable {
    /// Modes, guard rails, freezes and stand-downs.
    func status() async throws -> ScalerStatus
    /// Leaves a role, or all, as they are for a time.
    func freeze(_ role: Role?, coversEverything: Bool, forSeconds: Double, why: String, by actor: String) async throws
    /// Ends freezes and stand-downs; returns how many freezes were ended.
    func thaw(_ role: Role?, by actor: String) async throws -> Int
    func schedules() async throws -> [ScheduleReport]
    func addSchedule(_ schedule: ScalingSchedule, by actor: String) async throws
    func removeSchedule(_ name: String, by actor: String) async throws
    /// What became of decisions.
    func report(sinceSeconds: Double, role: Role?) async throws -> ScalerReport
    func rejectPlan(_ id: String, by actor: String, because reason: String) async throws
    /// Who is not banned for a time, by operators' word.
    func allowances() async throws -> [BanAllowance]
    /// Has nobody of a network banned for a time; returns the bans that are lifted.
    func allow(_ network: NetworkRange, forSeconds: Double, why: String, by actor: String) async throws -> [String]
    /// Ends such a time.
    func disallow(_ network: NetworkRange, by actor: String) async throws
}

/// A monitor without a scaler.
struct NoScaler: ScalerControl {
    func status() async throws -> ScalerStatus { throw none }
    func freeze(_ role: Role?, coversEverything: Bool, forSeconds: Double, why: String, by actor: String) async throws {
        throw none
    }
    func thaw(_ role: Role?, by actor: String) async throws -> Int { throw none }
    func schedules() async throws -> [ScheduleReport] { [] }
    func addSchedule(_ schedule: ScalingSchedule, by actor: String) async throws { throw none }
    func removeSchedule(_ name: String, by actor: String) async throws { throw none }
    func report(sinceSeconds: Double, role: Role?) async throws -> ScalerReport { throw none }
    func rejectPlan(_ id: String, by actor: String, because reason: String) async throws { throw none }
    func allowances() async throws -> [BanAllowance] { [] }
    func allow(_ network: NetworkRange, forSeconds: Double, why: String, by actor: String) async throws -> [String] { throw none }
    func disallow(_ network: NetworkRange, by actor: String) async throws { throw none }

    private var none: APIError { APIError(.unavailable, "this monitor has no scaler") }
}
