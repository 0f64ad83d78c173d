/// Quantile paths of one signal over a horizon, with the model that made them and its recent error.
package struct Forecast: Sendable, Equatable, Codable {
    /// What is forecast, for instance `utilisation`.
    package var signal: String
    package var role: String
    package var madeAt: Milliseconds
    /// Seconds ahead of `madeAt`, ascending; the columns of `paths`.
    package var leadsSeconds: [Double]
    /// Value by lead for each quantile, for instance `0.5`, `0.9`.
    package var paths: [Path]
    /// Which model, and with what weight.
    package var model: String
    /// Mean absolute error of its recent forecasts at the first lead, in the signal's unit.
    package var recentError: Double
    /// Seconds until the quantile of forecast utilisation crosses the limit, for the median and the 0.9 quantile; nil if it does not.
    package var secondsToSaturation: Double?
    package var secondsToSaturationEarly: Double?
    /// Every model with a share in it, the largest first in each layer; empty where nobody kept count.
    package var weights: [ModelWeight] = []
    /// How earlier forecasts have done, by lead.
    package var records: [LeadRecord] = []
    /// Known events of the next two weeks, and those that are on; nil where there are none.
    package var events: [EventAhead]?

    /// A known event, and what it is expected to do.
    package struct EventAhead: Sendable, Equatable, Codable {
        package var name: String
        /// Milliseconds since 1970.
        package var start: Milliseconds
        package var end: Milliseconds
        /// Demand as a multiple of the usual, and what it lies between in eight cases of ten.
        package var lift: Double
        package var low: Double
        package var high: Double
        /// Past times that it is learned from.
        package var times: Int

        package init(
            name: String, start: Milliseconds, end: Milliseconds, lift: Double, low: Double, high: Double, times: Int
        ) {
            self.name = name
            self.start = start
            self.end = end
            self.lift = lift
            self.low = low
            self.high = high
            self.times = times
        }
    }

    /// The share that a model has in a layer's forecast.
    package struct ModelWeight: Sendable, Equatable, Codable {
        /// `young`, `short` or `long`.
        package var layer: String
        package var model: String
        /// 0 to 1; a layer's shares sum up to 1.
        package var weight: Double

        package init(layer: String, model: String, weight: Double) {
            self.layer = layer
            self.model = model
            self.weight = weight
        }
    }

    /// How forecasts of one lead have done lately.
    package struct LeadRecord: Sendable, Equatable, Codable {
        package var leadSeconds: Double
        /// In the signal's unit.
        package var meanAbsoluteError: Double
        /// Share of truths that fell inside the 95 % interval.
        package var coverage: Double
        /// Truths these two rest on.
        package var count: Int
        /// The share over the last few hours alone, which shows first that something is not foreseen; nil where it was not kept.
        package var recentCoverage: Double?

        package init(
            leadSeconds: Double, meanAbsoluteError: Double, coverage: Double, count: Int, recentCoverage: Double? = nil
        ) {
            self.leadSeconds = leadSeconds
            self.meanAbsoluteError = meanAbsoluteError
            self.coverage = coverage
            self.count = count
            self.recentCoverage = recentCoverage
        }
    }

    /// One quantile over all leads.
    package struct Path: Sendable, Equatable, Codable {
        package var quantile: Double
        package var values: [Double]

        package init(quantile: Double, values: [Double]) {
            self.quantile = quantile
            self.values = values
        }
    }

    package init(
        signal: String, role: String, madeAt: Milliseconds, leadsSeconds: [Double], paths: [Path], model: String,
        recentError: Double, secondsToSaturation: Double? = nil, secondsToSaturationEarly: Double? = nil
    ) {
        self.signal = signal
        self.role = role
        self.madeAt = madeAt
        self.leadsSeconds = leadsSeconds
        self.paths = paths
        self.model = model
        self.recentError = recentError
        self.secondsToSaturation = secondsToSaturation
        self.secondsToSaturationEarly = secondsToSaturationEarly
    }
}
