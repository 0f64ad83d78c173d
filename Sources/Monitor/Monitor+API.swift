import AgentContract
import Alerting
import Execution
import LogQL
import LogStore
import MonitorAPI
import Planning
import PromQL
import StackConfiguration
import StateStore
import Telemetry

extension Monitor {
    /// What the API serves, wired to the rooms that know it.
    func apiServices() -> APIServices {
        let (state, alerts, executor, forecasts, scaler) = (stores.state, alerts, executor, forecasts, scaler)
        let name = configuration.stack
        let seconds = configuration.evaluationSeconds
        return APIServices(
            series: stores.metrics, logs: stores.logs,
            promQL: PromQLEngine(source: stores.metrics, options: configuration.metrics.queryOptions, reuse: RangeReuse()),
            logQL: LogQLEngine(source: stores.logs, options: Monitor.logQLOptions), metrics: metrics,
            stack: { try state.stack(named: name) },
            plans: { try await executor.reports(limit: 1000) },
            approvePlan: { id, actor in
                do {
                    try await executor.approve(id, by: actor)
                } catch let error as ExecutionError {
                    throw APIError(.execution, error.message)
                }
            },
            bans: {
                try state.bans(inForceAt: SystemClock.milliseconds()).map {
                    BanReport(address: $0.address, reason: $0.reason, from: $0.from, until: $0.until)
                }
            },
            bansSince: { time in
                try state.bans(inForceAt: time).map {
                    BanReport(address: $0.address, reason: $0.reason, from: $0.from, until: $0.until)
                }
            },
            bouncerKeys: bouncerKeys,
            forecasts: { forecasts.forecasts() },
            capacities: { [capacity] in capacity.capacities(role: $0) },
            forecastPaths: { forecasts.paths(role: $0, horizonSeconds: $1) },
            alerts: { await alerts.active() },
            receiveAlerts: { try await alerts.receive($0, at: SystemClock.milliseconds()) },
            rules: { Monitor.reports(await alerts.groups, defaultSeconds: seconds) },
            silences: { await alerts.allSilences().map(Monitor.report) },
            createSilence: { try await alerts.putSilence(Monitor.record($0)) },
            expireSilence: { try await alerts.expireSilence($0, at: SystemClock.milliseconds()) },
            targets: { targetReports() }, status: { status() }, exemplars: stores.metrics,
            metadata: ScrapedMetadata(board: scrapes), cardinality: stores.metrics,
            attacks: DetectedAttacks(detector: detector, access: access),
            administration: configuration.allowsStoreOrders ? storeAdministration : nil,
            logDeletions: configuration.allowsStoreOrders ? LogStoreOrders(store: stores.logs, state: state) : nil,
            orders: MonitorOrders(scaler: scaler, executor: executor, state: state), scaler: monitorScaler,
            tail: { [logs = stores.logs] in logs.subscribe() }, alertReceivers: alertReceivers)
    }

    private var monitorScaler: MonitorScaler {
        MonitorScaler(
            scaler: scaler, executor: executor,
            reporter: ScalerReporter(
                configuration: configuration, state: stores.state, source: stores.metrics,
                rails: PlanningPolicy(configuration).guardRails))
    }

    private var storeAdministration: any StoreAdministration {
        StoreOrders(metrics: stores.metrics, logs: stores.logs, snapshotsDirectory: stores.snapshotDirectory)
    }

    /// As many entries as the API lets a query ask for.
    private static var logQLOptions: LogQLEngine.Options {
        var options = LogQLEngine.Options()
        options.maximumEntries = 50_000
        return options
    }

    private static func reports(_ groups: [RuleGroup], defaultSeconds: Double) -> [RuleGroupReport] {
        groups.map { group in
            RuleGroupReport(
                name: group.name, file: group.file, intervalSeconds: group.interval.map { Double($0) / 1000 } ?? defaultSeconds,
                rules: group.rules.map { rule in
                    RuleGroupReport.Rule(
                        name: rule.name, isAlert: rule.kind == .alert, expression: rule.expression,
                        holdSeconds: Double(rule.holdFor) / 1000, labels: rule.labels.mapValues(\.source),
                        annotations: rule.annotations.mapValues(\.source))
                })
        }
    }

    private static func report(_ silence: SilenceRecord) -> SilenceReport {
        SilenceReport(
            id: silence.id, matchers: silence.matchers, startsAt: silence.startsAt, endsAt: silence.endsAt,
            createdBy: silence.createdBy, comment: silence.comment)
    }

    private static func record(_ silence: SilenceReport) -> SilenceRecord {
        SilenceRecord(
            id: silence.id, matchers: silence.matchers, startsAt: silence.startsAt, endsAt: silence.endsAt,
            createdBy: silence.createdBy, comment: silence.comment)
    }
}
