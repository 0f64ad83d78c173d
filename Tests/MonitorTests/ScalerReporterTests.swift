import AgentContract
import Foundation
import MetricStore
import Planning
import StackConfiguration
import StateStore
import Telemetry
import TestKit
import Testing
import Topology

@testable import Monitor

@Suite("What became of decisions, from the stores", .ownThread)
struct ScalerReporterTests {
    @Test("The report joins recorded demand, plans and the ledger, by role and time")
    func report() async throws {
        let directory = try TemporaryDirectory("report")
        var configuration = try ConfigurationFile.parse(stackText, file: "m.yaml")
        configuration.dataDirectory = directory.path
        configuration.scaler.pricePerServerHour = 60
        let stores = try MonitorStores(configuration, metrics: SelfMetrics()) { _ in }
        try Inventory.load(configuration, into: stores.state)
        let now: Milliseconds = 1_700_000_000_000
        let hour = now - 3_600_000
        // Half an hour of one container's worth and a little, of which the last twenty minutes had two.
        var batch = SampleBatch()
        for tick in 1...120 {
            let time = hour + Milliseconds(tick) * 15_000
            let demand = tick < 80 ? 0.3 : 0.6
            batch.append(["__name__": SizingService.demandMetric, "role": "web"], demand, at: time)
            batch.append(["__name__": "magewatch_scaler_containers", "role": "web"], tick < 84 ? 1 : 2, at: time)
        }
        _ = try await stores.metrics.append(batch)
        let created = hour + 80 * 15_000
        let plan = Plan(
            id: "scale-out-web-\(created)", purpose: .scaleOut, role: .web, createdAt: created,
            steps: [PlannedStep(.putContainer(House.container))], decision: Decision(summary: "", billedPeriods: 1))
        try stores.state.addPlan(try PlanRecord.of(plan))
        try stores.state.setPlan(plan.id, .running, at: created)
        try stores.state.setPlan(plan.id, .done, at: created + 50_000)
        _ = try stores.state.beginLease(of: "o1", at: created, periodSeconds: 60, plan: plan.id)
        _ = try stores.state.endLease(of: "o1", at: created + 100_000)
        _ = try stores.state.beginLease(of: "o1", at: hour - 7_200_000, periodSeconds: 60, plan: "release-o1-5")
        _ = try stores.state.endLease(of: "o1", at: hour - 7_100_000)
        let reporter = ScalerReporter(
            configuration: configuration, state: stores.state, source: stores.metrics,
            rails: PlanningPolicy(configuration).guardRails)
        let report = try await reporter.report(sinceSeconds: 3600, role: nil, at: now)
        #expect(report.billedPeriods == 2 && report.money == 2 && report.currency == "EUR")
        let web = try #require(report.roles.first)
        #expect(web.role == .web && web.ownedContainers == 1 && web.containersPerServer == 4)
        #expect(abs(web.days - 120 * 15 / 86_400) < 1e-9)
        #expect(web.policies[0].periods == 2 && web.policies[0].money == 2)
        // 0.6 cores are more than the 0.425 that one container gives: one minute before the second one served.
        #expect(web.policies[0].saturatedMinutes >= 1 && web.policies[0].saturatedMinutes <= 2)
        let decision = try #require(web.decisions.first)
        #expect(decision.plan == plan.id && decision.verdict.hasPrefix("all needed"))
        #expect(try await reporter.report(sinceSeconds: 3600, role: .db, at: now).roles.isEmpty)
        #expect(try await reporter.report(sinceSeconds: 60, role: nil, at: now).roles.isEmpty)
    }

    private enum House {
        static let container = Container(
            name: "web2", role: .web, server: "o1", address: "10.77.0.100/24", port: 80,
            limits: Resources(cores: 0.5, memoryBytes: 1 << 27), image: "web")
    }
}
