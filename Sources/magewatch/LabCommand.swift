import ArgumentParser
import Foundation
import Lab
import UnixSignals

/// `magewatch lab`: a whole stack in namespaces on this machine, played through.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Build a whole stack on this machine, play traffic, attack and failure, and judge the outcome.",
        discussion: """
            Needs root. Builds nine machines and a switch out of namespaces: a load balancer with HAProxy, two member and \
            two overflow servers with LXC containers, a monitor, visitors and an attacker. Nothing leaves the machine, and everything is \
            removed at the end, however it ends. Exit status 0 if every step held.

            EXAMPLES
              magewatch lab --fast                     the whole scenario in about five minutes
              magewatch lab --fast --scenario attack   one step
              magewatch lab --scenario isolation       a server is cut off and returns (not part of "all")
              magewatch lab --keep                     leaves the stack up to look around, until Ctrl-C
            """)

    @Flag(help: "Shorter steps, for continuous integration.")
    var fast = false

    @Flag(help: "Leave the stack up after the play, until Ctrl-C.")
    var keep = false

    @Option(
        help: ArgumentHelp(
            "Step to play; repeat for more. One of \(Scenario.Step.allCases.map(\.rawValue).joined(separator: ", ")), all.",
            valueName: "name"))
    var scenario: [String] = ["all"]

    @Option(help: "Where the run's files are kept while it lasts.")
    var directory = "/var/tmp"

    func run() async throws {
        var options = Laboratory.Options()
        options.isFast = fast
        options.keeps = keep
        options.directory = directory
        options.steps = try steps()
        // Each line is seen as it happens, in a pipe as well.
        let laboratory = Laboratory(options: options) { line in
            try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        }
        if try await held(laboratory) == false { throw ExitCode.failure }
    }

    /// Plays until the end or a signal, which cancels the play; it removes everything on its way out.
    private func held(_ laboratory: Laboratory) async throws -> Bool {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Bool?.self) { tasks in
            tasks.addTask {
                do { return try await laboratory.run() } catch let error as LabError { throw CommandFailure(error.message) }
            }
            tasks.addTask {
                for await _ in signals { return nil }
                return nil
            }
            defer { tasks.cancelAll() }
            guard let first = try await tasks.next(), let held = first else {
                tasks.cancelAll()
                // Its way out is waited for; that it was cancelled is no news.
                while !tasks.isEmpty { _ = try? await tasks.next() }
                throw ExitCode(130)
            }
            return held
        }
    }

    private func steps() throws -> Set<Scenario.Step> {
        if scenario.contains("all") { return Set(Scenario.Step.play) }
        return Set(
            try scenario.map { name in
                guard let step = Scenario.Step(rawValue: name) else {
                    throw ValidationError(
                        "there is no step '\(name)'; the steps are \(Scenario.Step.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                }
                return step
            })
    }
}
