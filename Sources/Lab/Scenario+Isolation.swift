import AgentContract

extension Scenario {
    /// A server is cut off while it goes on running, its work is taken over, and it comes back with containers that others replaced.
    ///
    /// Played by itself: it leaves the stack with everything on one server, which the other steps do not expect.
    func isolation() async throws -> Result {
        timeline.heading("Server s2 is cut off and goes on running; visitors come at \(percentText(Pace.quiet))")
        async let load = generator(.client1).offer(
            LoadPhase("isolation", rate: rate(Pace.quiet), seconds: pace.isolationSeconds))
        try await Task.sleep(for: .seconds(2))
        let cutAt = Timeline.now
        try await stack.network.cut("s2")
        timeline.note("s2 is cut off, and runs on", at: cutAt)
        // To the end of the plan: its last word to s2, to stop web2, is to find nobody.
        let isReplaced = try await wait(20) {
            served("web2b", after: cutAt) != nil
                && observations.plans(.failover, after: cutAt).contains { $0.state == "done" }
        }
        let returnedAt = Timeline.now
        try await stack.network.plugIn("s2")
        timeline.note("s2 is back, with web2 still running", at: returnedAt)
        func stopped() -> PlanReport? {
            observations.plans(.rebalance, after: returnedAt).first { $0.state == "done" }
        }
        let isStopped = try await wait(10) { stopped() != nil }
        let stoppedAt = Timeline.now
        let summary = try await load
        // The agent's own word: "unchanged" would mean that nothing ran there any more.
        let outcome = stopped()?.steps.first.map(\.outcome) ?? "none"
        let doubled = observations.plans(.rebalance, after: cutAt).count
        return Result(
            verdicts: [
                Verdict(
                    "a server that returns does nothing twice",
                    "web2's work taken over after \(durationText(returnedAt - cutAt)), the returned web2 stopped after "
                        + "\(durationText(stoppedAt - returnedAt)); \(describe(summary))",
                    unless: [
                        (!isReplaced, "web2b did not take over"), (!isStopped, "the returned web2 was not stopped"),
                        (isStopped && outcome != "done", "the agent of s2 says of its web2: \(outcome)"),
                        (doubled > 1, "it took \(doubled) plans"), (summary.failed > 0, "\(summary.failed) requests failed"),
                    ])
            ],
            measures: [
                Measure(
                    "return of a server to its stray container stopped",
                    isStopped ? durationText(stoppedAt - returnedAt) : "never", bar: "8 s",
                    held: isStopped && stoppedAt - returnedAt <= 8000),
                Measure(
                    "failed requests of \(summary.requests) in isolation and return", "\(summary.failed)", bar: "0",
                    held: summary.failed == 0),
            ])
    }

    /// When a container in the load balancer's pool first served after a time.
    private func served(_ container: String, after time: Double) -> Double? {
        observations.backends.first { $0.name == container && $0.appearedAt >= time }?.firstServedAt
    }
}
