import AgentContract
import Alerting
import Execution
import LogQL
import MonitorAPI
import PromQL
import StateStore
import Telemetry

extension Monitor {
    /// What the API serves, wired to the rooms that know it.
    func apiServices() -> APIServices {
        let (state, alerts, executor, forecasts) = (stores.state, alerts, executor, forecasts)
        let name = configuration.stack
        return APIServices(
            series: stores.metrics, logs: stores.logs, promQL: PromQLEngine(source: stores.metrics),
            logQL: LogQLEngine(source: stores.logs), metrics: metrics,
            stack: { try state.stack(named: name) },
            plans: { try await executor.reports(limit: 1000) },
            approvePlan: { try await executor.approve($0) },
            bans: {
                try state.bans(inForceAt: SystemClock.milliseconds()).map {
                    BanReport(address: $0.address, reason: $0.reason, from: $0.from, until: $0.until)
                }
            },
            forecasts: { forecasts.forecasts() },
            alerts: { await alerts.active() },
            receiveAlerts: { try await alerts.receive($0, at: SystemClock.milliseconds()) },
            rules: { await Monitor.reports(alerts) },
            silences: {
                try state.silences().map {
                    SilenceReport(
                        id: $0.id, matchers: $0.matchers, startsAt: $0.startsAt, endsAt: $0.endsAt, createdBy: $0.createdBy,
                        comment: $0.comment)
                }
            },
            createSilence: { silence in
                try state.putSilence(
                    SilenceRecord(
                        id: silence.id, matchers: silence.matchers, startsAt: silence.startsAt, endsAt: silence.endsAt,
                        createdBy: silence.createdBy, comment: silence.comment))
                return silence.id
            },
            expireSilence: { id in
                guard var silence = try state.silences().first(where: { $0.id == id }) else {
                    throw APIError(.notFound, "there is no silence \"\(id)\"")
                }
                silence.endsAt = SystemClock.milliseconds()
                try state.putSilence(silence)
            })
    }
}
