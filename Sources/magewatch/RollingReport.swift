import Forecasting
import Foundation

/// What `forecast eval --leads` found: errors by series and lead, with the naive forecast's beside.
struct RollingReport {
    private struct Document: Encodable {
        struct File: Encodable {
            var name: String
            var microsecondsPerUpdate: Double
            var leads: [RollingEvaluation.LeadScore]
        }

        struct Lead: Encodable {
            var lead: Int
            var medianMASE: Double
            var medianNaiveMASE: Double
            var worstAgainstNaive: Double
            var medianPinball: Double
            var meanCoverage95: Double
        }

        var files: [File]
        var leads: [Lead]
    }

    private let document: Document

    init(_ files: [(name: String, microseconds: Double, scores: [RollingEvaluation.LeadScore])]) {
        let count = files.first?.scores.count ?? 0
        let leads = (0..<count).map { index -> Document.Lead in
            let scores = files.map { $0.scores[index] }.filter { $0.origins > 0 }
            return Document.Lead(
                lead: files[0].scores[index].lead, medianMASE: RollingReport.median(scores.map(\.mase)),
                medianNaiveMASE: RollingReport.median(scores.map(\.naiveMASE)),
                worstAgainstNaive: scores.map { $0.naiveMASE > 0 ? $0.mase / $0.naiveMASE : 1 }.max() ?? 0,
                medianPinball: RollingReport.median(scores.map(\.pinball)),
                meanCoverage95: scores.reduce(0) { $0 + $1.coverage } / Double(max(1, scores.count)))
        }
        document = Document(
            files: files.map { Document.File(name: $0.name, microsecondsPerUpdate: $0.microseconds, leads: $0.scores) },
            leads: leads)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    func text() -> String {
        var rows = [["MASE (naive), coverage"] + document.leads.map { "lead \($0.lead)" } + ["us/update"]]
        for file in document.files {
            rows.append(
                [file.name]
                    + file.leads.map { String(format: "%.3f (%.3f) %.1f %%", $0.mase, $0.naiveMASE, 100 * $0.coverage) }
                    + [String(format: "%.1f", file.microsecondsPerUpdate)])
        }
        rows.append(
            ["median"]
                + document.leads.map {
                    String(format: "%.3f (%.3f) %.1f %%", $0.medianMASE, $0.medianNaiveMASE, 100 * $0.meanCoverage95)
                })
        rows.append(["worst against naive"] + document.leads.map { String(format: "%.3f", $0.worstAgainstNaive) })
        return TextTable(rows).text
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
