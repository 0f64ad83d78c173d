import Forecasting
import Foundation

/// NAB's labelled windows, by file.
struct AnomalyLabels {
    private let windows: [String: [ClosedRange<Double>]]

    init(file: String) throws {
        let decoded: [String: [[String]]]
        do {
            decoded = try JSONDecoder().decode([String: [[String]]].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw CommandFailure(
                "\(file) is no object of lists of windows as in NAB's combined_windows.json: \(error.localizedDescription)")
        }
        windows = try decoded.mapValues { pairs in
            try pairs.map { pair in
                let times = pair.compactMap(SeriesText.seconds)
                guard pair.count == 2, times.count == 2, times[0] <= times[1] else {
                    throw CommandFailure("\(file): \(pair) is no window of two times")
                }
                return times[0]...times[1]
            }
        }
    }

    /// The windows of the entry that the file's path ends with, or whose last part is the file's name.
    func windows(of file: String) -> [ClosedRange<Double>] {
        if let whole = windows.first(where: { file.hasSuffix($0.key) }) { return whole.value }
        let name = file.split(separator: "/").last
        return windows.first { $0.key.split(separator: "/").last == name }?.value ?? []
    }
}

/// What `anomalies eval` found.
struct AnomalyReport {
    struct Line: Encodable {
        var name: String
        var score: Double
        var windows: Int
        var found: Int
        var falseAlarms: Int

        init(name: String, score: NABScore) {
            self.name = name
            self.score = score.normalised
            windows = score.windows
            found = score.found
            falseAlarms = score.falseAlarms
        }
    }

    private struct Document: Encodable {
        var total: Line
        var files: [Line]
    }

    private let document: Document

    init(files: [Line], total: Line) {
        document = Document(total: total, files: files)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    func text() -> String {
        let rows = (document.files + [document.total]).map {
            [$0.name, String(format: "%.1f", $0.score), "\($0.found)/\($0.windows)", "\($0.falseAlarms)"]
        }
        return TextTable([["file", "NAB score", "found", "false alarms"]] + rows).text
    }
}
