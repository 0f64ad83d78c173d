package import Telemetry

/// Forecasts one signal of one role: history in, quantile paths and times to saturation out.
package struct RoleForecaster: Sendable {
    /// Quantiles of every forecast.
    package static let quantiles = [0.025, 0.1, 0.5, 0.9, 0.975]
    /// Fewest steps of history that a forecast is made from.
    package static let minimumSteps = 8

    /// Times ahead in seconds, ascending.
    package let leadsSeconds: [Double]
    /// Value that counts as saturated.
    package let limit: Double
    /// Seconds between two values of the grid.
    package let stepSeconds: Double
    private let pool: ForecastPool

    package init(leadsSeconds: [Double], limit: Double, stepSeconds: Double) {
        self.leadsSeconds = leadsSeconds
        self.limit = limit
        self.stepSeconds = stepSeconds
        let day = Int((86_400 / stepSeconds).rounded())
        var models: [any Forecaster] = [
            NaiveForecaster(), LevelForecaster(window: 6), LevelForecaster(window: 20),
            DampedTrendForecaster(window: 8, damping: 0.97), DampedTrendForecaster(window: 16, damping: 0.995),
            DampedTrendForecaster(window: 40, damping: 0.999),
        ]
        if day <= SignalHistory.maximumSteps / 2 {
            models += [SeasonalNaiveForecaster(season: day), ProfileForecaster(season: day)]
        }
        if 7 * day <= SignalHistory.maximumSteps / 2 {
            models += [SeasonalNaiveForecaster(season: 7 * day), ProfileForecaster(season: 7 * day)]
        }
        pool = ForecastPool(models: models)
    }

    /// A forecast, or nil while there is too little to go by.
    package func forecast(signal: String, role: String, _ history: SignalHistory) -> Forecast? {
        guard history.values.suffix(RoleForecaster.minimumSteps).count(where: \.isFinite) == RoleForecaster.minimumSteps else {
            return nil
        }
        let steps = leadsSeconds.map { max(1, Int(($0 / stepSeconds).rounded())) }
        guard let leads = pool.forecast(history.values, leads: steps), let first = leads.first else { return nil }
        let paths = RoleForecaster.quantiles.map { quantile in
            // Utilisation and rates are not negative.
            Forecast.Path(
                quantile: quantile,
                values: monotone(leads.map { max(0, $0.mean + ResidualQuantiles.quantile($0.residuals, quantile)) }))
        }
        var forecast = Forecast(
            signal: signal, role: role, madeAt: history.lastTimestamp, leadsSeconds: leadsSeconds, paths: paths,
            model: explain(leads), recentError: first.meanAbsoluteError,
            secondsToSaturation: crossing(history, paths.first { $0.quantile == 0.5 }),
            secondsToSaturationEarly: crossing(history, paths.first { $0.quantile == 0.9 }))
        forecast.weights = zip(pool.models, leads[leads.count / 2].weights).filter { $1 > 0 }.sorted { $0.1 > $1.1 }
            .map { Forecast.ModelWeight(layer: "young", model: $0.name, weight: $1) }
        return forecast
    }

    // Nothing but finite numbers leaves the room.
    private func monotone(_ values: [Double]) -> [Double] {
        values.map { $0.isFinite ? $0 : 0 }
    }

    private func crossing(_ history: SignalHistory, _ path: Forecast.Path?) -> Double? {
        guard let path, let last = history.values.last else { return nil }
        return SaturationTime.first(from: last, leads: leadsSeconds, values: path.values, limit: limit)
    }

    private func explain(_ leads: [ForecastPool.LeadForecast]) -> String {
        let middle = leads[leads.count / 2]
        return zip(pool.models, middle.weights).filter { $1 >= 0.05 }
            .sorted { $0.1 > $1.1 }
            .map { "\($0.name) \(Int(($1 * 100).rounded()))%" }
            .joined(separator: ", ")
    }
}
