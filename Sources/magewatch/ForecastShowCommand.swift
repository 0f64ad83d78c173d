import ArgumentParser
import Foundation
import Telemetry

/// `magewatch forecast ROLE`: what a role will need, drawn in the terminal.
struct ForecastShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A role's forecast: path and bands, models, error and coverage, what saturates first.",
        discussion: """
            The plot shows the time that is past and, after the line, the median with its 80 % and 95 % bands. Error and coverage are what
            became of earlier forecasts. Below stands what a container can serve, as learned from requests, utilisation and latency, and
            which of them binds.

            EXAMPLES
              magewatch forecast web
              magewatch forecast web --horizon 6h --signal memory
            """)

    @Argument(help: "The role, for instance web.")
    var role: String

    @Option(help: "How far ahead, at most 14d.")
    var horizon = "24h"

    @Option(help: "What is plotted: utilisation, or a resource such as memory.")
    var signal = "utilisation"

    @Option(help: "text or json.")
    var output: OutputForm = .text

    @OptionGroup var monitor: MonitorOptions

    func run() async throws {
        let seconds = try DurationText.seconds(horizon)
        let path = "/api/magewatch/v1/forecasts"
        let data = try await monitor.client.get(path, [("role", role), ("horizon", "\(seconds)s")])
        if output == .json { return print(String(decoding: data, as: UTF8.self)) }
        let forecasts = try JSONDecoder().decode([Forecast].self, from: data)
        guard let shown = forecasts.first(where: { $0.signal == signal }) else {
            let known = forecasts.map(\.signal).joined(separator: ", ")
            throw CommandFailure(
                forecasts.isEmpty
                    ? "there is no forecast of \(role): it is not measured, or for less than some minutes"
                    : "there is no forecast of \(role)'s \(signal); there is one of \(known)")
        }
        let past = try await past(of: shown, seconds: seconds / 2)
        print(ForecastPlot(past: past, pastSeconds: seconds / 2, forecast: shown).text)
        print("")
        for line in ForecastText.lines(shown, all: forecasts) { print(line) }
        let capacities = try await monitor.client.decode(
            [LearnedCapacity].self, "/api/magewatch/v1/capacity", [("role", role)])
        for line in capacities.flatMap(CapacityText.lines) { print(line) }
    }

    /// The recorded values before the forecast, with their distance to it in seconds.
    private func past(of forecast: Forecast, seconds: Double) async throws -> [(seconds: Double, value: Double)] {
        let query =
            forecast.signal == "utilisation"
            ? "magewatch:role_utilisation:ratio{role=\(Labels.quoted(role))}"
            : "magewatch:role_resource_utilisation:ratio{role=\(Labels.quoted(role)), resource=\(Labels.quoted(forecast.signal))}"
        let end = Double(forecast.madeAt) / 1000
        let answer = try await monitor.client.decode(
            QueryAnswer.self, "/api/v1/query_range",
            [("query", query), ("start", "\(end - seconds)"), ("end", "\(end)"), ("step", "\(max(1, seconds / 200))")])
        return (answer.series.first?.values ?? []).map { ($0.time - end, $0.value) }
    }
}
