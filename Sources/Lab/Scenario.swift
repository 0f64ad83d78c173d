import Foundation

/// The play: steps in order, each with a verdict, and the figures that the product is held to.
package struct Scenario: Sendable {
    /// A step that can be asked for by name.
    package enum Step: String, Sendable, CaseIterable {
        case steady, ramp, attack, burst, death, release, delivery
        /// Not part of the play: it needs a stack of its own.
        case isolation
        /// Not part of the play: it leaves another image behind.
        case rollout

        /// The steps that make up the play.
        package static let play = allCases.filter { $0 != .isolation && $0 != .rollout }
    }

    let stack: LabStack
    let monitor: MonitorView
    let observations: Observations
    let timeline: Timeline
    let pace: Pace
    /// Processor seconds that one page costs here, measured before anything else.
    let costPerRequest: Double

    /// What all steps together gave.
    package struct Result: Sendable, Equatable, Encodable {
        package var verdicts: [Verdict] = []
        package var measures: [Measure] = []

        package var held: Bool { !verdicts.isEmpty && verdicts.allSatisfy(\.held) && measures.allSatisfy(\.held) }

        mutating func add(_ other: Result) {
            verdicts += other.verdicts
            measures += other.measures
        }
    }

    /// Plays the steps that are asked for, in the order of the play.
    func play(_ steps: Set<Step>) async throws -> Result {
        var result = Result()
        for step in Step.allCases where steps.contains(step) {
            try Task.checkCancellation()
            let part: Result
            switch step {
            case .steady: part = try await steadyTraffic()
            case .ramp: part = try await risingRamp()
            case .attack: part = try await attack()
            case .burst:
                // The burst is to find the stack small again.
                if !observations.leasedServers.isEmpty {
                    timeline.heading("Between: load is back to \(percentText(Pace.quiet)), and the overflow servers go back")
                    let between = try await release("after the ramp")
                    report(between)
                    result.add(between)
                }
                part = try await suddenBurst()
            case .death: part = try await serverDeath()
            case .release: part = try await loadFalls()
            case .delivery: part = try await delivery()
            case .isolation: part = try await isolation()
            case .rollout: part = try await rollout()
            }
            report(part)
            result.add(part)
        }
        return result
    }

    private func report(_ part: Result) {
        for verdict in part.verdicts {
            timeline.note("\(verdict.held ? "held" : "FAILED"): \(verdict.step): \(verdict.detail)")
        }
    }

    /// Requests a second that use a share of the first two containers' processor time.
    func rate(_ utilisation: Double) -> Double {
        utilisation * Double(MonitorConfiguration.minimumWeb) * MonitorConfiguration.webCores / costPerRequest
    }

    func generator(_ machine: AddressPlan.Machine) throws -> LoadGenerator {
        LoadGenerator(
            client: try stack.host(machine), run: stack.run,
            target: "http://\(AddressPlan.Machine.lb1.address):\(AddressPlan.webPort)/")
    }

    /// True as soon as the condition is, false when the time is over.
    func wait(_ seconds: Double, every interval: Duration = .milliseconds(50), until condition: () async -> Bool) async throws
        -> Bool
    {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            if await condition() { return true }
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: interval)
        }
    }

    /// Quiet traffic in pieces until a condition holds.
    func quietTraffic(atMost seconds: Double, label: String, until condition: () -> Bool) async throws -> LoadSummary {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var total = LoadSummary()
        var piece = 0
        repeat {
            piece += 1
            total =
                total + (try await generator(.client1).offer(LoadPhase("\(label)-\(piece)", rate: rate(Pace.quiet), seconds: 3)))
        } while !condition() && ContinuousClock.now < deadline
        return total
    }
}

/// Milliseconds as a text for people: `412 ms`, `2.4 s`.
func durationText(_ milliseconds: Double) -> String {
    milliseconds < 1000 ? "\(Int(milliseconds.rounded())) ms" : Timeline.seconds(milliseconds / 1000)
}

func percentText(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
