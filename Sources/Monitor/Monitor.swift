import Agent
import Alerting
import AsyncHTTPClient
import Checks
import Execution
import Foundation
import Ingest
import LogQL
import LogStore
package import Logging
import MetricStore
import MonitorAPI
import NIOPosix
import Planning
import PromQL
import ServiceLifecycle
import ServiceMetrics
package import StackConfiguration
import StateStore
import Telemetry
import Topology
package import UnixSignals
import WAF

/// A stack's monitor: everything built from one configuration, run as one service group.
///
/// Services end in the reverse order of their start: the ports first, then what acts, then what evaluates, the stores last, so that
/// what was taken in is flushed.
package struct Monitor: Sendable {
    let configuration: MagewatchConfiguration
    let logger: Logger
    let metrics: SelfMetrics
    let stores: MonitorStores
    let access: AccessMetrics
    let detector: Detector
    let judge: RecordJudge
    /// Asks the name service who claims to be a crawler; nil where it is not to be asked.
    let crawlers: CrawlerVerifier?
    let places: FamiliarPlaceKeeper
    let inventory = InventorySeries()
    let alerts: AlertManager
    let notifier: Notifier
    let forecasts: ForecastService
    let capacity: CapacityService
    /// How agents are spoken to.
    let agentLine: AgentLine
    let executor: Executor
    let sizing: SizingService
    let scaler: Scaler
    let scrapes = ScrapeBoard()
    /// The services of this very machine.
    let machineServices: ServiceWatch?
    /// Keys of bouncers by their names.
    let bouncerKeys: [String: String]
    let startedAt = SystemClock.milliseconds()
    let onListening: @Sendable (Listening) -> Void

    /// Where the monitor listens.
    package enum Listening: Sendable {
        case ingest(String)
        case api(String)
        case authority(String)
    }

    /// Opens the stores and builds every service; nothing runs yet.
    package init(
        _ configuration: MagewatchConfiguration, logger: Logger, onListening: @escaping @Sendable (Listening) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        machineServices =
            configuration.builtInAgent.isEnabled
            ? ServiceWatch(server: ProcessInfo.processInfo.hostName, logger: logger) : nil
        bouncerKeys = try Monitor.readBouncerKeys(configuration.bouncers)
        let metrics = SelfMetrics()
        self.metrics = metrics
        let stores = try MonitorStores(configuration, metrics: metrics) { logger.warning("\($0)") }
        self.stores = stores
        try Inventory.load(configuration, into: stores.state)
        let policy = PlanningPolicy(configuration)
        // The checks of databases log in as nobody, so that they are no broken handshakes: that is no attack.
        let crawlers = Monitor.crawlerVerifier(configuration.waf, metrics: metrics)
        self.crawlers = crawlers
        let detector = Detector(
            exempt: policy.allow.compactMap(NetworkRange.init) + Monitor.ownAddresses(),
            crawlers: crawlers == nil ? [] : Crawler.shipped, onQuestion: { crawlers?.wake() })
        detector.use(try OriginFiles.load(configuration.waf))
        self.detector = detector
        places = try FamiliarPlaceKeeper(detector: detector, state: stores.state) { logger.warning("\($0)") }
        judge = RecordJudge(detector: detector, metrics: metrics)
        access = AccessMetrics(next: stores.logs, observer: judge)
        notifier = Notifier(receivers: Monitor.receivers(configuration), metrics: metrics)
        alerts = try AlertManager(
            groups: try RuleFiles.load(directory: configuration.alerts.rulesDirectory),
            defaultInterval: Milliseconds(configuration.evaluationSeconds * 1000),
            query: PromQLEngine(source: stores.metrics, options: configuration.metrics.queryOptions).ruleQuery,
            state: stores.state, sink: stores.metrics, notifier: notifier,
            metrics: metrics, externalURL: "http://\(configuration.api)")
        let forecasts = ForecastService(
            source: stores.metrics, sink: stores.metrics, leadsSeconds: configuration.forecast.leadsSeconds,
            limit: configuration.forecast.limit, stepSeconds: configuration.forecast.intervalSeconds,
            historySeconds: configuration.forecast.historySeconds,
            events: configuration.knownEvents(at: SystemClock.milliseconds()), metrics: metrics)
        self.forecasts = forecasts
        capacity = CapacityService(
            source: stores.metrics, sink: stores.metrics, limit: configuration.forecast.limit,
            acceptableSeconds: Dictionary(
                uniqueKeysWithValues: configuration.forecast.acceptableLatencySeconds.map { ($0.key.rawValue, $0.value) }),
            stepSeconds: configuration.forecast.intervalSeconds, historySeconds: configuration.forecast.historySeconds,
            metrics: metrics)
        let sizing = SizingService(
            configuration, state: stores.state, source: stores.metrics, sink: stores.metrics,
            capacities: { [capacity] in capacity.capacities() }, metrics: metrics)
        self.sizing = sizing
        let agentLine = try AgentLine(configuration, state: stores.state, at: Date())
        self.agentLine = agentLine
        executor = try Monitor.makeExecutor(configuration, stores, agentLine, metrics: metrics, logger: logger)
        scaler = Scaler(
            policy: policy, stackName: configuration.stack, state: stores.state, executor: executor,
            series: stores.metrics, forecasts: { forecasts.forecasts() }, sizing: { sizing.sizing },
            reviewBan: BanReviewer(
                logs: stores.logs, detector: detector, limits: BanToll.Limits(configuration.bans)
            ).review,
            crawlers: { detector.crawlers(at: SystemClock.nanoseconds()).map(\.description) },
            answers: Monitor.prober(configuration, agentLine), serves: Monitor.containerProber(),
            schedules: configuration.scaler.schedules,
            attachSeconds: configuration.scaler.attachSeconds, offset: SystemClock.offset(ofZone: configuration.scaler.timeZone),
            metrics: metrics, logger: logger)
    }

    /// Runs until the service group is stopped, then flushes and closes the stores.
    package func run(signals: ServiceSignals) async throws {
        try await executor.resume()
        var configuration = ServiceGroupConfiguration(
            services: services().map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) }, logger: logger)
        configuration.gracefulShutdownSignals = signals.stop
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        var failure: (any Error)?
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            failure = error
        }
        do {
            try places.keep()
        } catch {
            failure = failure ?? error
        }
        try stores.close()
        if let failure { throw failure }
        logger.notice("stopped; everything is flushed")
    }

    private func services() -> [any Service] {
        let seconds = configuration.evaluationSeconds
        let serviceChecks = serviceChecks()
        var services: [any Service] = [
            PeriodicService("store maintenance", everySeconds: 1, metrics: metrics, logger: logger, maintain),
            PeriodicService("service metrics", everySeconds: 5, metrics: metrics, logger: logger) { machineServices?.ask() },
            PeriodicService("self observation", everySeconds: min(seconds, 5), metrics: metrics, logger: logger, observeSelf),
            // Who attacks is banned within seconds of it.
            PeriodicService("offenders", everySeconds: min(seconds, 1), metrics: metrics, logger: logger) {
                let scores = detector.scores(at: SystemClock.milliseconds())
                if !scores.isEmpty { _ = try await stores.metrics.append(scores) }
            },
            PeriodicService("forecast", everySeconds: configuration.forecast.intervalSeconds, metrics: metrics, logger: logger) {
                try await forecasts.forecast(at: SystemClock.milliseconds())
            },
            PeriodicService("capacity", everySeconds: CapacityService.intervalSeconds, metrics: metrics, logger: logger) {
                try await capacity.learn(at: SystemClock.milliseconds())
            },
            PeriodicService("sizing", everySeconds: configuration.scaler.tickSeconds, metrics: metrics, logger: logger) {
                try await sizing.tick(at: SystemClock.milliseconds())
            },
            // Each group has an interval of its own; this is only how often it is looked at.
            PeriodicService("rules", everySeconds: min(seconds, 1), metrics: metrics, logger: logger, evaluate),
            PeriodicService("release", everySeconds: max(1, seconds), metrics: metrics, logger: logger) {
                try await scaler.release(at: SystemClock.milliseconds())
            },
            PeriodicService("service checks", everySeconds: ServiceChecks.intervalSeconds, metrics: metrics, logger: logger) {
                try await serviceChecks.probe(at: SystemClock.milliseconds())
            },
            PeriodicService(
                "familiar places", everySeconds: FamiliarPlaceKeeper.intervalSeconds, metrics: metrics, logger: logger,
                places.keep),
            RunningService { await judge.run() },
            RunningService { await crawlers?.run(detector) },
            RunningService { await notifier.run() },
            RunningService { await reloadOnHangup() },
            RunningService { try await agentLine.scraping(logger: logger) { try await scraper($0).run() } },
            RunningService(endsItself: true) { try await serveAuthority() },
            RunningService { try await checks().run() },
        ]
        if configuration.builtInAgent.isEnabled { services += localAgent() }
        return services + ports()
    }

    /// The API opens once the ingest port has: whoever is answered can send, and a port that can't be had is told once and alone.
    private func ports() -> [any Service] {
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        return [
            RunningService(endsItself: true) {
                var first = opened.makeAsyncIterator()
                guard await first.next() != nil else { return try await gracefulShutdown() }
                try await serveAPI()
            },
            RunningService {
                defer { open.finish() }
                try await serveIngest { open.yield() }
            },
        ]
    }

    /// One turn of the rules: evaluate, then act on what fires.
    private func evaluate() async throws {
        let now = SystemClock.milliseconds()
        try await alerts.evaluate(at: now)
        try await scaler.act(on: await alerts.orders(at: now), at: now)
    }

    /// On SIGHUP the rule files and the databases of addresses are read again; where one is wrong, what is in force stays.
    private func reloadOnHangup() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            do {
                let groups = try RuleFiles.load(directory: configuration.alerts.rulesDirectory)
                try await alerts.replaceGroups(groups)
                logger.notice("rules read again: \(groups.reduce(0) { $0 + $1.rules.count }) rules in \(groups.count) groups")
            } catch {
                metrics.add("magewatch_reload_failures_total")
                logger.error("the rules in force stay, as the files can't be used: \(error)")
            }
            do {
                detector.use(try OriginFiles.load(configuration.waf))
            } catch {
                metrics.add("magewatch_reload_failures_total")
                logger.error("the databases of addresses in force stay: \(error)")
            }
        }
    }

    private func maintain() async throws {
        let stores = self.stores
        try await NIOThreadPool.singleton.runIfActive {
            let now = SystemClock.nanoseconds()
            // One store that fails must not keep the others from being maintained.
            var failures: [any Error] = []
            let works: [() throws -> Void] = [
                { try stores.metrics.maintain(now: now / 1_000_000) }, { try stores.logs.maintain(now: now) },
                { try stores.state.billLeases(at: now / 1_000_000) },
            ]
            for work in works {
                do {
                    try work()
                } catch {
                    failures.append(error)
                }
            }
            if let failure = failures.first { throw failure }
        }
    }

    private func observeSelf() async throws {
        let host = configuration.builtInAgent.isEnabled ? HostCollector(server: hostName, services: machineServices) : nil
        try await SelfObservation(
            sink: stores.metrics, metrics: metrics, stores: stores, access: access, detector: detector, inventory: inventory,
            stackName: configuration.stack, host: host
        ).write(at: SystemClock.milliseconds())
    }
}

/// Signals that end the monitor.
package struct ServiceSignals: Sendable {
    package var stop: [UnixSignal]

    package init(stop: [UnixSignal]) {
        self.stop = stop
    }
}

/// A service that runs until it is cancelled, which a graceful stop does.
struct RunningService: Service {
    private let endsItself: Bool
    private let body: @Sendable () async throws -> Void

    /// - Parameter endsItself: the body heeds a graceful stop and need not be cancelled.
    init(endsItself: Bool = false, _ body: @escaping @Sendable () async throws -> Void) {
        self.endsItself = endsItself
        self.body = body
    }

    func run() async throws {
        let body = self.body
        if endsItself { return try await body() }
        do {
            try await cancelWhenGracefulShutdown { try await body() }
            // With nothing to do (no targets, no checks) the service waits for the end like the others.
            try await gracefulShutdown()
        } catch is CancellationError {
            return
        }
    }
}
