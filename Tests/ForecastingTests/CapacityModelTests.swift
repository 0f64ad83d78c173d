import Foundation
import Telemetry
import TestKit
import Testing

@testable import Forecasting

/// A container whose capacity is known: use rises with the load, and requests wait as in a queue.
struct KnownContainer {
    var base: Double
    var cost: Double
    var least: Double
    var wait: Double
    var most: Double
    /// Spread of loads from the median, and of what is measured.
    var swing = 0.6
    var noise = 0.1
    var median = 40.0

    func samples(_ count: Int, _ random: inout SeededGenerator) -> [CapacitySample] {
        var drift = 0.0
        return (0..<count).map { step in
            drift = 0.98 * drift + 0.02 * Double.random(in: -1...1, using: &random)
            let day = sin(Double(step) / 1440 * 2 * .pi)
            let load = min(most * 0.97, max(0.5, median * (1 + swing * day + drift + 0.05 * gauss(&random))))
            let share = load / most
            let use = (base + cost * load) * (1 + 0.5 * noise * gauss(&random))
            let latency = (least + wait * share / (1 - share)) * exp(noise * gauss(&random))
            return CapacitySample(load: load, latencySeconds: latency, utilisation: [min(1, max(0, use))])
        }
    }

    private func gauss(_ random: inout SeededGenerator) -> Double {
        let radius = (-2 * log(Double.random(in: 1e-12...1, using: &random))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0...1, using: &random))
    }

    func loadAt(use: Double) -> Double { (use - base) / cost }
    func loadAt(latency: Double) -> Double { most * (latency - least) / (latency - least + wait) }
}

@Suite("Capacity is learned from what was served", .ownThread)
struct CapacityModelTests {
    @Test(
        "Known containers are found out, whatever binds them, within a few per cent; intervals hold the truth as often as they say"
    )
    func known() throws {
        var held = 0
        var bounds = 0
        var wrong = 0
        for seed in 0..<60 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let most = Double.random(in: 70...200, using: &random)
            let container = KnownContainer(
                base: Double.random(in: 0...0.1, using: &random), cost: Double.random(in: 0.4...1.2, using: &random) / most,
                least: Double.random(in: 0.01...0.1, using: &random), wait: Double.random(in: 0.01...0.1, using: &random),
                most: most, swing: Double.random(in: 0.4...0.8, using: &random), median: 0.5 * most)
            let limit = container.least + 3 * container.wait
            let found = CapacityModel(resources: ["cpu"], limit: 0.85, acceptableSeconds: limit)
                .bounds(container.samples(7 * 1440, &random))
            for (resource, truth) in [("cpu", container.loadAt(use: 0.85)), ("latency", container.loadAt(latency: limit))] {
                let bound = try #require(found.first { $0.resource == resource }, "seed \(seed) \(resource)")
                let estimate = bound.requestsPerSecond
                #expect(estimate.low <= estimate.median && estimate.median <= estimate.high)
                if abs(estimate.median / truth - 1) > 0.1 { wrong += 1 }
                bounds += 1
                if estimate.low * 0.98 <= truth, truth <= estimate.high * 1.02 { held += 1 }
            }
            #expect(found.map(\.requestsPerSecond.median) == found.map(\.requestsPerSecond.median).sorted())
        }
        #expect(wrong <= bounds / 20, "\(wrong) of \(bounds) are more than a tenth off")
        #expect(held >= bounds * 7 / 10, "\(held) of \(bounds) intervals hold the truth within two per cent")
    }

    @Test("A queue that is played out event by event has the capacity that theory gives it")
    func queue() throws {
        var random = SeededGenerator(seed: 5)
        let rate = 50.0
        let limit = 0.2
        var samples: [CapacitySample] = []
        var free = 0.0
        var clock = 0.0
        for step in 0..<1500 {
            let arrivals = 22 + 18 * sin(Double(step) / 300)
            let end = clock + 60
            var times: [Double] = []
            var busy = 0.0
            while true {
                clock += -log(Double.random(in: 1e-12...1, using: &random)) / arrivals
                guard clock < end else { break }
                let service = -log(Double.random(in: 1e-12...1, using: &random)) / rate
                free = max(free, clock) + service
                busy += service
                times.append(free - clock)
            }
            clock = end
            times.sort()
            samples.append(
                CapacitySample(
                    load: Double(times.count) / 60, latencySeconds: times[times.count * 95 / 100], utilisation: [busy / 60]))
        }
        let found = CapacityModel(resources: ["cpu"], limit: 0.85, acceptableSeconds: limit).bounds(samples)
        let cpu = try #require(found.first { $0.resource == "cpu" }).requestsPerSecond.median
        #expect(abs(cpu / (0.85 * rate) - 1) < 0.03, "\(cpu)")
        // 95 % of an M/M/1 queue's times are below ln 20 / (rate - arrivals).
        let truth = rate - log(20) / limit
        let latency = try #require(found.first { $0.resource == "latency" }).requestsPerSecond.median
        #expect(abs(latency / truth - 1) < 0.06, "\(latency) against \(truth)")
        #expect(found[0].resource == "latency")
    }

    @Test("A load that hardly changes still tells, with the base taken for nothing")
    func steady() throws {
        var random = SeededGenerator(seed: 1)
        var container = KnownContainer(base: 0, cost: 0.01, least: 0.05, wait: 0.001, most: 1000)
        container.swing = 0.01
        let found = CapacityModel(resources: ["cpu"], limit: 0.85, acceptableSeconds: nil)
            .bounds(container.samples(600, &random))
        let bound = try #require(found.first)
        #expect(found.count == 1 && bound.isExtrapolated)
        #expect(abs(bound.requestsPerSecond.median / 85 - 1) < 0.1, "\(bound)")
    }

    @Test("Memory that is taken whatever the load bounds nothing, and where it follows the load it does")
    func memory() throws {
        var random = SeededGenerator(seed: 6)
        func bound(_ loads: ClosedRange<Double>, _ use: (Double) -> Double) -> LearnedCapacity.Bound? {
            let samples = (0..<3000).map { _ -> CapacitySample in
                let load = Double.random(in: loads, using: &random)
                let noise = Double.random(in: 0.98...1.02, using: &random)
                return CapacitySample(load: load, latencySeconds: .nan, utilisation: [use(load) * noise])
            }
            return CapacityModel(resources: ["memory"], limit: 0.85, acceptableSeconds: nil).bounds(samples).first
        }
        #expect(bound(49...51) { _ in 0.4 } == nil)
        #expect(bound(10...80) { _ in 0.4 } == nil)
        let found = try #require(bound(10...80) { 0.3 + 0.005 * $0 })
        #expect(abs(found.requestsPerSecond.median / 110 - 1) < 0.02, "\(found)")
    }

    @Test("A resource that does not follow the load, and latency that never rose, bound nothing")
    func unrelated() {
        var random = SeededGenerator(seed: 2)
        let samples = (0..<2000).map { _ in
            CapacitySample(
                load: Double.random(in: 10...100, using: &random), latencySeconds: Double.random(in: 0.09...0.11, using: &random),
                utilisation: [Double.random(in: 0...0.5, using: &random), 0.3])
        }
        let found = CapacityModel(resources: ["cpu", "memory"], limit: 0.85, acceptableSeconds: nil).bounds(samples)
        #expect(found.isEmpty, "\(found)")
    }

    @Test("Outliers, gaps and a clipped resource do not mislead it")
    func robust() throws {
        var random = SeededGenerator(seed: 3)
        let container = KnownContainer(base: 0.05, cost: 0.009, least: 0.05, wait: 0.02, most: 120, median: 60)
        var samples = container.samples(5000, &random)
        let clean = try #require(
            CapacityModel(resources: ["cpu"], limit: 0.85, acceptableSeconds: 0.2).bounds(samples).first { $0.resource == "cpu" })
        for index in samples.indices {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: samples[index].utilisation = [0.9]
            case 1: samples[index].utilisation = [1]
            case 2: samples[index].load = .nan
            case 3: samples[index].utilisation = []
            default: break
            }
        }
        let found = try #require(
            CapacityModel(resources: ["cpu"], limit: 0.85, acceptableSeconds: 0.2).bounds(samples).first { $0.resource == "cpu" })
        #expect(abs(found.requestsPerSecond.median / clean.requestsPerSecond.median - 1) < 0.1, "\(found) against \(clean)")
    }

    @Test(
        "Whatever comes in, what comes out is finite and in order",
        arguments: [0, 1, -1, 1e300, .infinity, .nan, .leastNonzeroMagnitude] as [Double])
    func hostile(value: Double) {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<20 {
            let samples = (0..<200).map { _ -> CapacitySample in
                func pick() -> Double { Bool.random(using: &random) ? value : Double.random(in: 0...2, using: &random) }
                return CapacitySample(load: pick(), latencySeconds: pick(), utilisation: [pick()])
            }
            for bound in CapacityModel(resources: ["cpu"], limit: 0.85, acceptableSeconds: 0.5).bounds(samples) {
                let estimate = bound.requestsPerSecond
                #expect(estimate.low.isFinite && estimate.low > 0 && estimate.high.isFinite)
                #expect(estimate.low <= estimate.median && estimate.median <= estimate.high)
            }
        }
        #expect(CapacityModel(resources: [], limit: .nan, acceptableSeconds: nil).bounds([]).isEmpty)
    }
}
