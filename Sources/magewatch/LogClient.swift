import Foundation
import MonitorAPI

/// What a log query came back with.
struct LogAnswer {
    /// Lines, the oldest first, or shapes, the most frequent first; nil where the query gives numbers.
    var entries: [LogEntryAnswer]?
    var body: QueryAnswer
    /// What the query read, as a sentence.
    var statistics: String
}

/// Asks a monitor for logs.
struct LogClient {
    /// Seconds before and after a line that its context is looked for in.
    static let contextSeconds: Int64 = 3_600

    let client: MonitorClient

    /// Runs a query over `[start, end)`; a metric query is evaluated at the end.
    func range(
        _ query: String, from start: Int64, to end: Int64, limit: Int, direction: String = "backward"
    ) async throws -> LogAnswer {
        let began = ContinuousClock.now
        let data = try await client.get(
            "/loki/api/v1/query_range",
            [("query", query), ("start", "\(start)"), ("end", "\(end)"), ("limit", "\(limit)"), ("direction", direction)])
        let answer = try JSONDecoder().decode(QueryAnswer.self, from: data)
        let statistics = try JSONDecoder().decode(StatisticsAnswer.self, from: data).data.stats.summary
        guard answer.data.resultType == "streams" else {
            return LogAnswer(entries: nil, body: answer, statistics: statistics.text(.now - began))
        }
        var entries = answer.logEntries
        // Shapes come by how frequent they are.
        if !entries.allSatisfy({ $0.labels["first_seen"] != nil }) { entries.sort { $0.nanoseconds < $1.nanoseconds } }
        return LogAnswer(entries: entries, body: answer, statistics: statistics.text(.now - began))
    }

    /// Hands lines to `visit` as they arrive, for ever; those of before first.
    func follow(
        _ query: String, from start: Int64, limit: Int, _ visit: ([LogEntryAnswer]) -> Void
    ) async throws {
        let path = "/loki/api/v1/tail"
        let parameters = [("query", query), ("start", "\(start)"), ("limit", "\(limit)")]
        guard let url = URLComponents(string: client.url), let host = url.host, url.scheme == "http" else {
            throw CommandFailure("\(client.url) can't be followed: give an address such as http://127.0.0.1:7101")
        }
        var target = URLComponents()
        target.path = url.path + path
        target.queryItems = parameters.map { URLQueryItem(name: $0.0, value: $0.1) }
        let text = (target.string ?? "").replacing("+", with: "%2B")
        do {
            try await TailClient(host: host, port: url.port ?? 80, target: text).follow { bytes in
                let frame = try JSONDecoder().decode(TailFrame.self, from: Data(bytes))
                visit(frame.streams.flatMap(\.logEntries).sorted { $0.nanoseconds < $1.nanoseconds })
                if let dropped = frame.dropped_entries, !dropped.isEmpty {
                    FileHandle.standardError.write(
                        Data("note: lines came faster than they could be printed; some are left out\n".utf8))
                }
                return true
            }
            throw CommandFailure("the monitor ended the tail: it is stopping")
        } catch TailClient.Failure.refused {
            // The same request over plain HTTP says what is wrong with it.
            _ = try await client.get(path, parameters)
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("no monitor to follow at \(client.url) (\(error))")
        }
    }
}

/// A frame of a tail.
private struct TailFrame: Decodable {
    struct Dropped: Decodable { var timestamp: String }

    var streams: [QueryAnswer.Series]
    // The name on the wire.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var dropped_entries: [Dropped]?
}

private struct StatisticsAnswer: Decodable {
    struct Summary: Decodable {
        var totalBytesProcessed: Int
        var totalLinesProcessed: Int
        var totalPostFilterLines: Int
        var linesCounted: Int
        var execTime: Double

        func text(_ whole: Duration) -> String {
            let size = Double(totalBytesProcessed).formatted(.number.notation(.compactName))
            return "\(totalLinesProcessed) lines looked at (\(size) bytes read, \(linesCounted) lines only counted), "
                + "\(totalPostFilterLines) passed, in \((execTime * 1000).formatted(.number.precision(.fractionLength(0...1)))) ms "
                + "(\((whole / .milliseconds(1)).formatted(.number.precision(.fractionLength(0...1)))) ms with the way there and back)"
        }
    }
    struct Statistics: Decodable { var summary: Summary }
    struct Body: Decodable { var stats: Statistics }

    var data: Body
}

extension QueryAnswer {
    fileprivate var logEntries: [LogEntryAnswer] { series.flatMap(\.logEntries) }
}

extension QueryAnswer.Series {
    fileprivate var logEntries: [LogEntryAnswer] {
        (values ?? []).map { LogEntryAnswer(labels: stream ?? [:], nanoseconds: $0.nanoseconds, line: $0.text) }
    }
}
