import AgentContract
import Planning
import Telemetry
import TestKit
import Testing
import Topology

@Suite("A running role is sized as the simulation sizes it", .ownThread)
struct RoleSizerTests {
    private let rules = FleetRules(tickSeconds: 60, ownedServers: 2, attachSeconds: 60, billedPeriodSeconds: 3600)

    private func demand(_ ticks: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<ticks).map { tick in
            let place = Double(tick % 1440) / 1440
            return 0.5 + 10 * place * (1 - place) + Double.random(in: 0...0.4, using: &generator)
        }
    }

    @Test("Tick by tick it decides what ShadowScaler decides in the simulation", arguments: [1, 2] as [UInt64])
    func sameAsSimulation(seed: UInt64) {
        let demand = demand(1440 * 3, seed: seed)
        var scaler = ShadowScaler(rules: rules)
        var sizer = RoleSizer(rules: rules, containerCores: 2, saturation: 0.85)
        for (tick, value) in demand.enumerated() {
            let expected = scaler.decide()
            // The tick before is taken, this one is decided: what served does not change between the two.
            let sizing = sizer.tick(
                demandCores: tick == 0 ? 0 : demand[tick - 1] * sizer.unitCores, readyCores: tick == 0 ? 0 : 8)
            #expect(sizing.launchContainers == expected.launchBound, "seed \(seed), tick \(tick)")
            #expect(sizing.keepContainers == expected.keepBound, "seed \(seed), tick \(tick)")
            scaler.observe(demand: value, readyServers: 4)
        }
    }

    @Test("A restart that replays the recorded demand goes on where it was")
    func replay() {
        let demand = demand(1440 * 2, seed: 3)
        var running = RoleSizer(rules: rules, containerCores: 1, saturation: 1)
        running.learn(demand)
        var restarted = RoleSizer(rules: rules, containerCores: 1, saturation: 1)
        restarted.learn(demand)
        for value in self.demand(300, seed: 4) {
            #expect(
                running.tick(demandCores: value, readyCores: 4) == restarted.tick(demandCores: value, readyCores: 4))
        }
    }

    @Test("A measure at its end is taken for more; none is none")
    func demandOfCores() {
        #expect(RoleSizer.demandCores(utilisation: 0.5, cores: 4) == 2)
        #expect(RoleSizer.demandCores(utilisation: 1, cores: 4) == 5)
        for utilisation in [nil, .nan, .infinity, -0.1] as [Double?] {
            #expect(RoleSizer.demandCores(utilisation: utilisation, cores: 4) == nil)
        }
        #expect(RoleSizer.demandCores(utilisation: 0.5, cores: 0) == nil)
    }

    @Test("What can't be measured or counted leaves a finite wish")
    func nasty() {
        var sizer = RoleSizer(rules: rules, containerCores: .nan, saturation: 0)
        for demand in [nil, .nan, 1e300, -1, 0] as [Double?] {
            let sizing = sizer.tick(demandCores: demand, readyCores: 1e300, missed: 1_000_000)
            #expect((2...FleetRules.maximumServers + 1).contains(sizing.launchContainers))
        }
    }

    private func sizing(_ launch: Int, keep: Int) -> RoleSizing {
        RoleSizing(
            launchContainers: launch, keepContainers: keep, demandContainers: 2, pricePeriods: 3, sizing: "peak + 30 %")
    }

    @Test(
        "A sized role gets what its shadow fleets want, or what the alert's own utilisation would saturate",
        arguments: [(3, Double.nan, 1), (4, 0.9, 2), (2, 0.9, 1), (2, 1.3, 2), (2, 0.5, 0), (9, 0.5, 4)])
    func launch(wanted: Int, alerted: Double, added: Int) {
        var input = House.input(utilisation: 0.9)
        input.sizing = [.web: sizing(wanted, keep: wanted)]
        let outcome = House.plan(for: House.alert("scale", ["role": "web"], value: alerted), input)
        #expect(House.names(outcome.plan).count { $0.contains("start_container") } == added)
        if added == 0 { #expect(outcome.refusal?.code == .underWay) }
        if let plan = outcome.plan { #expect(plan.decision.evidence.contains { $0.name == "sizing" }) }
    }

    @Test("A server goes back when its role may do without it", arguments: [(2, true), (3, false)])
    func keep(kept: Int, goes: Bool) {
        var input = House.input(utilisation: 0.6)
        input.stack.containers.append(House.container("web3", on: "o1"))
        input.stack.leases = [Lease(server: "o1", from: input.now - 3_500_000, fencingToken: 1)]
        input.sizing = [.web: sizing(2, keep: kept)]
        #expect((Planner.release("o1", input).plan != nil) == goes)
    }
}
