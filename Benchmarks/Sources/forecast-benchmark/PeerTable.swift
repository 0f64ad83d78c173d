import BenchmarkKit
import Foundation

/// M4 Hourly by the program and, where it is installed, by models of statsforecast, in one table.
struct PeerTable {
    private struct Report: Decodable {
        struct Naive2: Decodable {
            var sMAPE: Double
            var MASE: Double
        }

        struct Total: Decodable {
            var sMAPE: Double
            var MASE: Double
            var naive2: Naive2
        }

        var total: Total
        var millisecondsPerSeries: Double
    }

    private struct Row: Decodable {
        var name: String
        var sMAPE: Double
        var MASE: Double
        var milliseconds: Double?
    }

    private static let script = "peers/m4_statsforecast.py"

    private let options: ForecastOptions

    init(_ options: ForecastOptions) {
        self.options = options
    }

    func print() throws {
        let files = options.files("m4", ["Hourly-train.csv", "Hourly-test-odd.csv"])
        let arguments = ["forecast", "eval"] + files + ["--horizon", "48", "--season", "24", "--output", "json"]
        let report = try JSONDecoder().decode(Report.self, from: Main.output(options.binary, arguments))
        let naive = report.total.naive2
        var rows = [
            Row(
                name: "magewatch", sMAPE: report.total.sMAPE, MASE: report.total.MASE, milliseconds: report.millisecondsPerSeries),
            Row(name: "Naive2", sMAPE: naive.sMAPE, MASE: naive.MASE, milliseconds: nil),
        ]
        let isInstalled = hasStatsforecast
        if isInstalled { rows += try peers(files) }
        Swift.print("\n## M4 Hourly, the tests of the odd series, beside statsforecast (CPU milliseconds a series)\n")
        Swift.print("| | sMAPE | MASE | OWA | ms/series |\n|---|---|---|---|---|")
        for row in rows {
            let owa = (row.sMAPE / naive.sMAPE + row.MASE / naive.MASE) / 2
            let milliseconds = row.milliseconds.map { String(format: "%.2f", $0) } ?? ""
            Swift.print(
                "| \(row.name) | " + String(format: "%.3f | %.3f | %.3f | ", row.sMAPE, row.MASE, owa) + "\(milliseconds) |")
        }
        guard !isInstalled else { return }
        Swift.print(
            """

            statsforecast is not installed for \(options.python), so nothing is beside it. To have it:
            python3 -m venv /tmp/statsforecast && /tmp/statsforecast/bin/pip install statsforecast
            make benchmark-forecast BENCHMARK="--python /tmp/statsforecast/bin/python3"
            """)
    }

    private var hasStatsforecast: Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [options.python, "-c", "import statsforecast"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func peers(_ files: [String]) throws -> [Row] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../\(PeerTable.script)")
        let output = try Main.output("/usr/bin/env", [options.python, script.path] + files + (options.isSlow ? ["slow"] : []))
        return try output.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Row.self, from: Data($0)) }
    }
}
