import Foundation
import Planning

/// What a simulation found, as a table, a plot and JSON.
struct SimulationReport {
    private struct Document: Encodable {
        struct Policy: Encodable {
            var name: String
            var saturatedShare: Double
            var unservedShare: Double
            var overflowHours: Double
            var costRatio: Double?
        }

        var judgedDays: Double
        var servers: Int
        var attachSeconds: Double
        var billedPeriodSeconds: Double
        var policies: [Policy]
    }

    private let simulation: ScalingSimulation
    private let results: [ScalingSimulation.Result]

    init(_ simulation: ScalingSimulation, options: ShadowScaler.Options, results: [ScalingSimulation.Result]) {
        self.simulation = simulation
        self.results = results
    }

    private var hoursPerPeriod: Double { simulation.rules.billedPeriodSeconds / 3600 }
    private var judgedDays: Double {
        Double(simulation.demand.count - simulation.start) * simulation.rules.tickSeconds / 86_400
    }

    func json() throws -> String {
        let document = Document(
            judgedDays: judgedDays, servers: simulation.rules.ownedServers, attachSeconds: simulation.rules.attachSeconds,
            billedPeriodSeconds: simulation.rules.billedPeriodSeconds,
            policies: results.map {
                Document.Policy(
                    name: $0.name, saturatedShare: $0.saturatedShare, unservedShare: $0.unservedShare,
                    overflowHours: Double($0.overflowPeriods) * hoursPerPeriod, costRatio: $0.costRatio)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    func text(plot: Bool) -> String {
        var rows = [["policy", "saturated minutes", "share %", "unserved %", "overflow hours", "cost"]]
        for result in results {
            rows.append([
                result.name, String(format: "%.0f", result.saturatedShare * judgedDays * 1440),
                String(format: "%.3f", result.saturatedShare * 100), String(format: "%.4f", result.unservedShare * 100),
                String(format: "%.0f", Double(result.overflowPeriods) * hoursPerPeriod),
                result.costRatio.map { String(format: "%.2f", $0) } ?? "-",
            ])
        }
        let head = String(
            format:
                "%.1f days judged, %d own servers, %.0f s to attach, billed by %.0f min; cost as a multiple of perfect knowledge's",
            judgedDays, simulation.rules.ownedServers, simulation.rules.attachSeconds, simulation.rules.billedPeriodSeconds / 60)
        var text = head + "\n\n" + TextTable(rows).text
        if plot, let own = results.first {
            text += "\n\n" + TimelinePlot(demand: Array(simulation.demand[simulation.start...]), capacity: own.capacity).text
        }
        return text
    }
}
