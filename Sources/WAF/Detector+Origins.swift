import GeoDatabase
import Telemetry

extension Detector.State {
    /// Countries and autonomous systems reported as series: those with the most attacks.
    static let maximumReportedOrigins = 50

    /// Attacks by where they came from; nothing where no database tells.
    func appendOrigins(to batch: inout SampleBatch, at time: Milliseconds) {
        guard !ledger.origins.isEmpty else { return }
        func add(_ name: String, _ label: String, _ counts: [(name: String, count: Int)]) {
            let worst = counts.sorted { ($0.count, $1.name) > ($1.count, $0.name) }.prefix(Self.maximumReportedOrigins)
            for (value, count) in worst {
                batch.append(Labels([Label("__name__", name), Label(label, value)]), Double(count), at: time)
            }
        }
        add("magewatch_waf_country_attacks_total", "country", ledger.countries.map { ("\($0.key)", $0.value) })
        add("magewatch_waf_system_attacks_total", "system", ledger.systems.map { ("AS\($0.key)", $0.value) })
        let failures: Labels = ["__name__": "magewatch_waf_origin_failures_total"]
        batch.append(failures, Double(ledger.origins.failures), at: time)
    }
}
