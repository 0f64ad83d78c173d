package import Telemetry

/// Known events with what they do, as an input of forecasts: paths are lifted where an event is ahead, and come down where one ends.
package struct EventCalendar: Sendable {
    /// An event and its effect.
    package struct Entry: Sendable {
        package var event: KnownEvent
        package var effect: EventEffect

        package init(event: KnownEvent, effect: EventEffect) {
            self.event = event
            self.effect = effect
        }
    }

    /// Leads up to this follow the present level, which an event has already lifted where one is on.
    package static let levelLeadSeconds = 900.0
    /// Most that events that fall together do.
    private static let most = KnownEvent.liftRange.upperBound

    package let entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// The multiple of the usual at a moment, for one of the bounds of each effect.
    package func lift(at time: Milliseconds, _ bound: (EventEffect) -> Double = \.lift) -> Double {
        entries.reduce(1) { $1.event.contains(time) ? min(EventCalendar.most, $0 * bound($1.effect)) : $0 }
    }

    /// A forecast with the events in it. What saturates when is told anew.
    /// - Parameters:
    ///   - last: the present value.
    ///   - limit: the value that counts as saturated.
    package func applied(to forecast: Forecast, last: Double, limit: Double) -> Forecast {
        guard !entries.isEmpty else { return forecast }
        var result = forecast
        let ahead = ahead(at: forecast.madeAt)
        result.events = ahead.isEmpty ? nil : ahead
        let now = lift(at: forecast.madeAt)
        var isLifted = false
        for index in forecast.paths.indices {
            let quantile = forecast.paths[index].quantile
            for (place, lead) in forecast.leadsSeconds.enumerated() {
                let time = forecast.madeAt + Milliseconds(lead * 1000)
                let then = quantile > 0.5 ? lift(at: time, \.high) : quantile < 0.5 ? lift(at: time, \.low) : lift(at: time)
                // In the middle of an event nothing is uncertain about its lift any more: the level shows it.
                let isSame = now != 1 && lift(at: time) == now
                let factor = lead <= EventCalendar.levelLeadSeconds ? (isSame ? 1 : then / now) : then
                if factor != 1 { isLifted = true }
                result.paths[index].values[place] *= factor
            }
        }
        guard isLifted else { return result }
        result.secondsToSaturation = crossing(result, 0.5, last, limit)
        result.secondsToSaturationEarly = crossing(result, 0.9, last, limit)
        return result
    }

    /// What is on or begins within two weeks, the next first.
    package func ahead(at now: Milliseconds) -> [Forecast.EventAhead] {
        entries.flatMap { entry in
            entry.event.starts.compactMap { start -> Forecast.EventAhead? in
                let end = start + Milliseconds(entry.event.seconds * 1000)
                guard end > now, Double(start - now) <= SignalForecaster.maximumHorizonSeconds * 1000 else { return nil }
                return .init(
                    name: entry.event.name, start: start, end: end, lift: entry.effect.lift, low: entry.effect.low,
                    high: entry.effect.high, times: entry.effect.times)
            }
        }
        .sorted { $0.start < $1.start }
    }

    private func crossing(_ forecast: Forecast, _ quantile: Double, _ last: Double, _ limit: Double) -> Double? {
        guard let path = forecast.paths.first(where: { $0.quantile == quantile }) else { return nil }
        return SaturationTime.first(from: last, leads: forecast.leadsSeconds, values: path.values, limit: limit)
    }
}
