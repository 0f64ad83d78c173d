import Forecasting
import Foundation

/// Histories with what came after them, from files.
struct EvaluationCases {
    struct Case {
        var file: String
        var history: [Double]
        var truth: [Double]
    }

    private let files: [(name: String, series: [SeriesText.Series])]
    private let truths: [String: [Double]]
    private let stepSeconds: Double?

    init(files names: [String], tests: [String], stepSeconds: Double?) throws {
        var files: [(name: String, series: [SeriesText.Series])] = []
        var truths: [String: [Double]] = [:]
        var known = Set<String>()
        for name in names {
            let series = try SeriesFile.read(name)
            // Lines that go on with series read before are their truth.
            let isTruth = !series.isEmpty && series.allSatisfy { !$0.name.isEmpty && known.contains($0.name) }
            if isTruth {
                for line in series { truths[line.name] = line.values }
            } else {
                known.formUnion(series.map(\.name))
                files.append((name, series))
            }
        }
        for name in tests {
            for line in try SeriesFile.read(name) { truths[line.name] = line.values }
        }
        self.files = files
        self.truths = truths
        self.stepSeconds = stepSeconds
    }

    func cases(horizon: Int, origins: Int) -> [Case] {
        files.flatMap { file in
            file.series.flatMap { series -> [Case] in
                let values = series.seconds.isEmpty ? series.values : series.grid(stepSeconds: stepSeconds).values
                if !truths.isEmpty, !series.name.isEmpty {
                    guard let truth = truths[series.name] else { return [] }
                    return [Case(file: file.name, history: values, truth: Array(truth.prefix(horizon)))]
                }
                return (1...origins).reversed().compactMap { back in
                    let end = values.count - back * horizon
                    guard end >= 2 else { return nil }
                    return Case(file: file.name, history: Array(values[..<end]), truth: Array(values[end..<(end + horizon)]))
                }
            }
        }
    }
}

/// Files of series, read whole.
enum SeriesFile {
    /// Largest file read, in bytes.
    static let maximumBytes = 1 << 30

    static func read(_ name: String) throws -> [SeriesText.Series] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: name))
        } catch {
            throw CommandFailure("\(name) can't be read: \(error.localizedDescription)")
        }
        guard data.count <= maximumBytes else {
            throw CommandFailure("\(name) has \(data.count) bytes; the most is \(maximumBytes)")
        }
        let text = SeriesText(String(decoding: data, as: UTF8.self))
        if text.skippedLines > 0 {
            FileHandle.standardError.write(Data("note: \(name): \(text.skippedLines) lines could not be read\n".utf8))
        }
        guard !text.series.isEmpty else {
            throw CommandFailure("\(name) holds no series: lines of `time,value` or of an id and values are expected")
        }
        return text.series
    }
}
