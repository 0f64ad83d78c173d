import HTTPTypes
import Hummingbird
import LogQL
import Telemetry

/// A result in Loki's form. Times of entries are nanoseconds in strings; those of samples are seconds.
struct LokiEncoding: Sendable {
    private static let flag = "categorize-labels"

    /// Whether metadata and parsed labels stand with each entry, as Grafana asks by a header.
    let categorizesLabels: Bool

    init(categorizesLabels: Bool) {
        self.categorizesLabels = categorizesLabels
    }

    init(_ request: Request) {
        let flags = HTTPField.Name("X-Loki-Response-Encoding-Flags").flatMap { request.headers[$0] } ?? ""
        self.init(flags: flags)
    }

    /// Flags as they stand in the header, separated by commas.
    init(flags: String) {
        categorizesLabels = flags.split(separator: ",").contains { $0.filter { $0 != " " } == LokiEncoding.flag }
    }

    /// The answer of a query.
    func response(_ answer: LogQLAnswer, queued: Duration, took: Duration) -> Response {
        APIResponse.success { writer in
            writer.object { writer in
                writer.key("resultType")
                write(answer.result, to: &writer)
                if categorizesLabels, case .streams = answer.result {
                    writer.key("encodingFlags")
                    writer.strings([LokiEncoding.flag])
                }
                writer.key("stats")
                writer.statistics(answer, queued: queued, took: took)
            }
        }
    }

    private func write(_ result: LogQLResult, to writer: inout JSONWriter) {
        switch result {
        case .streams(let streams):
            writer.string("streams")
            writer.key("result")
            writer.array { writer in for stream in streams { write(stream, to: &writer) } }
        case .vector(let elements):
            writer.string("vector")
            writer.key("result")
            writer.array { writer in
                for element in elements {
                    writer.object { writer in
                        writer.key("metric")
                        writer.labels(element.labels)
                        writer.key("value")
                        writer.sample(milliseconds: element.timestamp / 1_000_000, value: element.value)
                    }
                }
            }
        case .matrix(let series):
            writer.string("matrix")
            writer.key("result")
            writer.array { writer in for one in series { writer.series(one) } }
        case .scalar(let timestamp, let value):
            writer.string("scalar")
            writer.key("result")
            writer.sample(milliseconds: timestamp / 1_000_000, value: value)
        }
    }

    /// One stream of a log query or of a tail.
    func write(_ stream: LogStreamResult, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("stream")
            writer.labels(stream.labels)
            writer.key("values")
            writer.array { writer in
                for entry in stream.entries {
                    writer.array { writer in
                        writer.string(String(entry.timestamp))
                        writer.string(bytes: entry.line)
                        if categorizesLabels { writer.categories(of: entry) }
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func categories(of entry: LogEntryResult) {
        object { writer in
            for (name, labels) in [("structuredMetadata", entry.metadata), ("parsed", entry.parsed)] where !labels.isEmpty {
                writer.key(name)
                writer.labels(labels)
            }
        }
    }

    /// A series of a metric query.
    mutating func series(_ series: LogMatrixSeries) {
        object { writer in
            writer.key("metric")
            writer.labels(series.labels)
            writer.key("values")
            writer.array { writer in
                for point in series.points { writer.sample(milliseconds: point.timestamp / 1_000_000, value: point.value) }
            }
        }
    }

    /// What `logcli --stats` and Grafana's inspector show.
    fileprivate mutating func statistics(_ answer: LogQLAnswer, queued: Duration, took: Duration) {
        let statistics = answer.statistics
        let lines = statistics.linesRead + statistics.linesCounted
        // A query that took no time at all has no rate that could be told.
        func rate(_ amount: Int) -> Int { Int((Double(amount) / max(took.seconds, 1e-6)).rounded()) }
        object { writer in
            writer.key("summary")
            writer.object { writer in
                for (name, amount) in [
                    ("bytesProcessedPerSecond", rate(statistics.bytesRead)), ("linesProcessedPerSecond", rate(lines)),
                    ("totalBytesProcessed", statistics.bytesRead), ("totalLinesProcessed", lines),
                    ("totalPostFilterLines", statistics.linesPassed), ("totalEntriesReturned", answer.result.entryCount),
                    ("linesCounted", statistics.linesCounted),
                ] {
                    writer.key(name)
                    writer.integer(amount)
                }
                for (name, duration) in [("execTime", took), ("queueTime", queued)] {
                    writer.key(name)
                    writer.number(duration.seconds)
                }
            }
            for name in ["querier", "ingester"] {
                writer.key(name)
                writer.object { _ in }
            }
        }
    }
}

extension LogQLResult {
    /// Entries or points.
    fileprivate var entryCount: Int {
        switch self {
        case .streams(let streams): streams.reduce(0) { $0 + $1.entries.count }
        case .vector(let elements): elements.count
        case .matrix(let series): series.reduce(0) { $0 + $1.points.count }
        case .scalar: 1
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
