import BenchmarkKit
import Foundation

/// The monitor beside its peers on one load, in one run: what a day of samples costs to take in, to keep, and to ask.
@main
enum Main {
    static func main() { run(measure) }

    private static func measure() throws {
        let options = try MetricsOptions(CommandLine.arguments.dropFirst())
        switch options.mode {
        case .day: try day(options)
        case .series:
            let wide = GeneratedLoad(seriesCount: 200_000, scrapeCount: 20, end: MetricsQueries.begin + MetricsQueries.day)
            print(try ScaleRun.table(options, [("200,000 series", wide)]))
        case .churn: print(try ChurnRun.table(options))
        case .start: print(try StartRun.table(options))
        case .days:
            let loads = [1, 4, 16].map { days in
                (
                    title: "\(days) days",
                    load: GeneratedLoad(
                        seriesCount: 500, scrapeCount: days * 5760, end: MetricsQueries.begin + MetricsQueries.day)
                )
            }
            print(try ScaleRun.table(options, loads))
        }
    }

    private static func day(_ options: MetricsOptions) throws {
        var results: [SystemResult] = []
        for system in options.systems {
            say("\(system.name): taking in \(options.frames)")
            results.append(try MetricsRun(system, options).result())
        }
        print(SystemResult.table(results))
    }

    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
