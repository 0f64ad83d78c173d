import Agent
import Ingest
import LogStore
import MetricStore
import Parsing
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
        let inventory = inventory.snapshot(try stores.state.stack(named: stackName), at: now)
        for part in [batch, access.snapshot(at: now), detector.snapshot(at: now), inventory] where !part.isEmpty {
            _ = try await sink.append(part)
        }
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

/// Shows the WAF the requests of the access logs.
struct RequestJudge: AccessObserver {
    let detector: Detector

    func observe(_ record: AccessRecord, stream: Labels, at time: Nanoseconds) {
        detector.observe(record, at: time)
    }
}
