import AgentContract

extension Scenario {
    /// 6. Visitors leave: what was leased is drained and given back, when its paid time ends and not before.
    func loadFalls() async throws -> Result {
        timeline.heading("6. Load falls to \(percentText(Pace.quiet)): overflow servers go back at the end of their paid minute")
        return try await release("load falls")
    }

    /// Quiet traffic until no overflow server is leased.
    func release(_ name: String) async throws -> Result {
        let began = Timeline.now
        let before = observations.leases.filter { $0.until == nil }
        let period = Double(MonitorConfiguration.billedPeriodSeconds)
        // The forecasts remember what was before for about as long as they look ahead, and until then nothing is given back.
        let memory = 2 * Double(pace.leadSeconds.last ?? 0)
        let summary = try await quietTraffic(atMost: 2 * period + memory + 20, label: name.replacing(" ", with: "-")) {
            observations.leasedServers.isEmpty
        }
        let after = observations.leases.filter { lease in before.contains { $0.server == lease.server && $0.from == lease.from } }
        let kept = after.filter { $0.until == nil }.map(\.server)
        let wasteful = after.filter { lease in
            observations.plans(.release, after: began).contains { report in
                report.plan.id.contains("-\(lease.server)-")
                    && Scenario.isEarly(release: Double(report.plan.createdAt), leaseFrom: lease.from)
            }
        }.map(\.server)
        let times = after.compactMap { lease in
            lease.until.map { "\(lease.server) after \(Timeline.seconds(($0 - lease.from) / 1000))" }
        }
        return Result(
            verdicts: [
                Verdict(
                    "drained and given back, \(name)", (times + [describe(summary)]).joined(separator: "; "),
                    unless: [
                        (before.isEmpty, "no overflow server was leased, so there was nothing to give back"),
                        (!kept.isEmpty, "\(kept.joined(separator: ", ")) is still leased"),
                        (!wasteful.isEmpty, "\(wasteful.joined(separator: ", ")) was given back although paid for"),
                        (summary.failed > 0, "\(summary.failed) requests failed"),
                    ])
            ],
            measures: [
                Measure(
                    "failed requests of \(summary.requests) in drain and release, \(name)", "\(summary.failed)", bar: "0",
                    held: summary.failed == 0)
            ])
    }

    /// Whether a release was decided on before the last part of a billed period.
    static func isEarly(release: Double, leaseFrom: Double) -> Bool {
        let period = Double(MonitorConfiguration.billedPeriodSeconds)
        let into = ((release - leaseFrom) / 1000).truncatingRemainder(dividingBy: period)
        return period - into > Double(MonitorConfiguration.releaseWindowSeconds) + 0.5
    }
}
