/// The short layer: forecasts of a few leads, updated with every value.
///
/// One ``LeadPool`` a lead over one ``SignalWindow``. An update costs some microseconds a lead, and memory is bounded by two weeks of
/// steps and the longest lead.
package struct OnlineForecaster: Sendable {
    /// Steps ahead, in the order given.
    package let leads: [Int]
    private var window: SignalWindow
    private var pools: [LeadPool]
    private var latest: [Double]

    /// Longest lead in days; longer ones are cut to it.
    package static let maximumLeadDays = 7

    /// - Parameter stepsPerDay: steps of the daily season; the week is its sevenfold.
    package init(leads: [Int], stepsPerDay: Int) {
        let day = max(2, stepsPerDay)
        self.leads = leads.map { min(OnlineForecaster.maximumLeadDays * day, max(1, $0)) }
        window = SignalWindow(day: day)
        pools = self.leads.map { LeadPool(lead: $0, day: day) }
        latest = [Double](repeating: 0, count: leads.count)
    }

    /// Values taken so far.
    package var count: Int { window.count }

    /// Takes the next value; what is no finite number counts as missing.
    package mutating func observe(_ value: Double) {
        window.append(value)
        for index in pools.indices { latest[index] = pools[index].advance(window) }
    }

    /// The forecast of each lead; zeros before the first value.
    package var forecast: [Double] { latest }

    /// The value that the truth stays under with a probability, by lead.
    package func quantile(_ probability: Double) -> [Double] {
        pools.indices.map { latest[$0] + pools[$0].intervals.quantile(probability) }
    }

    /// Share of truths that fell inside the 95 % interval lately, by lead.
    package var coverage: [Double] { pools.map(\.intervals.coverage) }

    /// The same over the last few hours alone.
    package var recentCoverage: [Double] { pools.map(\.intervals.recentCoverage) }

    /// Mean absolute error of the last week's forecasts and how many truths are known, by lead.
    package var errors: [(mean: Double, count: Int)] {
        pools.map { ($0.intervals.meanAbsoluteError, $0.intervals.count) }
    }

    /// Each model's share in the forecast of a lead, by the lead's place among ``leads``.
    package func shares(ofLead index: Int) -> [(model: String, weight: Double)] {
        Array(zip(pools[index].memberNames, pools[index].shares))
    }
}
