import BenchmarkKit
import Foundation

/// What the command was told.
struct ForecastOptions {
    var binary = "../.build/release/magewatch"
    /// The folder that holds `m4`, `web`, `ms`, `cluster` and `nab`.
    var data = "../../shared/data"
    /// NAB's combined_windows.json; nil leaves the anomalies out.
    var labels: String?
    var simulates = true
    /// The Python that statsforecast is looked for in.
    var python = "python3"
    /// Whether models of half a second a series are measured as well.
    var isSlow = false

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(flag) needs a value. \(ForecastOptions.usage)") }
            switch flag {
            case "--binary": binary = value
            case "--data": data = value
            case "--labels": labels = value
            case "--python": python = value
            case "--slow": isSlow = value == "yes"
            case "--simulate": simulates = value == "yes"
            default: throw Failure("unknown flag \(flag). \(ForecastOptions.usage)")
            }
        }
        guard FileManager.default.fileExists(atPath: "\(data)/m4/Hourly-train.csv") else {
            throw Failure("\(data) has no m4/Hourly-train.csv: name the folder of the series with --data")
        }
    }

    static let usage =
        "usage: forecast-benchmark [--binary FILE] [--data DIR] [--labels combined_windows.json] [--simulate yes|no]"
        + " [--python FILE] [--slow yes|no]"

    /// The files of a folder, or those among them that the benchmark is about.
    func files(_ folder: String, _ names: [String]? = nil) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "\(data)/\(folder)")) ?? []
        return (names ?? all.filter { $0.hasSuffix(".csv") }.sorted()).map { "\(data)/\(folder)/\($0)" }
    }

    /// Load that can be scaled for: `ingress-02` is left out, its median is 0.
    var traces: [String] {
        files("web") + files("ms").filter { !$0.hasSuffix("ingress-02.csv") }
            + files("cluster", ["alibaba2018_cpu_util_percent_1min.csv"])
    }
}
