import AgentContract

extension Scenario {
    /// 4. A scan and a brute force from one address, beside honest visitors: banned, and not paid for.
    func attack() async throws -> Result {
        timeline.heading("3. An attacker scans and guesses passwords; visitors come at \(percentText(Pace.quiet))")
        let began = Timeline.now
        let attacker = try generator(.attacker)
        async let honest = generator(.client1).offer(
            LoadPhase("beside-attack", rate: rate(Pace.quiet), seconds: pace.attackSeconds))
        let output = try await attacker.play(AttackScript.script, label: "attack", seconds: pace.attackSeconds, connections: 1)
        let outcome = try AttackScript.Outcome(parsing: output)
        let summary = try await honest
        let address = AddressPlan.Machine.attacker.address
        let bans = try await monitor.bans()
        let isListed = bans.contains { $0.address == address }
        let innocent = bans.map(\.address).filter { $0 != address }
        let entries = try LoadBalancerStatistics.ask("show map \(stack.banMap)", socket: stack.loadBalancerSocket)
        let plans = observations.plans(.scaleOut, after: began).count
        let seconds = outcome.banned.map { ($0 - outcome.began) / 1000 }
        if let banned = outcome.banned { timeline.note("the attacker gets 403", at: banned) }
        return Result(
            verdicts: [
                Verdict(
                    "the attacker is banned",
                    "\(seconds.map { "banned after \(Timeline.seconds($0))" } ?? "not banned"), \(outcome.passed) attempts passed and "
                        + "\(outcome.refused) were refused; \(describe(summary))",
                    unless: [
                        (outcome.refused == 0, "the load balancer refused nothing"), (!isListed, "no ban is in force"),
                        (!entries.contains(address), "the load balancer's map does not have the address"),
                        (!innocent.isEmpty, "\(innocent.joined(separator: ", ")) did nothing and are banned"),
                        (plans > 0, "it was scaled out for the attacker"),
                        (summary.failed > 0, "\(summary.failed) requests of visitors failed"),
                    ])
            ],
            measures: [
                Measure(
                    "attack to ban", seconds.map { Timeline.seconds($0) } ?? "never", bar: "10 s",
                    held: seconds.map { $0 <= 10 } ?? false)
            ])
    }
}
