import AgentContract
import Checks
import Execution
import Logging
import MetricStore
import Planning
import StackConfiguration
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

@testable import Monitor

/// A stack of one load balancer, one member and one overflow server, configured as text.
let stackText = """
    stack: shop
    forecast: { interval: 2s, leads: [15s, 60s], history: 10m }
    scaler: { billed-period: 60s, release-window: 10s, maximum-overflow-servers: 1, cool-down: 5s }
    allow: [192.0.2.99]
    roles:
      web: { cores: 0.5, memory: 128MiB, addresses: [10.77.0.100-10.77.0.109/24], health: /health, minimum: 1, maximum: 4,
             load-balancers: [ { server: lb1, pool: web } ] }
    servers:
      - { name: lb1, address: 10.77.0.10, cores: 0.2, memory: 64MiB }
      - { name: s1, address: 10.77.0.11, cores: 0.5, memory: 512MiB }
      - { name: o1, kind: overflow, address: 10.77.0.21, cores: 2, memory: 1GiB }
    containers:
      - { name: web1, role: web, server: s1, address: 10.77.0.31/24 }
    """

/// Does every step at once and remembers it.
final class WillingAgents: StepPerformer {
    private let seen = Mutex<[(server: String, step: Step)]>([])

    var steps: [(server: String, step: Step)] { seen.withLock { $0 } }

    func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        seen.withLock { $0.append((server, request.step)) }
        return StepAnswer(id: request.id, outcome: .done, message: "done", durationSeconds: 0)
    }
}

@Suite("The scaler acts on alerts")
struct ScalerTests {
    let directory: TemporaryDirectory
    let configuration: MagewatchConfiguration
    let stores: MonitorStores
    let agents = WillingAgents()
    let metrics = SelfMetrics()
    let executor: Executor

    init() throws {
        directory = try TemporaryDirectory("monitor")
        var configuration = try ConfigurationFile.parse(stackText, file: "m.yaml")
        configuration.dataDirectory = directory.path
        self.configuration = configuration
        stores = try MonitorStores(configuration, metrics: SelfMetrics()) { _ in }
        try Inventory.load(configuration, into: stores.state)
        executor = try Executor(
            state: stores.state, performer: agents,
            pool: LedgerServerPool(servers: configuration.servers, billedPeriodSeconds: 60, state: stores.state),
            metrics: SelfMetrics())
    }

    func scaler(_ mode: GuardRails.Mode) -> Scaler {
        var policy = PlanningPolicy(configuration)
        policy.guardRails.mode = mode
        return Scaler(
            policy: policy, stackName: "shop", state: stores.state, executor: executor,
            series: stores.metrics, forecasts: { [] }, metrics: SelfMetrics(),
            logger: Logger(label: "test"))
    }

    func alert(_ labels: Labels) -> Alert {
        Alert(labels: labels, state: .firing, value: 0.95, activeAt: 0, firedAt: 0)
    }

    @Test("A scale alert leases the overflow server, starts a container there and gives it traffic")
    func scaleOut() async throws {
        _ = try await stores.metrics.append(
            Self.batch([["__name__": "magewatch:role_utilisation:ratio", "role": "web"]: 0.95], at: SystemClock.milliseconds()))
        try await scaler(.act).act(
            on: [alert(["alertname": "RoleSaturated", "action": "scale", "role": "web"])], at: SystemClock.milliseconds())
        await executor.waitUntilIdle()
        #expect(agents.steps.map(\.step.name).contains("start_container"))
        #expect(agents.steps.last?.step.name == "add_backend")
        #expect(agents.steps.last?.server == "lb1")
        let stack = try stores.state.stack(named: "shop")
        #expect(stack.leases.map(\.server) == ["o1"])
        #expect(stack.containers(on: "o1").count == 1)
        #expect(try await executor.reports().first?.state == "done")
    }

    @Test("The greetings of the configuration are those that checks know")
    func greetings() {
        #expect(MagewatchConfiguration.Check.Greeting.allCases.map(\.rawValue) == Greeting.allCases.map(\.rawValue))
    }

    @Test("In mode observe nothing is done; in mode ask it waits for an approval")
    func modes() async throws {
        let order = [alert(["alertname": "RoleSaturated", "action": "scale", "role": "web"])]
        let now = SystemClock.milliseconds()
        _ = try await stores.metrics.append(
            Self.batch([["__name__": "magewatch:role_utilisation:ratio", "role": "web"]: 0.95], at: now))
        try await scaler(.observe).act(on: order, at: now)
        #expect(try await executor.reports().isEmpty)
        try await scaler(.ask).act(on: order, at: now)
        let proposed = try #require(try await executor.reports().first)
        #expect(proposed.state == "proposed")
        #expect(agents.steps.isEmpty)
        try await executor.approve(proposed.plan.id)
        await executor.waitUntilIdle()
        #expect(!agents.steps.isEmpty)
    }

    @Test("An offender is banned at the load balancer; an allowed address is not")
    func bans() async throws {
        let scaler = scaler(.act)
        for address in ["198.51.100.7", "192.0.2.99", "10.77.0.11"] {
            let order = alert(["alertname": "OffenderFound", "action": "ban", "address": address])
            try await scaler.act(on: [order], at: SystemClock.milliseconds())
        }
        await executor.waitUntilIdle()
        #expect(agents.steps.count == 1)
        guard case .ban(let address, _, _) = try #require(agents.steps.first).step else {
            Issue.record("not a ban: \(agents.steps)")
            return
        }
        #expect(address == "198.51.100.7")
        #expect(try stores.state.bans(inForceAt: SystemClock.milliseconds()).map(\.address) == ["198.51.100.7"])
    }

    @Test("A container that runs where the inventory does not have it is stopped, once, when its successor is seen")
    func strays() async throws {
        var moved = try #require(try stores.state.container("web1"))
        moved.server = "o1"
        try stores.state.putContainer(moved)
        let order = [alert(["alertname": "ContainerStray", "action": "rebalance", "container": "web1", "server": "s1"])]
        let now = SystemClock.milliseconds()
        func seen(on server: String) -> Labels {
            ["__name__": "magewatch_container_up", "container": "web1", "role": "web", "server": server]
        }
        _ = try await stores.metrics.append(Self.batch([seen(on: "s1"): 1], at: now))
        let scaler = scaler(.act)
        try await scaler.act(on: order, at: now)
        await executor.waitUntilIdle()
        #expect(agents.steps.isEmpty)
        _ = try await stores.metrics.append(Self.batch([seen(on: "o1"): 1], at: now))
        for later in 0..<3 as Range<Milliseconds> {
            try await scaler.act(on: order, at: now + later)
            await executor.waitUntilIdle()
        }
        #expect(agents.steps.map(\.step.name) == ["stop_container", "start_container"])
        #expect(agents.steps.map(\.server) == ["s1", "o1"])
    }

    static func batch(_ values: [Labels: Double], at time: Milliseconds) -> SampleBatch {
        var batch = SampleBatch()
        for (labels, value) in values { batch.append(labels, value, at: time) }
        return batch
    }
}

@Suite("The inventory as series")
struct InventorySeriesTests {
    @Test("What is not so any more is ended, so that rules see one state of a container")
    func ended() {
        let series = InventorySeries()
        let limits = Resources(cores: 1, memoryBytes: 1)
        var web = Container(
            name: "web1", role: .web, server: "s1", address: "10.0.0.1/24", port: 80, limits: limits, image: "web")
        func states(_ batch: SampleBatch) -> [String: Bool] {
            Dictionary(
                uniqueKeysWithValues: batch.series.map { one in
                    let labels = batch.labels(of: one)
                    let isLive = !batch.values[one.samples.lowerBound].isNaN
                    return ("\(labels["container"] ?? "") \(labels["server"] ?? "") \(labels["state"] ?? "")", isLive)
                })
        }
        #expect(states(series.snapshot(Stack(name: "x", containers: [web]), at: 1)) == ["web1 s1 running": true])
        web.state = .failed
        let second = states(series.snapshot(Stack(name: "x", containers: [web]), at: 2))
        #expect(second == ["web1 s1 running": false, "web1 s1 failed": true])
        #expect(states(series.snapshot(Stack(name: "x"), at: 3)) == ["web1 s1 failed": false])
        #expect(series.snapshot(Stack(name: "x"), at: 4).isEmpty)
    }
}

@Suite("The inventory follows the configuration")
struct InventoryTests {
    @Test("Containers that were moved stay where they are; new ones are added, dropped ones go")
    func reload() throws {
        let state = try StateStore()
        var configuration = try ConfigurationFile.parse(stackText, file: "m.yaml")
        try Inventory.load(configuration, into: state)
        var moved = try #require(try state.container("web1"))
        moved.server = "o1"
        try state.putContainer(moved)
        var second = moved
        second.name = "web2"
        configuration.containers.append(second)
        try Inventory.load(configuration, into: state)
        #expect(try state.container("web1")?.server == "o1")
        #expect(try state.container("web2") != nil)
        configuration.containers.removeAll { $0.name == "web1" }
        try Inventory.load(configuration, into: state)
        #expect(try state.container("web1") == nil)
    }

    @Test("The policy is the configuration's")
    func policy() throws {
        let policy = PlanningPolicy(try ConfigurationFile.parse(stackText, file: "m.yaml"))
        #expect(policy.billedPeriodSeconds == 60)
        #expect(policy.horizonSeconds == 60)
        #expect(policy.banServers == ["lb1"])
        #expect(policy.allow.contains("10.77.0.11"))
        #expect(policy.roles[.web]?.addresses.count == 10)
    }
}

@Suite("Forecasts are written back as series")
struct ForecastServiceTests {
    @Test("A role's recorded utilisation becomes forecast series")
    func writesBack() async throws {
        let directory = try TemporaryDirectory("forecast")
        let store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        let now = SystemClock.milliseconds()
        var batch = SampleBatch()
        batch.append(
            ["__name__": "magewatch:role_utilisation:ratio", "role": "web"],
            (0..<120).map { Sample(now - Milliseconds(120 - $0) * 1000, 0.2 + Double($0) * 0.005) })
        _ = try await store.append(batch)
        let service = ForecastService(
            source: store, sink: store, leadsSeconds: [15, 60], limit: 0.85, stepSeconds: 2, historySeconds: 600,
            metrics: SelfMetrics())
        try await service.forecast(at: now)
        #expect(service.forecasts().map(\.role) == ["web"])
        let readers = try store.select(
            [.equal("__name__", "magewatch_forecast"), .equal("lead", "1m")], in: now - 1000...now + 1000)
        #expect(readers.count == RoleForecasterQuantiles.count)
        try store.close()
    }

    @Test("A restart learns from the store, other resources are forecast too, and a signal that ended is let go")
    func restart() async throws {
        let directory = try TemporaryDirectory("forecast")
        let store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        let now: Milliseconds = 1_700_000_000_000
        var batch = SampleBatch()
        for (name, extra) in [("role_utilisation", [:]), ("role_resource_utilisation", ["resource": "memory"])]
            as [(String, [String: String])]
        {
            let labels = Labels(
                [Label("__name__", "magewatch:\(name):ratio"), Label("role", "web")] + extra.map { Label($0.key, $0.value) })
            batch.append(labels, (0..<800).map { Sample(now - Milliseconds(800 - $0) * 60_000, 0.3 + Double($0 % 60) * 0.001) })
        }
        _ = try await store.append(batch)
        let service = service(store)
        try await service.forecast(at: now)
        #expect(service.forecasts().map(\.signal) == ["memory", "utilisation"])
        // 800 minutes are more than a quarter of a day: the short layer speaks, and knows how it has done.
        let forecast = try #require(service.forecasts().last)
        #expect(forecast.weights.contains { $0.layer == "short" } && forecast.weights.contains { $0.layer == "long" })
        #expect(forecast.records.first?.count ?? 0 > 700)
        let second = self.service(store)
        try await second.forecast(at: now)
        #expect(second.forecasts().map(\.paths) == service.forecasts().map(\.paths))
        #expect(service.paths(role: "web", horizonSeconds: 7200).map { $0.leadsSeconds.last } == [7200, 7200])
        try await service.forecast(at: now + 600_000)
        #expect(service.forecasts().isEmpty)
        try store.close()
    }

    @Test("A known event lifts the forecasts of its role from what it did before")
    func events() async throws {
        let directory = try TemporaryDirectory("forecast")
        let store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        let now: Milliseconds = 1_700_000_000_000
        let day: Milliseconds = 86_400_000
        // Ten days of minutes; the event of five days ago doubled an hour.
        let before = now - 5 * day
        let samples = (1...14_400).map { step in
            let time = now - Milliseconds(14_400 - step) * 60_000
            return Sample(time, (0.2 + 0.01 * Double(step % 7)) * ((before + 1..<before + 3_600_000).contains(time) ? 2 : 1))
        }
        var batch = SampleBatch()
        batch.append(["__name__": "magewatch:role_utilisation:ratio", "role": "web"], samples)
        _ = try await store.append(batch)
        func forecast(_ events: [KnownEvent]) async throws -> (Forecast, ForecastService) {
            let service = ForecastService(
                source: store, sink: store, leadsSeconds: [60, 900, 3600], limit: 0.85, stepSeconds: 60,
                historySeconds: 10 * 86_400, events: events, metrics: SelfMetrics())
            try await service.forecast(at: now)
            return (try #require(service.forecasts().first), service)
        }
        let (usual, _) = try await forecast([])
        let event = KnownEvent(name: "sale", role: "web", starts: [before, now + 600_000], seconds: 3600)
        let (lifted, service) = try await forecast([event])
        let ahead = try #require(lifted.events?.first)
        #expect(ahead.times == 1 && abs(ahead.lift / 2 - 1) < 0.05 && ahead.start == now + 600_000, "\(ahead)")
        for (one, other) in zip(usual.paths, lifted.paths) where one.quantile == 0.5 {
            #expect(other.values[0] == one.values[0])
            #expect(abs(other.values[1] / one.values[1] - ahead.lift) < 1e-9)
        }
        #expect(lifted.events == [ahead] && usual.events == nil)
        let path = try #require(service.paths(role: "web", horizonSeconds: 7200).first)
        #expect(path.events == [ahead])
        try store.close()
    }

    private func service(_ store: MetricStore) -> ForecastService {
        ForecastService(
            source: store, sink: store, leadsSeconds: [60, 900, 3600], limit: 0.85, stepSeconds: 60, historySeconds: 86_400,
            metrics: SelfMetrics())
    }

    /// As many as a forecast has paths.
    private enum RoleForecasterQuantiles { static let count = 5 }
}
