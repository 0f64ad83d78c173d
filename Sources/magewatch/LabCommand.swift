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

            With --roles all it is another stack, of real software in all eight roles: HAProxy with Varnish and keepalived, twice; \
            nginx with PHP-FPM; MariaDB, Redis and Memcached; Postfix; Sphinx; RabbitMQ with workers; OpenSSH with cron; two \
            monitors. Each role is saturated and each loses a container, agents and containers hang, HAProxy is restarted, the network is split, and the table at the end says how long that took.

            EXAMPLES
              magewatch lab --fast                     the whole scenario in about five minutes
              magewatch lab --fast --scenario attack   one step
              magewatch lab --scenario isolation       a server is cut off and returns (not part of "all")
              magewatch lab --scenario rollout         new versions of web, good, broken, cancelled, and under a dying monitor
              magewatch lab --roles all --scenario all        every role saturated and killed, in three minutes
              magewatch lab --roles all --scenario failures   what hangs, is cut off, loses its data, in four minutes
              magewatch lab --roles all --scenario kill-db    one of its scenarios
              magewatch lab --roles all --output json         the table as JSON; what happens goes to standard error
              magewatch lab --keep                     leaves the stack up to look around, until Ctrl-C
            """)

    @Flag(help: "Shorter steps, for continuous integration; the stack of all roles knows no others.")
    var fast = false

    @Flag(help: "Leave the stack up after the play, until Ctrl-C.")
    var keep = false

    /// Which stack is built.
    enum Roles: String, ExpressibleByArgument, CaseIterable { case web, all }

    /// What is printed at the end.
    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "The stack: of web servers and a database, or of all roles.")
    var roles = Roles.web

    @Option(help: "What is printed on standard output: text, or the verdicts as JSON.")
    var output = Output.text

    @Option(
        help: ArgumentHelp(
            "Step to play; repeat for more. One of \(Scenario.Step.allCases.map(\.rawValue).joined(separator: ", ")), all; with "
                + "--roles all one of \(RoleScenario.Name.allCases.map(\.rawValue).joined(separator: ", ")), all.",
            valueName: "name"))
    var scenario: [String] = ["all"]

    @Option(help: "Where the run's files are kept while it lasts.")
    var directory = "/var/tmp"

    func run() async throws {
        var options = Laboratory.Options()
        options.isFast = fast
        options.keeps = keep
        options.directory = directory
        // Each line is seen as it happens, in a pipe as well.
        let file = output == .text ? FileHandle.standardOutput : .standardError
        let write: @Sendable (String) -> Void = { line in try? file.write(contentsOf: Data((line + "\n").utf8)) }
        let play: @Sendable () async throws -> (held: Bool, document: any Encodable)
        switch roles {
        case .web:
            options.steps = try steps()
            let laboratory = Laboratory(options: options, write: write)
            play = {
                let result = try await laboratory.run()
                return (result.held, result)
            }
        case .all:
            let laboratory = RoleLaboratory(options: options, names: try names(), write: write)
            play = {
                let result = try await laboratory.run()
                return (result.held, result)
            }
        }
        if try await held(play) == false { throw ExitCode.failure }
    }

    /// Plays until the end or a signal, which cancels the play; it removes everything on its way out.
    private func held(_ play: @escaping @Sendable () async throws -> (held: Bool, document: any Encodable)) async throws -> Bool {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Bool?.self) { tasks in
            tasks.addTask {
                do {
                    let result = try await play()
                    if output == .json { try LabCommand.write(result.document) }
                    return result.held
                } catch let error as LabError { throw CommandFailure(error.message) }
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

    private static func write(_ document: any Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        FileHandle.standardOutput.write(try encoder.encode(document) + Data("\n".utf8))
    }

    private func names() throws -> Set<RoleScenario.Name> {
        Set(
            try scenario.flatMap { name in
                if name == "all" { return RoleScenario.Name.play }
                if name == "failures" { return RoleScenario.Name.failures }
                guard let known = RoleScenario.Name(rawValue: name) else {
                    throw ValidationError(
                        "there is no scenario '\(name)' of all roles; there are all, failures, "
                            + RoleScenario.Name.allCases.map(\.rawValue).joined(separator: ", "))
                }
                return [known]
            })
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
