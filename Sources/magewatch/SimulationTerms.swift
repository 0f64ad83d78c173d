import ArgumentParser
import Foundation
import Planning

/// The terms a simulation is played under, as flags.
struct SimulationTerms: ParsableArguments {
    @Option(help: "Servers of one's own.")
    var servers = 4

    @Option(help: "What one server can serve, in the trace's unit; by default so much that the median fills the owned servers.")
    var capacity: Double?

    @Option(help: "From the request of an overflow server until it serves: 150, 150s, 2m.")
    var attach = "150s"

    @Option(help: "A billed period: 60m, 1h.")
    var billing = "60m"

    @Option(
        help: """
            What is only learned from at the beginning: 7d, or a number of days. By default 7 days, or less where the trace would leave \
            fewer than three to judge.
            """)
    var learn: String?

    @Option(help: "Average the trace over this time: 5m, or a number of minutes; 0 not at all.")
    var smooth = "0"

    @Option(help: "What-if: size of a server against today's.")
    var serverSize = 1.0

    @Option(help: "What-if: more load at a time, START,DURATION,FACTOR, for instance 2018-05-03T18:00,2h,3. May be repeated.")
    var addEvent: [String] = []

    @Option(help: "Share of minutes, in per cent, that may be saturated.")
    var target = 0.14

    /// The scaler's own options.
    var options: ShadowScaler.Options {
        var options = ShadowScaler.Options()
        options.targetShare = target / 100
        return options
    }

    func validate() throws {
        guard (1...1000).contains(servers) else { throw ValidationError("--servers is from 1 to 1000") }
        guard serverSize > 0, serverSize.isFinite else { throw ValidationError("--server-size is a number above 0") }
        guard target > 0, target <= 100 else { throw ValidationError("--target is a share in per cent") }
        if let capacity, !(capacity > 0 && capacity.isFinite) { throw ValidationError("--capacity is a number above 0") }
    }

    /// The simulation of a trace that began at a time.
    func simulation(_ trace: DemandTrace, startSeconds: Double) throws -> ScalingSimulation {
        let rules = FleetRules(
            ownedServers: servers, attachSeconds: try seconds(attach, unit: 1), billedPeriodSeconds: try seconds(billing, unit: 1)
        )
        guard let unit = capacity ?? trace.medianCapacity(servers: servers) else {
            throw CommandFailure("the median of the trace is 0: say with --capacity what one server can serve")
        }
        let steps = Int(min(1e6, (try seconds(smooth, unit: 60) / trace.stepSeconds).rounded()))
        var demand = trace.demand(capacity: unit * serverSize, tickSeconds: rules.tickSeconds, smoothing: max(1, steps))
        for text in addEvent {
            try SimulatedEvent(text).apply(to: &demand, startSeconds: startSeconds, tickSeconds: rules.tickSeconds)
        }
        let learnTicks = try self.learnTicks(of: demand.count, rules)
        guard learnTicks < demand.count else {
            let days = Double(demand.count) * rules.tickSeconds / 86_400
            throw CommandFailure(
                String(format: "the trace has %.1f days, and all of it is only learned from: give a shorter --learn", days))
        }
        return ScalingSimulation(demand: demand, rules: rules, start: learnTicks)
    }

    private func learnTicks(of count: Int, _ rules: FleetRules) throws -> Int {
        if let learn { return Int(min(1e9, try seconds(learn, unit: 86_400) / rules.tickSeconds)) }
        return min(7 * rules.ticksPerDay, max(count / 2, count - 3 * rules.ticksPerDay))
    }

    /// A duration, or a bare number of some unit.
    private func seconds(_ text: String, unit: Double) throws -> Double {
        if let number = Double(text) {
            guard number >= 0, number.isFinite else { throw ValidationError("\"\(text)\" is not a duration") }
            return number * unit
        }
        return try DurationText.seconds(text)
    }
}
