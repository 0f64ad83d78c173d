import AgentContract
import Foundation
import Topology

/// The stack of all roles on one machine, played through: what `magewatch lab --roles all` does.
package struct RoleLaboratory: Sendable {
    private let options: Laboratory.Options
    private let names: Set<RoleScenario.Name>
    private let timeline: Timeline

    package init(options: Laboratory.Options, names: Set<RoleScenario.Name>, write: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.names = names
        timeline = Timeline(write: write)
    }

    /// Plays the scenarios, those that leave half a stack on one of their own, and gives what was measured.
    package func run() async throws -> RoleScenario.Result {
        try Prerequisites.verify(programs: Prerequisites.programs + Prerequisites.rolePrograms)
        Laboratory.sweep(options.directory, timeline)
        var result = RoleScenario.Result()
        for part in [names.subtracting([.serverDeath]), names.intersection([.serverDeath])] where !part.isEmpty {
            result.add(try await play(part, isLast: part.contains(.serverDeath) || !names.contains(.serverDeath)))
        }
        timeline.heading((["Verdicts"] + result.verdicts.map(\.line)).joined(separator: "\n"))
        timeline.heading("Roles\n\(RoleReport.table(result.roles))")
        timeline.heading(result.held ? "All held." : "Not all held.")
        return result
    }

    /// Builds a stack, plays on it, and removes it on every way out.
    private func play(_ names: Set<RoleScenario.Name>, isLast: Bool) async throws -> RoleScenario.Result {
        let run = try RunDirectory(parent: options.directory)
        defer {
            ControlGroupTree.remove(run: run.name)
            RunDirectory.remove(run.path)
        }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: options.program)) ?? options.program
        let stack = try await RoleStack(run: run, program: program)
        defer { stack.powerOff() }
        timeline.note("\(stack.hosts.count) machines and a switch are up (\(run.name))")
        let monitor = MonitorView(vantage: try stack.vantage())
        try await start(stack, monitor)
        let result = try await withThrowingTaskGroup(of: RoleScenario.Result?.self) { tasks in
            let observations = Observations(timeline: timeline)
            tasks.addTask {
                await RoleWatcher(stack: stack, monitor: monitor, observations: observations).run()
                return nil
            }
            tasks.addTask {
                let scenario = RoleScenario(stack: stack, monitor: monitor, observations: observations, timeline: timeline)
                return try await scenario.play(names)
            }
            defer { tasks.cancelAll() }
            while let ended = try await tasks.next() { if let result = ended { return result } }
            throw LabError(.service, "the play ended without a result")
        }
        if !result.held {
            let words = RoleMachine.monitors.map { stack.run.tail("hosts/\($0.rawValue)/monitor.log", lines: 8) }
            timeline.heading("The monitors said last:\n\(words.joined(separator: "\n"))")
        }
        if options.keeps, isLast { try await keep(stack) }
        return result
    }

    private func start(_ stack: RoleStack, _ monitor: MonitorView) async throws {
        try await stack.writeFiles()
        timeline.note("images, pages and the database are made")
        try await stack.startServices()
        timeline.note("all containers serve")
        try await stack.startMonitors()
        let deadline = ContinuousClock.now + .seconds(20)
        while await !monitor.isUp() {
            guard ContinuousClock.now < deadline else {
                let words = RoleMachine.monitors.map { stack.run.tail("hosts/\($0.rawValue)/monitor.log", lines: 10) }
                throw LabError(.service, "the monitor does not answer; it said:\n\(words.joined(separator: "\n"))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        timeline.note("the monitor answers at \(RoleMachine.monitorAddress)")
        // Until each container has been seen by it.
        try await Task.sleep(for: .seconds(2))
        try await bindReplica(monitor)
    }

    /// The database's replica joins as an operator has it join.
    private func bindReplica(_ monitor: MonitorView) async throws {
        for replica in RoleContainer.backups where replica.isReplicated {
            try await monitor.order(["order": "start", "container": replica.name, "by": "lab"])
            let deadline = ContinuousClock.now + .seconds(40)
            while try await monitor.stack().containers.first(where: { $0.name == replica.name })?.state != .running {
                guard ContinuousClock.now < deadline else {
                    let steps = try await monitor.plans().first?.steps.map { "\($0.summary): \($0.outcome) \($0.message)" } ?? []
                    throw LabError(.service, "\(replica.name) does not become a replica:\n\(steps.joined(separator: "\n"))")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            timeline.note("\(replica.name) follows, and acknowledges")
        }
    }

    private func keep(_ stack: RoleStack) async throws {
        let client = stack.hosts[.client]?.processID ?? 0
        timeline.heading(
            """
            The stack stays up until this command is stopped (Ctrl-C). Files: \(stack.run.path)
              the dashboard:     nsenter --target \(client) --net -- \(stack.program) dash --api http://\(RoleMachine.monitorAddress):\(AddressPlan.apiPort)
              as a visitor:      nsenter --target \(client) --net -- curl -s http://\(RoleMachine.shopAddress)/shop.php
              inside a machine:  nsenter --target PID --net --mount --pid --cgroup --uts --ipc -- bash   (PID: hosts/NAME/first-process)
            """)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
