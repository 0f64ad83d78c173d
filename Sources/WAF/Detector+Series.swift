import Synchronization
package import Telemetry
import Topology

extension Detector {
    /// Who is an offender at a time: `magewatch_waf_offender_score{address, family}`, ended where an address is none any more. Bans go by
    /// these, so they are written as often as rules are looked at.
    package func scores(at time: Milliseconds) -> SampleBatch {
        state.withLock { state in
            var batch = SampleBatch()
            let offenders = state.offenders(at: time.multipliedReportingOverflow(by: 1_000_000).partialValue)
            var reported: Set<Labels> = []
            for (client, score) in offenders.prefix(Detector.maximumReported) {
                let labels: Labels = [
                    "__name__": "magewatch_waf_offender_score", "address": "\(client)", "family": score.family.rawValue,
                ]
                batch.append(labels, score.score.rounded(), at: time)
                reported.insert(labels)
            }
            for gone in state.reported.subtracting(reported) { batch.append(gone, SampleBatch.staleMarker, at: time) }
            state.reported = reported
            return batch
        }
    }

    /// What was judged so far, and to what end.
    ///
    /// `magewatch_waf_findings_total{family}`; `magewatch_waf_records_judged_total{kind}`; what attacks cost,
    /// `magewatch_waf_attack_requests_total{role}` and `magewatch_waf_attack_seconds_total{role}`;
    /// `magewatch_waf_crawler_claims_total{answer}`; `magewatch_waf_country_attacks_total{country}` and
    /// `magewatch_waf_system_attacks_total{system}` of those with the most;
    /// `magewatch_waf_passed_bans_total`, requests answered in spite of a ban; `magewatch_waf_offenders_dropped_total`.
    package func counters(at time: Milliseconds) -> SampleBatch {
        state.withLock { state in
            var batch = SampleBatch()
            let offenders = state.offenders(at: time.multipliedReportingOverflow(by: 1_000_000).partialValue)
            func add(_ name: String, _ value: Int, _ label: Label? = nil) {
                batch.append(Labels([Label("__name__", name)] + (label.map { [$0] } ?? [])), Double(value), at: time)
            }
            for family in AttackFamily.allCases {
                add("magewatch_waf_findings_total", state.ledger.families[family] ?? 0, Label("family", family.rawValue))
            }
            for kind in ["access", "audit", "error", "service"] {
                add("magewatch_waf_records_judged_total", state.judged[kind] ?? 0, Label("kind", kind))
            }
            state.appendOrigins(to: &batch, at: time)
            for answer in CrawlerBoard.Answer.allCases {
                add("magewatch_waf_crawler_claims_total", state.crawlers.answers[answer] ?? 0, Label("answer", answer.rawValue))
            }
            add("magewatch_waf_crawler_claims_dropped_total", state.crawlers.dropped)
            add("magewatch_waf_offenders", offenders.count)
            add("magewatch_waf_passed_bans_total", state.watch.passed)
            add("magewatch_waf_offenders_dropped_total", state.ledger.dropped)
            state.cost.append(to: &batch, at: time)
            return batch
        }
    }

    /// Whether a client is an offender only by scenarios whose bans a person approves.
    package func needsApproval(_ address: String) -> Bool {
        guard let network = NetworkRange(address) else { return false }
        return state.withLock { $0.scores[network]?.needsApproval ?? false }
    }
}
