import Foundation

/// A role's recorded demand, asked from the monitor.
struct SimulationHistory {
    let role: String
    let query: String?
    let client: MonitorClient

    /// Distance of the samples asked for, and the longest span of one request, in seconds.
    private static let stepSeconds = 60.0
    private static let spanSeconds = 86_400.0

    /// Utilisation times the containers that gave it: what was asked for, in containers' worth.
    private var expression: String {
        query
            ?? "magewatch:role_utilisation:ratio{role=\"\(role)\"} * on(role) count by (role) (magewatch_container_up{role=\"\(role)\"} > 0)"
    }

    func samples(seconds: Double) async throws -> (seconds: [Double], values: [Double]) {
        let end = Date().timeIntervalSince1970
        var start = end - seconds
        var points: [(Double, Double)] = []
        while start < end {
            let stop = min(end, start + SimulationHistory.spanSeconds)
            let data = try await client.get(
                "/api/v1/query_range",
                [("query", expression), ("start", "\(start)"), ("end", "\(stop)"), ("step", "\(SimulationHistory.stepSeconds)")])
            let answer = try JSONDecoder().decode(QueryAnswer.self, from: data)
            points += (answer.series.first?.values ?? []).map { ($0.time, $0.value) }
            start = stop + SimulationHistory.stepSeconds
        }
        guard points.count > 1 else {
            throw CommandFailure("the monitor has no history of \(expression)")
        }
        return (points.map(\.0), points.map(\.1))
    }
}
