import Agent
import AgentContract
import Ingest
import LogStore
import MetricStore
import StateStore
import Telemetry
import Topology
import WAF

/// Writes what the monitor knows of itself as series: its own counters, the access logs' counters, the WAF's scores, the inventory, and
/// the machine it stands on.
struct SelfObservation: Sendable {
    let sink: any SampleSink
    let metrics: SelfMetrics
    let stores: MonitorStores
    let access: AccessMetrics
    let detector: Detector
    let inventory: InventorySeries
    let stackName: String
    let host: HostCollector?

    /// Writes all of one moment in one batch.
    func write(at now: Milliseconds) async throws {
        storeGauges()
        var batch = SampleBatch()
        for reading in metrics.readings() {
            batch.append(
                reading.labels.setting("job", to: "magewatch").setting("instance", to: "monitor"), reading.value, at: now)
        }
        host?.collect(at: now, into: &batch)
        detector.watch(try bansInForce(at: now))
        detector.allow(try stores.state.allowances(at: now).compactMap { NetworkRange($0.network) })
        let inventory = inventory.snapshot(try stores.state.stack(named: stackName), at: now)
        for part in [batch, access.snapshot(at: now), detector.counters(at: now), inventory] where !part.isEmpty {
            _ = try await sink.append(part)
        }
    }

    /// When each ban in force began, so that the WAF sees whether it holds.
    private func bansInForce(at now: Milliseconds) throws -> [BanSubject: Nanoseconds] {
        let bans = try stores.state.bans(inForceAt: now).compactMap { ban in
            BanSubject(ban.address).map { ($0, ban.from.multipliedReportingOverflow(by: 1_000_000).partialValue) }
        }
        return Dictionary(bans, uniquingKeysWith: { max($0, $1) })
    }

    private func storeGauges() {
        let series = stores.metrics.statistics
        metrics.set("magewatch_metric_store_disk_bytes", to: Double(series.diskBytes))
        metrics.set("magewatch_metric_store_head_samples", to: Double(series.headSamples))
        let logs = stores.logs.statistics
        metrics.set("magewatch_log_store_disk_bytes", to: Double(logs.fileBytes + logs.logBytes))
        metrics.set("magewatch_log_store_head_lines", to: Double(logs.headLines))
    }
}
