import Foundation
import TestKit
import Testing

@testable import Planning

@Suite("The scaling simulation", .ownThread)
struct ScalingSimulationTests {
    let rules = FleetRules(ownedServers: 2, attachSeconds: 150)

    @Test("A server serves after its attach time and is billed by the started period")
    func fleet() {
        var fleet = VirtualFleet(rules: rules)
        fleet.launch(3, at: 0)
        #expect(fleet.ready(at: 9) == 2)
        #expect(fleet.ready(at: 10) == 5)
        #expect(fleet.billedPeriods(at: 1) == 3)
        #expect(fleet.release(5, at: 100, withinTicks: 2) == 0)
        #expect(fleet.release(1, at: 239, withinTicks: 2) == 1)
        #expect(fleet.billedPeriods(at: 240) == 3)
        #expect(fleet.billedPeriods(at: 241) == 5)
    }

    @Test("Perfect knowledge pays whole hours for what exceeds the owned servers, and no more")
    func oracle() {
        // One hour and a tick of one server more, then nothing, then ten minutes of two.
        var demand = [Double](repeating: 1, count: 2000)
        for tick in 500..<741 { demand[tick] = 2.5 }
        for tick in 1500..<1540 { demand[tick] = 4 }
        #expect(PerfectKnowledge.periods(demand, rules: rules, from: 0) == 2 + 2)
        #expect(PerfectKnowledge.periods(demand, rules: rules, from: 1600) == 0)
    }

    @Test("The static fleet is never short and pays for every hour")
    func staticPeak() {
        let demand = (0..<2400).map { $0 % 1000 == 999 ? 5.0 : 1.5 }
        let simulation = ScalingSimulation(demand: demand, rules: rules, start: 0)
        let result = simulation.run(StaticPeak(peakDemand: 5))
        #expect(result.saturatedShare == 0)
        #expect(result.overflowPeriods == 3 * 11)
    }

    @Test("HPA follows a step after its attach time, and gives back after five minutes, or at the hour's end")
    func autoscaler() {
        var demand = [Double](repeating: 1, count: 600)
        for tick in 100..<200 { demand[tick] = 4 }
        let simulation = ScalingSimulation(demand: demand, rules: rules, start: 0)
        let plain = simulation.run(HorizontalPodAutoscaler(rules: rules, targetPercent: 70, keepsPaidPeriods: false))
        let patient = simulation.run(HorizontalPodAutoscaler(rules: rules, targetPercent: 70, keepsPaidPeriods: true))
        #expect(plain.capacity[99] == 2)
        #expect(plain.capacity[135...199].allSatisfy { $0 >= 4 })
        #expect(plain.capacity[240] == 2)
        #expect(patient.capacity[240] > 2)
        #expect(patient.capacity[400] == 2)
        #expect(plain.saturatedShare > 0)
    }

    @Test("A shadow fleet is billed and short exactly as a fleet of its own would be", arguments: [1, 2, 3] as [UInt64])
    func shadowsAgainstNaiveTwin(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var level = 2.0
        let demand = (0..<1500).map { _ -> Double in
            level = max(0.1, level + Double.random(in: -0.2...0.2, using: &generator))
            return Int.random(in: 0..<200, using: &generator) == 0 ? level * 2 : level
        }
        var shadows = ShadowFleets(rules: rules)
        var signals = DemandSignals(ticksPerDay: rules.ticksPerDay)
        let watched = [0, 77, 311, 535, SizingExpert.grid.count - 1]
        var twins = watched.map { _ in VirtualFleet(rules: rules) }
        var periods = watched.map { _ in Float(0) }
        var history: [[Float]] = []
        for (tick, value) in demand.enumerated() {
            shadows.size(SizingMoment(signals, ownedServers: rules.ownedServers), at: tick)
            history.append(shadows.needs)
            for (index, expert) in watched.enumerated() {
                let held = history.suffix(ShadowFleets.holdTicks).map { $0[expert] }.max() ?? 0
                #expect(shadows.held[expert] == held, "seed \(seed) tick \(tick)")
                let need = Int(shadows.needs[expert])
                if need > twins[index].total { twins[index].launch(need - twins[index].total, at: tick) }
                twins[index].release(twins[index].total - Int(held), at: tick, withinTicks: ShadowFleets.releaseTicks)
            }
            shadows.play(demand: Float(value), at: tick)
            for (index, expert) in watched.enumerated() { periods[index] += shadows.startedPeriods[expert] }
            signals.observe(value)
        }
        for index in watched.indices {
            #expect(Int(periods[index]) == twins[index].billedPeriods(at: demand.count), "seed \(seed) expert \(watched[index])")
        }
    }

    @Test("A shadow fleet is short by degrees: not at all well under its capacity, half of a minute at it, wholly well above")
    func shortByDegrees() {
        let cases: [(demand: [Float], short: Float)] = [
            ([3.8], 0), ([3.84], 0), ([3.92], 0.25), ([4], 0.5), ([4.08], 0.75), ([4.16], 1), ([9], 1),
            // The worst tick of a minute counts, once.
            ([3, 4, 3, 4], 0.5), ([4, 4.16, 4, 3], 1),
        ]
        for item in cases {
            var shadows = ShadowFleets(rules: rules)
            var sum: Float = 0
            for (tick, value) in item.demand.enumerated() {
                shadows.play(demand: value * Float(rules.ownedServers) / 4, at: tick)
                sum += shadows.saturatedMinutes[0]
            }
            #expect(abs(sum - item.short) < 1e-4, "\(item.demand) gave \(sum)")
        }
    }

    @Test("Where load comes in bursts, the largest of the last hours is remembered, and fades")
    func jumps() {
        var signals = DemandSignals(ticksPerDay: rules.ticksPerDay)
        for tick in 0..<400 { signals.observe(tick >= 100 && tick < 112 ? 7 : 2) }
        #expect(signals.jumps[0] > 3.9 && signals.jumps[0] < 5)
        #expect(signals.jumps[1] > signals.jumps[0] && signals.jumps[1] <= 5)
        for _ in 0..<5760 { signals.observe(2) }
        #expect(signals.jumps[0] < 0.1 && signals.jumps[1] > 2.5)
    }

    @Test("Rounding up without a library call is rounding up")
    func rounding() {
        for need: Float in [0, 0.01, 1, 1.001, 3.5, 3.999, 4.2, 999.7] {
            #expect((need + 0.4999) + 12_582_912 - 12_582_912 == (need - 0.0001).rounded(.up) || need == need.rounded())
        }
    }

    @Test("The scaler never looks ahead: what comes later changes no earlier capacity")
    func noLookAhead() {
        let demand = (0..<6000).map { 2 + Double($0 % 400) / 200 }
        var changed = demand
        for tick in 5000..<6000 { changed[tick] = 50 }
        let first = ScalingSimulation(demand: demand, rules: rules, start: 2880).run(MagewatchPolicy(rules: rules))
        let second = ScalingSimulation(demand: changed, rules: rules, start: 2880).run(MagewatchPolicy(rules: rules))
        #expect(first.capacity.prefix(5001 - 2880) == second.capacity.prefix(5001 - 2880))
    }

    @Test("A daily peak costs less than the static fleet and is hardly ever short")
    func dailyPeak() throws {
        var generator = SeededGenerator(seed: 11)
        let demand = (0..<5760 * 6).map { tick -> Double in
            let hour = Double(tick % 5760) / 240
            return 1.5 + max(0, 5 - abs(hour - 14)) + Double.random(in: -0.1...0.1, using: &generator)
        }
        let simulation = ScalingSimulation(demand: demand, rules: rules, start: 5760 * 3)
        let result = simulation.run(MagewatchPolicy(rules: rules))
        #expect(result.saturatedShare < 0.003)
        #expect(try #require(result.costRatio) < 1.5)
    }

    @Test(
        "Whatever is asked for, there is an answer",
        arguments: [
            [], [.nan], [1e300, -1e300, .infinity, .nan], [Double](repeating: 0, count: 700),
            [Double](repeating: 1e308, count: 700), (0..<700).map { $0 % 2 == 0 ? -5 : .nan },
        ] as [[Double]])
    func nasty(demand: [Double]) {
        for result in ScalingSimulation(demand: demand, rules: rules, start: 10).comparison() {
            #expect(result.saturatedShare.isFinite && result.unservedShare.isFinite)
            #expect(result.overflowPeriods >= 0)
        }
    }
}

@Suite("Recorded load")
struct DemandTraceTests {
    @Test("Ticks lie on the lines between values, in servers' worth")
    func interpolation() throws {
        let trace = try #require(DemandTrace(seconds: [0, 60, 120], values: [0, 4, 8]))
        #expect(trace.demand(capacity: 2, tickSeconds: 15) == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4])
        #expect(trace.medianCapacity(servers: 2) == 2)
    }

    @Test("Gaps are bridged, what runs backwards is left out, years are cut short")
    func disorder() throws {
        let trace = try #require(DemandTrace(seconds: [0, 60, 30, 120, 300, 1e12, .nan], values: [1, .nan, 9, 3, 6, -1, 2]))
        #expect(trace.values.count <= DemandTrace.maximumBridgedSteps + 10)
        #expect(trace.values.allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(DemandTrace(seconds: [5], values: [1]) == nil)
        #expect(try #require(DemandTrace(seconds: [0, 1], values: [0, 0])).medianCapacity(servers: 4) == nil)
    }
}
