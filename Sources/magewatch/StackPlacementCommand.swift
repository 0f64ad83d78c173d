import ArgumentParser
import Foundation
import Placement
import Planning
import Topology

/// `magewatch stack placement`: where everything is, and where it would be.
struct StackPlacementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "placement", abstract: "Servers by roles, before and after a better placement or a what-if.",
        discussion: """
            Draws which container is on which server with the use of its resources by the containers' limits, then the same as the
            placement would have it: nothing is done. What runs is moved only where the worst utilisation falls by --gain points or more;
            what is lost, down or too much is moved in any case. A backup is in brackets.

            EXAMPLES
              magewatch stack placement
              magewatch stack placement --what-if 'lose s2'
              magewatch stack placement --what-if 'add 3 web'
              magewatch stack placement --what-if 'lose s1, add 2 web' --file stack.json
            """)

    @Option(help: "What would be: 'lose SERVER', 'add COUNT ROLE', several separated by commas.")
    var whatIf: String?

    @Option(
        help: "A stack from a file, as /api/magewatch/v1/stack answers it, instead of the monitor's.",
        completion: .file(extensions: ["json"]))
    var file: String?

    @Option(help: "Points the worst utilisation has to fall by for anything that runs to be moved.")
    var gain = PlacementObjective.steady.minimumGainPoints

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard (0...1000).contains(gain) else { throw ValidationError("--gain is 0 to 1000 points.") }
    }

    func run() async throws {
        let stack = try await stack()
        do {
            let before = try PlacementProblem(stack)
            let (changed, lost) = try whatIf.map { try WhatIf($0).apply(to: stack) } ?? (stack, [])
            let problem = try PlacementProblem(changed, lost: lost)
            var objective = PlacementObjective.steady
            objective.minimumGainPoints = gain
            let solution = try PlacementSolver.solve(problem, objective)
            print("stack \(stack.name), as it is")
            PlacementTable(before, places: before.containers.map(\.current)).lines.forEach { print($0) }
            print("\n\(whatIf.map { "if: \($0)" } ?? "as the placement would have it")")
            PlacementTable(problem, places: solution.places.map { $0 }).lines.forEach { print($0) }
            PlacementTable.changes(problem, solution).forEach { print($0) }
        } catch let error as PlacementError {
            throw CommandFailure(error.message)
        } catch let error as WhatIfError {
            throw CommandFailure(error.description)
        }
    }

    private func stack() async throws -> Stack {
        guard let file else { return try await monitor.client.decode(Stack.self, "/api/magewatch/v1/stack") }
        do {
            return try JSONDecoder().decode(Stack.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw CommandFailure("\(file) is no stack as the monitor's API answers it: \(error)")
        }
    }
}
