import Forecasting
import Foundation

/// What `forecast eval` found, as a table or as JSON.
struct EvaluationReport {
    /// One line of the table; the form in JSON as well.
    struct Line: Encodable {
        var name: String
        var series: Int
        var sMAPE: Double
        var MASE: Double
        var OWA: Double?
        var pinball: Double
        var coverage95: Double
        var MSIS: Double
        var naive2: Benchmark

        struct Benchmark: Encodable {
            var sMAPE: Double
            var MASE: Double
        }

        init(_ name: String, _ score: HoldoutEvaluation.Score) {
            self.name = name
            series = score.series
            sMAPE = score.sMAPE
            MASE = score.mase
            OWA = score.owa
            pinball = score.pinball
            coverage95 = score.coverage
            MSIS = score.msis
            naive2 = Benchmark(sMAPE: score.benchmarkSMAPE, MASE: score.benchmarkMASE)
        }
    }

    private struct Document: Encodable {
        var horizon: Int
        var season: Int
        var millisecondsPerSeries: Double
        var notScored: Int
        var total: Line?
        var files: [Line]
    }

    private let document: Document

    init(
        horizon: Int, season: Int, millisecondsPerSeries: Double, files: [(file: String, scores: [HoldoutEvaluation.Score])],
        count: Int
    ) {
        let all = files.flatMap(\.scores)
        let lines = files.compactMap { file, scores in HoldoutEvaluation.Score.mean(scores).map { Line(file, $0) } }
        document = Document(
            horizon: horizon, season: season, millisecondsPerSeries: millisecondsPerSeries, notScored: count - all.count,
            total: HoldoutEvaluation.Score.mean(all).map { Line("all", $0) }, files: lines)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    func text() -> String {
        var rows = [["file", "series", "sMAPE", "MASE", "OWA", "pinball", "cover 95 %", "MSIS"]]
        let lines = document.files + (document.files.count == 1 ? [] : document.total.map { [$0] } ?? [])
        for line in lines {
            rows.append([
                line.name, "\(line.series)", number(line.sMAPE), number(line.MASE), line.OWA.map(number) ?? "-",
                number(line.pinball),
                number(100 * line.coverage95), number(line.MSIS),
            ])
        }
        if let total = document.total {
            rows.append(["Naive2", "\(total.series)", number(total.naive2.sMAPE), number(total.naive2.MASE), "1", "", "", ""])
        }
        var text = TextTable(rows).text
        text += "\n\(number(document.millisecondsPerSeries)) ms of processor time a series"
        if document.notScored > 0 { text += "; \(document.notScored) not scored: constant, or without a number" }
        return text
    }

    private func number(_ value: Double) -> String { String(format: "%.3f", value) }
}
