import AgentContract
import Drivers
import Foundation
import Topology

extension Scenario {
    /// A new version goes through the web servers, a broken one is taken back, a third is cancelled, and a fourth is ordered from a
    /// monitor that is killed after every step: all by the operator's own commands, with visitors who may notice nothing.
    ///
    /// Played by itself: it leaves the stack with another image than the other steps expect.
    func rollout() async throws -> Result {
        timeline.heading("New versions for the web servers; visitors come at \(percentText(Pace.quiet))")
        try stack.run.write(Images.web, to: "images/web-2/image.conf")
        try stack.run.write(Images.web, to: "images/web-3/image.conf")
        try stack.run.write(Images.idle, to: "images/web-broken/image.conf")
        async let load = generator(.client1).offer(LoadPhase("rollout", rate: rate(Pace.quiet), seconds: pace.rolloutSeconds))
        try await Task.sleep(for: .seconds(2))
        let good = try await order("web-2")
        let afterGood = try await webImages()
        let broken = try await order("web-broken")
        let afterBroken = try await webImages()
        let cancelled = try await cancelledRollout("web-3")
        let afterCancel = try await webImages()
        let killed = try await rolloutsUnderKills("web-3", before: "web-2")
        let afterKills = try await webImages()
        let summary = try await load
        func verdict(_ what: String, _ detail: String, _ faults: [(Bool, String)]) -> Verdict {
            Verdict(what, detail, unless: faults)
        }
        return Result(
            verdicts: [
                verdict(
                    "a new version goes through the containers one by one", good.text,
                    [
                        (good.state != "done", "its plan is \(good.state)"),
                        (afterGood != ["web-2"], "the images are \(afterGood)"),
                    ]),
                verdict(
                    "a version that does not become healthy is taken back by itself", broken.text,
                    [
                        (broken.state != "undone", "its plan is \(broken.state)"),
                        (afterBroken != ["web-2"], "the images are \(afterBroken)"),
                    ]),
                verdict(
                    "a cancelled plan is taken back", cancelled.text,
                    [
                        (cancelled.state != "cancelled", "its plan is \(cancelled.state)"),
                        (afterCancel != ["web-2"], "the images are \(afterCancel)"),
                    ]),
                verdict(
                    "a monitor killed at every step that it is seen to have done brings its plan to the end", killed.text,
                    [
                        (killed.state != "done", "its plan is \(killed.state)"),
                        (killed.kills < Scenario.leastKills, "only \(killed.kills) kills"),
                        (afterKills != ["web-3"], "the images are \(afterKills)"),
                    ]),
            ],
            measures: [
                Measure(
                    "failed requests of \(summary.requests) in all rollouts", "\(summary.failed)", bar: "0",
                    held: summary.failed == 0)
            ])
    }

    /// How an order ended.
    private struct Ending {
        var state: String
        var text: String
        var kills = 0
    }

    /// The images that web containers run, each once.
    private func webImages() async throws -> [String] {
        Set(try await monitor.stack().containers(of: .web).filter { $0.kind == .active }.map(\.image)).sorted()
    }

    /// Gives the order as an operator does, and waits until the command returns.
    private func order(_ image: String) async throws -> Ending {
        let begun = Timeline.now
        _ = try await command(["stack", "rollout", "web", "--image", image])
        let plan = try await rollouts(after: begun).first
        return Ending(
            state: plan?.state ?? "none",
            text: "\(image) \(plan?.state ?? "refused") in \(durationText(Timeline.now - begun)), \(plan?.steps.count ?? 0) steps"
        )
    }

    private func cancelledRollout(_ image: String) async throws -> Ending {
        let begun = Timeline.now
        _ = try await command(["stack", "rollout", "web", "--image", image, "--no-wait"])
        // The first container is stopped by then, and its successor is not up.
        var settled = 0
        _ = try await wait(20, every: .milliseconds(10)) {
            settled = ((try? await rollouts(after: begun).first)?.steps.count { $0.outcome == "done" }) ?? 0
            return settled >= 3
        }
        guard let id = try await rollouts(after: begun).first?.plan.id else { return Ending(state: "none", text: "no plan") }
        _ = try await command(["plan", "cancel", id])
        let plan = try await rollouts(after: begun).first
        return Ending(
            state: plan?.state ?? "none",
            text: "cancelled after \(settled) steps, as before \(durationText(Timeline.now - begun)) after the order")
    }

    /// Kills of the monitor that are wanted.
    private static let leastKills = 5
    /// Rollouts in which they have to happen.
    private static let mostRollouts = 5

    /// Rolls out under kills, forth and back, until there were enough: steps are done faster than a monitor is back. Ends with `image`.
    private func rolloutsUnderKills(_ image: String, before: String) async throws -> Ending {
        var all = Ending(state: "none", text: "")
        for round in 0..<Scenario.mostRollouts {
            let isForth = round % 2 == 0
            let ending = try await rolloutUnderKills(isForth ? image : before)
            all.kills += ending.kills
            all.state = ending.state
            all.text += (round == 0 ? "" : "; ") + ending.text
            if ending.state != "done" || isForth && all.kills >= Scenario.leastKills { break }
        }
        return all
    }

    /// Kills the monitor each time another step is done.
    private func rolloutUnderKills(_ image: String) async throws -> Ending {
        let begun = Timeline.now
        _ = try await command(["stack", "rollout", "web", "--image", image, "--no-wait"])
        var settled = 0
        var ending = Ending(state: "none", text: "")
        let deadline = begun + 90_000
        while Timeline.now < deadline {
            // A monitor that is coming up is asked again.
            guard let plan = try? await rollouts(after: begun).first else {
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            ending.state = plan.state
            guard plan.finishedAt == nil else { break }
            let done = plan.steps.count { $0.outcome == "done" || $0.outcome == "unchanged" }
            guard done > settled else {
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            settled = done
            ending.kills += 1
            try await stack.host(.mon).signal("monitor", "KILL")
            try await stack.startMonitor()
        }
        ending.text =
            "\(image) \(ending.state) after \(durationText(Timeline.now - begun)), the monitor killed \(ending.kills) times"
        return ending
    }

    private func rollouts(after time: Double) async throws -> [PlanReport] {
        try await monitor.plans().filter { $0.plan.purpose == .rollout && Double($0.plan.createdAt) >= time }
            .sorted { $0.plan.createdAt > $1.plan.createdAt }
    }

    /// Runs this program on the monitor's machine; what it says is told, as its exit status is part of the answer.
    private func command(_ arguments: [String]) async throws -> Bool {
        let api = "http://\(AddressPlan.Machine.mon.address):\(AddressPlan.apiPort)"
        let result = try await stack.host(.mon).run([stack.program] + arguments + ["--api", api], timeout: .seconds(60))
        let last = (result.output + result.errors).split(separator: "\n").last.map(String.init) ?? ""
        timeline.note("magewatch \(arguments.joined(separator: " ")): \(last.prefix(160))")
        return result.succeeded
    }
}
