package import Telemetry

extension Forecast {
    /// The forecast as series, so that rules, dashboards and people can read the future in PromQL:
    /// `magewatch_forecast{signal, role, quantile, lead}` and `magewatch_saturation_seconds{signal, role, quantile}` (absent while
    /// nothing saturates within the horizon); how it has done, `magewatch_forecast_error{signal, role}` at the first lead and
    /// `magewatch_forecast_coverage{signal, role, lead}` of the 95 % interval; and who made it,
    /// `magewatch_forecast_model_weight{signal, role, layer, model}`.
    package func append(to batch: inout SampleBatch) {
        for path in paths {
            for (lead, value) in zip(leadsSeconds, path.values) {
                batch.append(
                    [
                        "__name__": "magewatch_forecast", "signal": signal, "role": role,
                        "quantile": Forecast.text(path.quantile),
                        "lead": Forecast.leadText(lead),
                    ], value, at: madeAt)
            }
        }
        for (quantile, seconds) in [("0.5", secondsToSaturation), ("0.9", secondsToSaturationEarly)] {
            // The stale marker ends the series at once where nothing saturates any more.
            batch.append(
                ["__name__": "magewatch_saturation_seconds", "signal": signal, "role": role, "quantile": quantile],
                seconds ?? SampleBatch.staleMarker, at: madeAt)
        }
        batch.append(["__name__": "magewatch_forecast_error", "signal": signal, "role": role], recentError, at: madeAt)
        for record in records {
            batch.append(
                [
                    "__name__": "magewatch_forecast_coverage", "signal": signal, "role": role,
                    "lead": Forecast.leadText(record.leadSeconds),
                ], record.coverage, at: madeAt)
        }
        for weight in weights { batch.append(labels(of: weight), weight.weight, at: madeAt) }
    }

    /// The series that hold a model's share: those of a forecast before that are not among them have ended.
    package var weightSeries: Set<Labels> { Set(weights.map(labels)) }

    private func labels(of weight: ModelWeight) -> Labels {
        [
            "__name__": "magewatch_forecast_model_weight", "signal": signal, "role": role, "layer": weight.layer,
            "model": weight.model,
        ]
    }

    /// `90s`, `5m`, `6h`, `1d`: the largest unit that fits evenly.
    package static func leadText(_ seconds: Double) -> String {
        for (unit, size) in [("d", 86_400.0), ("h", 3600), ("m", 60)]
        where seconds >= size && seconds.truncatingRemainder(dividingBy: size) == 0 {
            return "\(Int(seconds / size))\(unit)"
        }
        return seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(Int(seconds * 1000))ms"
    }

    private static func text(_ quantile: Double) -> String { "\(quantile)" }
}
