import Foundation
import Placement

/// A solved placement as it is printed.
struct SolvedPlacement {
    private let problem: PlacementProblem
    private let solution: PlacementSolution
    private let milliseconds: Double

    init(_ problem: PlacementProblem, _ solution: PlacementSolution, duration: Duration) {
        self.problem = problem
        self.solution = solution
        milliseconds = (duration / .milliseconds(1) * 1000).rounded() / 1000
    }

    private struct Document: Encodable {
        struct Loss: Encodable {
            var server: String
            var worst_server: String?
            var worst_utilisation_percent: Int
            var homeless: [String]
            var survived: Bool
        }

        var assignment: [String: String]
        var worst_utilisation_percent: Int
        var worst_utilisation_lower_bound_percent: Int
        var moves: Int
        var moved: [String]
        var moves_proven_fewest: Bool
        var survives_any_loss: Bool
        var losses: [Loss]
        var milliseconds: Double
    }

    func json() throws -> String {
        let names = problem.containers.map(\.name)
        let document = Document(
            assignment: Dictionary(uniqueKeysWithValues: zip(names, solution.places.map { problem.servers[$0].name })),
            worst_utilisation_percent: solution.worstPercent,
            worst_utilisation_lower_bound_percent: solution.worstPercentLowerBound, moves: solution.moves,
            moved: moved.map { names[$0] }, moves_proven_fewest: solution.isMoveCostProven,
            survives_any_loss: solution.survivesAnyLoss,
            losses: solution.losses.map { loss in
                Document.Loss(
                    server: problem.servers[loss.server].name, worst_server: loss.worstServer.map { problem.servers[$0].name },
                    worst_utilisation_percent: loss.worstPercent, homeless: loss.homeless.map { names[$0] },
                    survived: loss.isSurvived)
            }, milliseconds: milliseconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    var lines: [String] {
        var lines = ["assignment"]
        let width = problem.servers.map(\.name.count).max() ?? 0
        for (index, server) in problem.servers.enumerated() {
            let here = solution.places.indices.filter { solution.places[$0] == index }
            let used = here.reduce(ResourceAmounts.zero) { $0 + problem.containers[$1].demand }.shares(of: server.capacity)
            let shares = zip(ResourceAmounts.names, used).filter { $0.1 > 0 }.map { "\($0) \(Int(($1 * 100).rounded())) %" }
            let names = here.map { index in
                let container = problem.containers[index]
                return container.name + (container.current == nil ? "+" : moved.contains(index) ? "<" : "")
            }
            lines.append("  \(pad(server.name, width))  \(shares.joined(separator: ", "))  \(names.joined(separator: " "))")
        }
        lines.append("  (+ new, < moved here)")
        let bound = solution.worstPercentLowerBound
        let proof = solution.isWorstPercentProven ? "the lowest there is" : "not below \(bound) % is possible"
        lines.append("worst utilisation  \(solution.worstPercent) % (\(proof))")
        lines.append("moves  \(solution.moves)\(solution.isMoveCostProven ? " (the fewest there are)" : "")")
        lines.append(lossLine)
        lines.append("milliseconds  \(milliseconds)")
        return lines
    }

    private var lossLine: String {
        let failing = solution.losses.filter { !$0.isSurvived }
        guard let first = failing.max(by: { $0.worstPercent < $1.worstPercent }) else {
            return "loss of a server  any one of \(solution.losses.count) is survived"
        }
        let homeless = first.homeless.map { problem.containers[$0].name }
        let stranded = homeless.isEmpty ? "" : ", no room for \(homeless.joined(separator: " "))"
        let worst =
            first.worstServer.map { "\(problem.servers[$0].name) would be at \(first.worstPercent) %" } ?? "no other is left"
        return
            "loss of a server  \(failing.count) of \(solution.losses.count) not survived, worst \(problem.servers[first.server].name): "
            + "\(worst)\(stranded)"
    }

    private var moved: [Int] {
        problem.containers.indices.filter { index in
            problem.containers[index].current.map { $0 != solution.places[index] } ?? false
        }
    }

    private func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
}
