package import Telemetry

/// Forecasts one signal of a running role, value by value.
///
/// Three layers speak for different ages and leads. In a signal's first hours a ``RoleForecaster`` knows levels and trends. From a
/// quarter of a day on an ``OnlineForecaster`` speaks for leads up to ``longestShortLeadSeconds``; it would only repeat the last value before. A
/// `LongLayer` speaks for what is further ahead and is computed anew every quarter of an hour. The past of a signal is learned by observing
/// it, so a restart that replays what is stored ends where it was.
package struct SignalForecaster: Sendable {
    /// Leads beyond this are for the long layer.
    package static let longestShortLeadSeconds = 900.0
    /// Longest horizon: two weeks.
    package static let maximumHorizonSeconds = 14.0 * 86_400

    /// Times ahead in seconds, ascending.
    package let leadsSeconds: [Double]
    /// Value that counts as saturated.
    package let limit: Double
    /// Seconds between two values.
    package let stepSeconds: Double

    private let day: Int
    private let shortLeadsSeconds: [Double]
    private let youngForecaster: RoleForecaster
    /// The last values: all of them while the signal is young, a few later.
    private var recent: [Double] = []
    private var online: OnlineForecaster?
    private var long: LongLayer
    private var ledgers: [LeadLedger]
    private var step = 0
    private var lastKnown: Double?
    private var missing = 0

    package init(leadsSeconds: [Double], limit: Double, stepSeconds: Double) {
        let step = stepSeconds.isFinite ? max(0.1, stepSeconds) : 60
        let leads = leadsSeconds.filter { $0 > 0 && $0 <= SignalForecaster.maximumHorizonSeconds }.sorted()
        self.leadsSeconds = leads
        self.limit = limit
        self.stepSeconds = step
        day = max(2, Int((86_400 / step).rounded()))
        let short = leads.filter { $0 <= SignalForecaster.longestShortLeadSeconds }
        shortLeadsSeconds = short.isEmpty ? [SignalForecaster.longestShortLeadSeconds] : short
        youngForecaster = RoleForecaster(leadsSeconds: leads, limit: limit, stepSeconds: step)
        long = LongLayer(fineStepSeconds: step)
        let week = 7 * day
        ledgers = leads.map { LeadLedger(lead: Int(($0 / step).rounded()), week: week) }
    }

    // MARK: Time

    /// Steps observed.
    package var count: Int { step }

    /// Takes the value of the next step; what is no finite number counts as missing, and short gaps take the value before them.
    package mutating func observe(_ value: Double) {
        for index in ledgers.indices { ledgers[index].learn(value, at: step) }
        missing = value.isFinite ? 0 : missing + 1
        if value.isFinite { lastKnown = value }
        let bridged = missing <= SignalHistory.maximumBridgedSteps ? lastKnown ?? value : value
        long.observe(value)
        online?.observe(bridged)
        recent.append(bridged)
        step += 1
        if online == nil, recent.count >= day / 4 { growUp() }
        if online != nil, recent.count > 2 * SignalForecaster.keptSteps { recent.removeFirst(SignalForecaster.keptSteps) }
    }

    private static let keptSteps = 64

    private mutating func growUp() {
        let leads = shortLeadsSeconds.map { max(1, Int(($0 / stepSeconds).rounded())) }
        var forecaster = OnlineForecaster(leads: leads, stepsPerDay: day)
        for value in recent { forecaster.observe(value) }
        online = forecaster
    }

    // MARK: Forecasts

    /// The forecast at the leads it was made for; nil while there is too little to go by. Its outcome will count in the records.
    package mutating func forecast(signal: String, role: String, madeAt: Milliseconds) -> Forecast? {
        long.refresh(horizonSeconds: leadsSeconds.last ?? 0)
        guard let forecast = forecast(signal: signal, role: role, madeAt: madeAt, at: leadsSeconds) else { return nil }
        if let low = forecast.paths.first?.values, let high = forecast.paths.last?.values,
            let median = forecast.paths.first(where: { $0.quantile == 0.5 })?.values
        {
            for index in ledgers.indices where low[index] <= high[index] {
                ledgers[index].note(median: median[index], bounds: low[index]...high[index], at: step - 1)
            }
        }
        return forecast
    }

    /// The whole path up to a horizon: the short leads, then every step of the long layer. Its outcome is not followed up.
    package func path(signal: String, role: String, madeAt: Milliseconds, horizonSeconds: Double) -> Forecast? {
        var copy = self
        let horizon = min(max(stepSeconds, horizonSeconds), SignalForecaster.maximumHorizonSeconds)
        copy.long.refresh(horizonSeconds: horizon)
        return copy.forecast(signal: signal, role: role, madeAt: madeAt, at: copy.denseLeads(horizonSeconds: horizon))
    }

    private func denseLeads(horizonSeconds: Double) -> [Double] {
        let short = leadsSeconds.filter { $0 <= min(horizonSeconds, SignalForecaster.longestShortLeadSeconds) }
        let first = SignalForecaster.longestShortLeadSeconds + long.stepSeconds
        guard first <= horizonSeconds else { return short.isEmpty ? [horizonSeconds] : short }
        return short + Array(stride(from: first, through: horizonSeconds, by: long.stepSeconds))
    }

    private func forecast(signal: String, role: String, madeAt: Milliseconds, at leads: [Double]) -> Forecast? {
        guard let last = lastKnown, !leads.isEmpty else { return nil }
        let early = online == nil ? young(signal, role, madeAt) : nil
        guard early != nil || online != nil else { return nil }
        var paths = RoleForecaster.quantiles.map { quantile in
            let values = path(quantile, last: last, early: early)
            return Forecast.Path(quantile: quantile, values: leads.map { values($0) })
        }
        SignalForecaster.sort(&paths, count: leads.count)
        let dense = denseLeads(horizonSeconds: leadsSeconds.last ?? 0)
        func crossing(_ quantile: Double) -> Double? {
            let values = path(quantile, last: last, early: early)
            return SaturationTime.first(from: last, leads: dense, values: dense.map { values($0) }, limit: limit)
        }
        let weights = weights(early)
        var forecast = Forecast(
            signal: signal, role: role, madeAt: madeAt, leadsSeconds: leads, paths: paths,
            model: SignalForecaster.summary(weights), recentError: records.first?.meanAbsoluteError ?? early?.recentError ?? 0,
            secondsToSaturation: crossing(0.5), secondsToSaturationEarly: crossing(0.9))
        forecast.weights = weights
        forecast.records = records
        return forecast
    }

    private func young(_ signal: String, _ role: String, _ madeAt: Milliseconds) -> Forecast? {
        let history = SignalHistory(stepSeconds: stepSeconds, lastTimestamp: madeAt, values: recent)
        return youngForecaster.forecast(signal: signal, role: role, history)
    }

    /// The path of a quantile as a function of seconds ahead. Nothing but finite numbers, and no negative ones: rates and shares have none.
    private func path(_ quantile: Double, last: Double, early: Forecast?) -> (Double) -> Double {
        let long = long.path(quantile)
        let near: LeadPath
        if let early {
            near = LeadPath(early.leadsSeconds, early.paths.first { $0.quantile == quantile }?.values ?? [], from: last)
        } else {
            near = LeadPath(shortLeadsSeconds, online?.quantile(quantile) ?? [], from: last)
        }
        return { seconds in
            let far = seconds > SignalForecaster.longestShortLeadSeconds ? long(seconds) : nil
            let value = far ?? near.value(at: seconds)
            return value.isFinite ? max(0, value) : max(0, last)
        }
    }

    /// Quantiles that were made apart may cross by a little; in order they are better, never worse (Chernozhukov et al., 2010).
    private static func sort(_ paths: inout [Forecast.Path], count: Int) {
        for lead in 0..<count {
            let values = paths.map { $0.values[lead] }.sorted()
            for index in paths.indices { paths[index].values[lead] = values[index] }
        }
    }

    // MARK: What it rests on

    private func weights(_ early: Forecast?) -> [Forecast.ModelWeight] {
        var weights = early?.weights ?? []
        if let online {
            weights += online.shares(ofLead: online.leads.count / 2).filter { $0.weight >= SignalForecaster.smallestShare }
                .sorted { $0.weight > $1.weight }
                .map { Forecast.ModelWeight(layer: "short", model: $0.model, weight: $0.weight) }
        }
        weights += long.weights.filter { $0.weight >= SignalForecaster.smallestShare }
            .map { Forecast.ModelWeight(layer: "long", model: $0.model, weight: $0.weight) }
        return weights
    }

    /// Shares below this are not told.
    private static let smallestShare = 0.005

    private static func summary(_ weights: [Forecast.ModelWeight]) -> String {
        weights.filter { $0.layer != "long" && $0.weight >= 0.05 }
            .map { "\($0.model) \(Int(($0.weight * 100).rounded()))%" }
            .joined(separator: ", ")
    }

    /// Short leads by the online layer's own account, which knows the replayed past, the others by what became of the forecasts made.
    private var records: [Forecast.LeadRecord] {
        leadsSeconds.indices.compactMap { index in
            let lead = leadsSeconds[index]
            if let online, let place = shortLeadsSeconds.firstIndex(of: lead), online.errors[place].count > 0 {
                return Forecast.LeadRecord(
                    leadSeconds: lead, meanAbsoluteError: online.errors[place].mean, coverage: online.coverage[place],
                    count: online.errors[place].count, recentCoverage: online.recentCoverage[place])
            }
            let ledger = ledgers[index]
            guard ledger.count > 0 else { return nil }
            return Forecast.LeadRecord(
                leadSeconds: lead, meanAbsoluteError: ledger.meanAbsoluteError, coverage: ledger.coverage, count: ledger.count,
                recentCoverage: ledger.recentCoverage)
        }
    }
}
