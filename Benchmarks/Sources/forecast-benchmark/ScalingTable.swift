import Foundation

/// Every trace against every policy, at two attach times, with the count of those that are hardly ever short and the mean cost.
struct ScalingTable {
    private struct Answer: Decodable {
        struct Policy: Decodable {
            var name: String
            var saturatedShare: Double
            var costRatio: Double?
        }

        var policies: [Policy]
    }

    private static let mostSaturated = 0.002

    private let options: ForecastOptions

    init(_ options: ForecastOptions) {
        self.options = options
    }

    func print() throws {
        for attach in ["150", "15"] {
            Swift.print("\n## Scaling, \(attach) s to attach: saturated share of minutes in % @ cost over perfect knowledge's\n")
            var logs: [String: [Double]] = [:]
            var served: [String: Int] = [:]
            var order: [String] = []
            for trace in options.traces {
                // Single requests of 50 a minute are shot noise, which nothing can act on.
                let smooth = trace.hasSuffix("nasa_jul95.csv") ? ["--smooth", "5m"] : []
                let data = try Main.output(
                    options.binary, ["simulate", trace, "--attach", attach, "--output", "json"] + smooth)
                let policies = try JSONDecoder().decode(Answer.self, from: data).policies
                order = policies.map(\.name)
                for policy in policies {
                    logs[policy.name, default: []].append(log(policy.costRatio ?? 1))
                    if policy.saturatedShare <= ScalingTable.mostSaturated { served[policy.name, default: 0] += 1 }
                }
                let cells = policies.map { String(format: "%@ %.3f @%.2f", $0.name, 100 * $0.saturatedShare, $0.costRatio ?? 1) }
                Swift.print("\(trace.split(separator: "/").last ?? ""): \(cells.joined(separator: ", "))")
            }
            for name in order {
                let mean = exp(logs[name, default: []].reduce(0, +) / Double(max(1, logs[name, default: []].count)))
                Swift.print(
                    String(
                        format: "%@: %d of %d at most 0.2 %%, geometric mean %.3f", name, served[name] ?? 0, options.traces.count,
                        mean))
            }
        }
    }
}
