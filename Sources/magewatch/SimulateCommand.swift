import ArgumentParser
import Forecasting
import Foundation
import Planning

/// `magewatch simulate`: replays load against the scaler and what it is compared with.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Replay load against scaling policies.",
        discussion: """
            The trace (lines of `time,value`) or the monitor's history drives a role of some owned servers plus overflow servers that are billed by
            the started period. Policies see demand only up to the previous 15 seconds;
            they learn from the whole trace, but are billed and judged after --learn.

            magewatch       many simple fleets played beside the real one, which follows the best
            hpa-70          Kubernetes' autoscaler at 70 %, its metric clipped at the capacity
            hpa-70-paid-hour  the same, but a server is kept until its paid period ends
            static          the peak's servers, all the time
            oracle          the fewest periods that could have served all; costs are multiples of it

            EXAMPLES
              magewatch simulate requests.csv
              magewatch simulate requests.csv --attach 15 --smooth 5m --output json
              magewatch simulate requests.csv --add-event 2018-05-03T18:00,2h,3 --server-size 0.5 --plot
              magewatch simulate --from-history 14d --role web
            """)

    @Argument(help: "A file of `time,value` lines: what was asked for, in any unit.")
    var trace: String?

    @Option(help: "Replay what the monitor has recorded for so long, for instance 14d.")
    var fromHistory: String?

    @Option(help: "The role whose history is replayed.")
    var role = "web"

    @Option(help: "A PromQL expression of the demand, instead of the role's utilisation.")
    var query: String?

    @OptionGroup var terms: SimulationTerms

    @Flag(help: "Draw demand and capacity over time.")
    var plot = false

    @Option(help: "text or json.")
    var output: OutputForm = .text

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard (trace == nil) != (fromHistory == nil) else {
            throw ValidationError("name a trace file or give --from-history, one of them")
        }
    }

    func run() async throws {
        let samples: (seconds: [Double], values: [Double])
        if let trace {
            guard let series = try SeriesFile.read(trace).first, !series.seconds.isEmpty else {
                throw CommandFailure("\(trace) has no lines of `time,value`")
            }
            samples = (series.seconds, series.values)
        } else {
            let seconds = try DurationText.seconds(fromHistory ?? "14d")
            samples = try await SimulationHistory(role: role, query: query, client: monitor.client).samples(seconds: seconds)
        }
        guard let recorded = DemandTrace(seconds: samples.seconds, values: samples.values) else {
            throw CommandFailure("the trace has fewer than two samples in the order of time")
        }
        let simulation = try terms.simulation(recorded, startSeconds: samples.seconds.first ?? 0)
        let report = SimulationReport(simulation, options: terms.options, results: simulation.comparison(options: terms.options))
        print(output == .json ? try report.json() : report.text(plot: plot))
    }
}
