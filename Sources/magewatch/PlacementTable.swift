import Placement

/// Servers by roles, with what is used of each server.
struct PlacementTable {
    private let problem: PlacementProblem
    private let places: [Int?]

    /// - Parameter places: each container's server, nil for none.
    init(_ problem: PlacementProblem, places: [Int?]) {
        self.problem = problem
        self.places = places
    }

    var lines: [String] {
        var roles: [String] = []
        for container in problem.containers where !roles.contains(container.role) { roles.append(container.role) }
        var rows = [["server"] + roles + Array(ResourceAmounts.names.prefix(3))]
        for (index, server) in problem.servers.enumerated() {
            let here = problem.containers.indices.filter { places[$0] == index }
            let cells = roles.map { role in
                here.filter { problem.containers[$0].role == role }.map(name).joined(separator: " ")
            }
            let used = here.reduce(ResourceAmounts.zero) { $0 + problem.containers[$1].demand }.shares(of: server.capacity)
            let shares = used.prefix(3).map { "\(Int(($0 * 100).rounded(.up))) %" }
            rows.append([server.name + (server.isClosed ? " (closed)" : "")] + cells + shares)
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            return "  " + cells.joined(separator: "  ")
        }
    }

    private func name(_ index: Int) -> String {
        let container = problem.containers[index]
        return container.isBackup ? "(\(container.name))" : container.name
    }

    /// What has to be done for it, and whether the stack then stands the loss of a server.
    static func changes(_ problem: PlacementProblem, _ solution: PlacementSolution) -> [String] {
        var lines: [String] = []
        for (container, place) in zip(problem.containers, solution.places) where container.current != place {
            let verb = container.current.map { "moves from \(problem.servers[$0].name) to" } ?? "starts on"
            lines.append("  \(container.name) \(verb) \(problem.servers[place].name)")
        }
        if lines.isEmpty { lines.append("  nothing is moved") }
        lines.append("  worst utilisation \(solution.worstPercent) %")
        for loss in solution.losses where !loss.isSurvived {
            let homeless = loss.homeless.map { problem.containers[$0].name }.joined(separator: " ")
            let worst = loss.worstServer.map { "\(problem.servers[$0].name) at \(loss.worstPercent) %" } ?? "no other server"
            lines.append(
                "  loss of \(problem.servers[loss.server].name) is not survived: \(worst)"
                    + (homeless.isEmpty ? "" : ", no room for \(homeless)"))
        }
        return lines
    }
}
