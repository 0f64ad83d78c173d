import Telemetry

/// What attacks cost, by role: requests and the time that they kept servers busy.
///
/// A request counts as an attack's where it is one, or comes from one who is an offender at that time. Demand is what is left: a flood
/// is banned, not scaled out for.
struct AttackCost: Sendable {
    /// Roles told apart; those beyond are `other`.
    static let maximumRoles = 32

    private struct Sums: Sendable {
        var requests = 0
        var seconds = 0.0
    }

    private var roles: [String: Sums] = [:]

    mutating func add(role: String, seconds: Double) {
        let key = roles[role] != nil || roles.count < AttackCost.maximumRoles ? role : "other"
        roles[key, default: Sums()].requests += 1
        if seconds.isFinite, seconds > 0 { roles[key, default: Sums()].seconds += seconds }
    }

    /// Counters, in the form of those of all requests, so that shares can be taken of them.
    func append(to batch: inout SampleBatch, at time: Milliseconds) {
        for (role, sums) in roles {
            batch.append(["__name__": "magewatch_waf_attack_requests_total", "role": role], Double(sums.requests), at: time)
            batch.append(["__name__": "magewatch_waf_attack_seconds_total", "role": role], sums.seconds, at: time)
        }
    }
}
