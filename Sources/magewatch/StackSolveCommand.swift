import ArgumentParser
import Foundation
import Placement

/// `magewatch stack solve`: one placement instance, solved.
struct StackSolveCommand: ParsableCommand {
    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "solve", abstract: "Solves a placement instance from a file.",
        discussion: """
            Finds the lowest worst utilisation over all servers and resources, then the fewest moves from where containers are. Needs no
            monitor. Counterparts (one "group") never share a server.

            The file is a JSON object: "servers" [id, cpu (milli-cores), ram (MiB), net (Mbit/s), disk (GiB, optional)] and "containers"
            [id, role, group, kind (active or backup), cpu, ram, net, disk (optional), current (a server, or null for a new one)].

            EXAMPLES
              magewatch stack solve instance.json
              magewatch stack solve instance.json --output json
              magewatch stack solve instance.json --survive-loss            only what stands with any one server lost
              magewatch stack solve instance.json --gain 10 --slack 5       moves only where they pay
            """)

    /// Largest instance read, in bytes.
    static let maximumBytes = 64 << 20

    @Argument(help: "The instance, a JSON file.", completion: .file(extensions: ["json"]))
    var instance: String

    @Option(help: "How to print: text or json.")
    var output = Output.text

    @Flag(help: "Takes only assignments under which no server is over its capacity when any other is lost.")
    var surviveLoss = false

    @Option(help: "Points the worst utilisation has to fall by for anything that runs to be moved.")
    var gain = 0

    @Option(help: "Points above the lowest worst utilisation that are given for fewer moves.")
    var slack = 0

    func validate() throws {
        guard (0...1000).contains(gain), (0...1000).contains(slack) else {
            throw ValidationError("--gain and --slack are 0 to 1000 points.")
        }
    }

    func run() throws {
        let problem = try InstanceFile.read(instance, maximumBytes: Self.maximumBytes)
        var objective = PlacementObjective()
        objective.lossRule = surviveLoss ? .required : .reported
        objective.minimumGainPoints = gain
        objective.slackPoints = slack
        let clock = ContinuousClock()
        let start = clock.now
        let solution: PlacementSolution
        do {
            solution = try PlacementSolver.solve(problem, objective)
        } catch {
            throw CommandFailure("\(instance): \(error.message)")
        }
        let report = SolvedPlacement(problem, solution, duration: clock.now - start)
        switch output {
        case .json: print(try report.json())
        case .text: for line in report.lines { print(line) }
        }
    }
}

/// A placement instance in a file.
enum InstanceFile {
    /// - Throws: `CommandFailure` saying what is wrong with which part of the file.
    static func read(_ path: String, maximumBytes: Int) throws -> PlacementProblem {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }  // Nothing was written; there is nothing to lose.
            data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
        } catch {
            throw CommandFailure("\(path) can't be read: \(error.localizedDescription)")
        }
        guard data.count <= maximumBytes else {
            throw CommandFailure("\(path) is larger than \(maximumBytes >> 20) MiB; no instance is")
        }
        do {
            return try JSONDecoder().decode(PlacementInstance.self, from: data).problem()
        } catch let error as DecodingError {
            throw CommandFailure("\(path) is no placement instance: \(explanation(of: error))")
        } catch let error as PlacementError {
            throw CommandFailure("\(path): \(error.message)")
        }
    }

    private static func explanation(of error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the file" : path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath)) has no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
