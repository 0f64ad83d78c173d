import BenchmarkKit
import Foundation

/// What the command was told.
struct MetricsOptions {
    private(set) var systems: [System] = []
    var load = FileManager.default.temporaryDirectory.appendingPathComponent("magewatch-load").path
    var scratch = FileManager.default.temporaryDirectory.path
    var limit = Int.max
    /// 1 or 5 samples a series in a request.
    var grouping = 1
    var repetitions = 10
    /// What is measured: the generated day, many series, the same questions of more and more days, series that come and go, or a start.
    var mode = Mode.day

    enum Mode: String { case day, series, days, churn, start }

    var frames: String { "\(load)/metrics.rw\(grouping).bin" }

    init(_ arguments: ArraySlice<String>) throws {
        var binary = "../.build/release/magewatch"
        var names = "magewatch,victoria-metrics,prometheus"
        var rest = arguments
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(flag) needs a value. \(MetricsOptions.usage)") }
            switch flag {
            case "--binary": binary = value
            case "--load": load = value
            case "--scratch": scratch = value
            case "--limit": limit = Int(value) ?? .max
            case "--grouping": grouping = Int(value) ?? 1
            case "--repetitions": repetitions = max(1, Int(value) ?? 10)
            case "--systems": names = value
            case "--mode":
                guard let known = Mode(rawValue: value) else { throw Failure("--mode is day, series, days, churn or start") }
                mode = known
            default: throw Failure("unknown flag \(flag). \(MetricsOptions.usage)")
            }
        }
        let known: [System] = [.magewatch(binary: binary), .victoriaMetrics, .prometheus]
        systems = try names.split(separator: ",").map { name in
            guard let system = known.first(where: { $0.name == name }) else {
                throw Failure("\(name) is none of \(known.map(\.name).joined(separator: ", "))")
            }
            return system
        }
        guard mode != .day || FileManager.default.fileExists(atPath: frames) else {
            throw Failure(
                "\(frames) is not there: make it with the load generator, gen_metrics.py, or name its folder with --load")
        }
    }

    static let usage = """
        usage: metrics-benchmark [--binary FILE] [--load DIR] [--scratch DIR] [--grouping 1|5] [--limit FRAMES] [--repetitions N]
                                 [--systems magewatch,victoria-metrics,prometheus] [--mode day|series|days|churn|start]
        """
}
