import AgentContract

extension Scenario {
    /// 1. Visitors as on any day: nothing fails, and nothing is decided.
    func steadyTraffic() async throws -> Result {
        timeline.heading(
            "1. Steady traffic: \(Int(rate(Pace.steady))) requests/s, \(percentText(Pace.steady)) of what web can give")
        let began = Timeline.now
        let summary = try await generator(.client1).offer(
            LoadPhase("steady", rate: rate(Pace.steady), seconds: pace.steadySeconds))
        let plans = observations.plans(.scaleOut, after: began).count
        return Result(verdicts: [
            Verdict(
                "steady traffic", describe(summary),
                unless: [
                    (summary.failed > 0, "\(summary.failed) requests failed"),
                    (summary.requests == 0, "no request was answered"), (plans > 0, "it was scaled out for nothing"),
                ])
        ])
    }

    /// 2. More visitors every second: capacity is there before they need it.
    func risingRamp() async throws -> Result {
        timeline.heading(
            "2. A ramp from \(percentText(Pace.steady)) to \(percentText(Pace.rampTop)) of the first two containers, over \(pace.rampSeconds) s"
        )
        let began = Timeline.now
        let phase = LoadPhase(
            "ramp", from: rate(Pace.steady), to: rate(Pace.rampTop), rampSeconds: Double(pace.rampSeconds),
            seconds: pace.rampSeconds + pace.rampHoldSeconds)
        let summary = try await generator(.client1).offer(phase)
        let fullShare = (1 - Pace.steady) / (Pace.rampTop - Pace.steady)
        let wouldSaturate = began + fullShare * Double(pace.rampSeconds) * 1000
        let alert = observations.alerts(LabRules.forecastAlert, after: began).first
        let saturated = observations.saturated(after: began)
        var result = scaleOutResult("the rising ramp", since: began, summary)
        let ahead = alert.map { ((saturated.map { min($0, wouldSaturate) } ?? wouldSaturate) - $0.from) / 1000 }
        let isAhead = ahead.map { $0 > 0 } ?? false
        result.measures.append(
            Measure(
                "forecast alert ahead of saturation", ahead.map { Timeline.seconds($0) } ?? "no alert", bar: "before it",
                held: isAhead))
        let peak = percentText(observations.peak(after: began))
        result.verdicts.append(
            Verdict(
                "the forecast is in time",
                "alert \(ahead.map { Timeline.seconds($0) } ?? "not") ahead; measured utilisation "
                    + (saturated == nil ? "never reached saturation, peak \(peak)" : "peak \(peak)"),
                unless: [(!isAhead, "the forecast alert did not fire before web was saturated")]))
        return result
    }

    /// 3. All at once, with the forecast told to keep still: the rule on what is measured has to do it alone.
    func suddenBurst() async throws -> Result {
        timeline.heading(
            "4. A burst without warning to \(percentText(Pace.burst)) of the first two containers; the forecast alert is silenced"
        )
        try await monitor.silence(
            alert: LabRules.forecastAlert, seconds: Double(pace.burstSeconds + 5), because: "the reactive rule is on trial")
        let began = Timeline.now
        let summary = try await generator(.client2).offer(
            LoadPhase("burst", rate: rate(Pace.burst), seconds: pace.burstSeconds, connections: 64))
        var result = scaleOutResult("the burst", since: began, summary)
        let alert = observations.alerts(LabRules.reactiveAlert, after: began).first
        result.verdicts.append(
            Verdict(
                "the reactive rule is the net",
                alert.map { "fired \(durationText($0.from - began)) after the burst began" } ?? "it did not fire",
                unless: [(alert == nil, "the reactive alert did not fire")]))
        return result
    }

    /// What is asked of every scale-out: an overflow server, serving soon, and not one failed request.
    private func scaleOutResult(_ name: String, since began: Double, _ summary: LoadSummary) -> Result {
        let served = observations.decisionToServing(after: began)
        let leased = observations.leases.filter { $0.from >= began }.map(\.server)
        let slowest = served.map(\.seconds).max()
        let detail = served.map { "\($0.container) served \(durationText($0.seconds * 1000)) after the decision" }
        var result = Result(verdicts: [
            Verdict(
                "scale-out on \(name)",
                (detail + ["on \(leased.joined(separator: ", "))", describe(summary)]).joined(separator: "; "),
                unless: [
                    (served.isEmpty, "no new container served a request"), (leased.isEmpty, "no overflow server was attached"),
                    (summary.failed > 0, "\(summary.failed) requests failed"),
                ])
        ])
        result.measures.append(
            Measure(
                "decision to first request served, \(name)", slowest.map { durationText($0 * 1000) } ?? "never", bar: "5 s",
                held: slowest.map { $0 <= 5 } ?? false))
        result.measures.append(
            Measure("failed requests of \(summary.requests) in \(name)", "\(summary.failed)", bar: "0", held: summary.failed == 0)
        )
        return result
    }

    func describe(_ summary: LoadSummary) -> String {
        "\(summary.requests) requests, \(summary.failed) failed, median \(durationText(summary.medianMilliseconds)), "
            + "99 % within \(durationText(summary.p99Milliseconds))"
    }
}
