import Foundation
import Telemetry

/// What a forecast rests on, in words.
enum ForecastText {
    static func lines(_ forecast: Forecast, all: [Forecast]) -> [String] {
        [saturation(all), ""] + events(forecast) + table(forecast) + [""] + models(forecast)
    }

    /// Which signal of the role reaches its limit first.
    private static func saturation(_ forecasts: [Forecast]) -> String {
        func first(_ seconds: (Forecast) -> Double?) -> (signal: String, seconds: Double)? {
            forecasts.compactMap { one in seconds(one).map { (one.signal, $0) } }.min { $0.1 < $1.1 }
        }
        let role = forecasts.first?.role ?? ""
        guard let early = first(\.secondsToSaturationEarly) else {
            return "\(role): nothing saturates within the forecast horizon, at nine chances in ten"
        }
        let median = forecasts.first { $0.signal == early.signal }?.secondsToSaturation
        let expected = median.map { "expected in \(duration($0))" } ?? "not expected"
        return "\(role): \(early.signal) saturates first: \(expected), one chance in ten within \(duration(early.seconds))"
    }

    /// Known events that are on or ahead.
    private static func events(_ forecast: Forecast) -> [String] {
        guard let events = forecast.events else { return [] }
        return events.prefix(10).map { event in
            let seconds = Double(event.start - forecast.madeAt) / 1000
            let when =
                seconds > 0
                ? "in \(duration(seconds))" : "now, for another \(duration(Double(event.end - forecast.madeAt) / 1000))"
            let past = event.times == 0 ? "as declared" : "\(event.times) past time(s) known"
            return String(
                format: "%@ %@: %.2g times the usual (%.2g to %.2g), %@", event.name, when, event.lift, event.low, event.high,
                past)
        } + [""]
    }

    private static func table(_ forecast: Forecast) -> [String] {
        guard !forecast.records.isEmpty else { return ["no forecast has met its truth yet: error and coverage are not known"] }
        var rows = [["lead", "mean error", "95 % band held", "forecasts"]]
        for record in forecast.records {
            rows.append([
                duration(record.leadSeconds), share(record.meanAbsoluteError), share(record.coverage), "\(record.count)",
            ])
        }
        return [TextTable(rows).text]
    }

    private static func models(_ forecast: Forecast) -> [String] {
        let layers = [
            ("young", "first hours"), ("short", "up to 15 min"), ("long", "beyond 15 min"),
        ]
        return layers.compactMap { layer, title in
            let shown = forecast.weights.filter { $0.layer == layer }.prefix(6)
            guard !shown.isEmpty else { return nil }
            return "models, \(title): " + shown.map { "\($0.model) \(share($0.weight))" }.joined(separator: ", ")
        }
    }

    /// `87 %`, `2.4 %`.
    static func share(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e6 else { return "\(value)" }
        return abs(value) < 0.1 ? String(format: "%.1f %%", value * 100) : "\(Int((value * 100).rounded())) %"
    }

    /// `45 s`, `12 min`, `3.5 h`, `2 d`.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(max(0, seconds).rounded())) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: String(format: "%.3g h", seconds / 3600)
        default: String(format: "%.3g d", seconds / 86_400)
        }
    }
}
