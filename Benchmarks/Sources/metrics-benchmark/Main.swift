import BenchmarkKit
import Foundation

/// The monitor beside its peers on one load, in one run: what a day of samples costs to take in, to keep, and to ask.
@main
enum Main {
    static func main() { run(measure) }

    private static func measure() throws {
        let options = try MetricsOptions(CommandLine.arguments.dropFirst())
        var results: [SystemResult] = []
        for system in options.systems {
            say("\(system.name): taking in \(options.frames)")
            results.append(try MetricsRun(system, options).result())
        }
        print(SystemResult.table(results))
    }

    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
