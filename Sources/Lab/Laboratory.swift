import Foundation

/// A whole stack on one machine, played through: what `magewatch lab` does and what the end-to-end test runs.
package struct Laboratory: Sendable {
    /// What is to be done.
    package struct Options: Sendable {
        /// Shorter steps, for continuous integration.
        package var isFast = false
        /// Leaves the stack up after the play, until the command is stopped.
        package var keeps = false
        package var steps = Set(Scenario.Step.play)
        /// Where the run's directory is made.
        package var directory = "/var/tmp"
        /// The program that is agent and monitor: this one.
        package var program = "/proc/self/exe"

        package init() {}
    }

    private let options: Options
    private let timeline: Timeline
    private var pace: Pace { options.isFast ? .fast : .calm }

    package init(options: Options, write: @escaping @Sendable (String) -> Void) {
        self.options = options
        timeline = Timeline(write: write)
    }

    /// Builds the stack, plays the scenario, removes everything, and tells whether all held.
    ///
    /// Everything is removed on every way out, cancellation included; should the process itself be killed, the machines end
    /// with it, and the next run removes the files.
    package func run() async throws -> Scenario.Result {
        try Prerequisites.verify()
        Laboratory.sweep(options.directory, timeline)
        let run = try RunDirectory(parent: options.directory)
        defer {
            ControlGroupTree.remove(run: run.name)
            RunDirectory.remove(run.path)
        }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: options.program)) ?? options.program
        let stack = try await LabStack(run: run, program: program)
        defer { stack.powerOff() }
        timeline.note("\(stack.hosts.count) machines and a switch are up (\(run.name))")
        let result = try await withThrowingTaskGroup(of: Scenario.Result?.self) { tasks in
            let observations = Observations(timeline: timeline)
            let monitor = MonitorView(vantage: try stack.vantage(.mon))
            try await start(stack, monitor)
            tasks.addTask {
                await Watcher(stack: stack, monitor: monitor, observations: observations).run()
                return nil
            }
            tasks.addTask { try await play(stack, monitor, observations) }
            defer { tasks.cancelAll() }
            while let ended = try await tasks.next() { if let result = ended { return result } }
            throw LabError(.service, "the play ended without a result")
        }
        summarise(result, stack)
        if options.keeps { try await keep(stack) }
        return result
    }

    private func start(_ stack: LabStack, _ monitor: MonitorView) async throws {
        try stack.writeFiles(leadSeconds: pace.leadSeconds)
        try await stack.startServices()
        timeline.note("load balancer, web1, web2 and db1 serve")
        try await stack.startMonitor()
        let deadline = ContinuousClock.now + .seconds(20)
        while await !monitor.isUp() {
            guard ContinuousClock.now < deadline else {
                throw LabError(
                    .service, "the monitor does not answer; it said:\n\(try stack.host(.mon).tail("monitor", lines: 20))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        timeline.note("the monitor answers")
    }

    private func play(_ stack: LabStack, _ monitor: MonitorView, _ observations: Observations) async throws -> Scenario.Result {
        let cost = try await Calibration.costPerRequest(stack)
        timeline.note(
            "a page costs \(durationText(cost * 1000)) of processor time, so the first two containers give "
                + "\(Int(Double(MonitorConfiguration.minimumWeb) * MonitorConfiguration.webCores / cost)) pages/s")
        let scenario = Scenario(
            stack: stack, monitor: monitor, observations: observations, timeline: timeline, pace: pace, costPerRequest: cost)
        return try await scenario.play(options.steps)
    }

    private func summarise(_ result: Scenario.Result, _ stack: LabStack) {
        timeline.heading((["Verdicts"] + result.verdicts.map(\.line)).joined(separator: "\n"))
        if !result.measures.isEmpty { timeline.heading("Measures\n\(Measure.table(result.measures))") }
        guard !result.held else { return timeline.heading("All held.") }
        let words = stack.hosts[.mon]?.tail("monitor", lines: 15) ?? ""
        timeline.heading("Not all held. The monitor said last:\n\(words)")
    }

    private func keep(_ stack: LabStack) async throws {
        let monitor = stack.hosts[.mon]?.processID ?? 0
        let client = stack.hosts[.client1]?.processID ?? 0
        timeline.heading(
            """
            The stack stays up until this command is stopped (Ctrl-C). Files: \(stack.run.path)
              the dashboard:     nsenter --target \(monitor) --net -- \(stack.program) dash --api http://\(AddressPlan.Machine.mon.address):\(AddressPlan.apiPort)
              as a visitor:      nsenter --target \(client) --net -- curl -s http://\(AddressPlan.Machine.lb1.address)/ | head -c 300
              inside a machine:  nsenter --target PID --net --mount --pid --cgroup --uts --ipc -- bash   (PID: hosts/NAME/first-process)
            """)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    /// Removes what runs left whose process was killed.
    static func sweep(_ directory: String, _ timeline: Timeline) {
        for name in RunDirectory.abandoned(in: directory) {
            ControlGroupTree.remove(run: name)
            RunDirectory.remove("\(directory)/\(name)")
            timeline.note("removed what \(name), which was killed, had left")
        }
    }
}
