import ArgumentParser
import Foundation
import LogQL

/// `magewatch logs diff`: what kinds of messages are new, gone, or come more or less often.
struct LogsDiffCommand: AsyncParsableCommand {
    /// Most shapes of a span that are compared.
    static let maximumShapes = 20_000

    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare the kinds of messages of two spans of time.",
        discussion: """
            Lines are put together by their shape, the text without numbers, addresses and ids. A shape is new or gone, or changed where its
            rate differs by --factor and more than chance explains. The pattern filter |> finds the lines of a shape.

            A span is two times with .. between them; each is how long ago (1h), a time of today (14:05), a date and time, or RFC 3339.

            EXAMPLES
              magewatch logs diff --at 14:05 '{app="shop"}'                             an hour before against the time since
              magewatch logs diff --before 25h..24h --after 1h..now '{host=~"web.+"}'   what changed since yesterday
            """)

    @Argument(help: "A log query.")
    var query: String

    @Option(help: "The span to compare with, for instance 25h..24h.")
    var before: String?

    @Option(help: "The span to look at, for instance 1h..now.")
    var after: String?

    @Option(help: "A moment, such as that of a deployment: compares --window before it with --window after it.")
    var at: String?

    @Option(help: "Length of the spans around --at.")
    var window = "1h"

    @Option(help: "How many times as often, or as rarely, a shape must come.")
    var factor = 2.0

    @Option(help: "text or json.")
    var output: OutputForm = .text

    @OptionGroup var monitor: MonitorOptions

    func validate() throws {
        guard (at != nil) != (before != nil && after != nil), at == nil || before == nil && after == nil else {
            throw ValidationError("give --at TIME, or --before SPAN and --after SPAN")
        }
        if !(factor >= 1) { throw ValidationError("--factor is at least 1") }
    }

    func run() async throws {
        let (first, second) = try spans(now: TimeText.now)
        let changes = ShapeComparison.changes(from: try await count(first), to: try await count(second), factor: factor)
        if output == .json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            for change in changes { print(String(decoding: try encoder.encode(Line(change)), as: UTF8.self)) }
        } else if changes.isEmpty {
            print("no difference")
        } else {
            for change in changes { print(LogsDiffCommand.text(change)) }
        }
    }

    private func spans(now: Int64) throws -> (Range<Int64>, Range<Int64>) {
        if let at {
            let moment = try TimeText.nanoseconds(at, now: now)
            let width = Int64(try DurationText.seconds(window) * 1e9)
            guard moment < now else { throw ValidationError("--at lies in the future") }
            return ((moment - width)..<moment, moment..<min(now, moment + width))
        }
        func span(_ text: String) throws -> Range<Int64> {
            let ends = text.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
            guard ends.count == 2 else { throw ValidationError("\"\(text)\" is no span such as 2h..1h") }
            let (start, end) = (try TimeText.nanoseconds(ends[0], now: now), try TimeText.nanoseconds(ends[1], now: now))
            guard start < end else { throw ValidationError("\"\(text)\" ends before it begins") }
            return start..<end
        }
        return (try span(before ?? ""), try span(after ?? ""))
    }

    private func count(_ span: Range<Int64>) async throws -> ShapeComparison.Span {
        let answer = try await LogClient(client: monitor.client).range(
            query + " | shape", from: span.lowerBound, to: span.upperBound, limit: LogsDiffCommand.maximumShapes)
        let counts = (answer.entries ?? []).map { ($0.line, Int($0.labels["count"] ?? "") ?? 0) }
        return ShapeComparison.Span(
            counts: Dictionary(counts, uniquingKeysWith: +), seconds: Double(span.upperBound - span.lowerBound) / 1e9)
    }

    private static func text(_ change: ShapeComparison.Change) -> String {
        func rate(_ value: Double) -> String { value.formatted(.number.precision(.significantDigits(1...3))) + "/h" }
        let counts =
            switch change.kind {
            case .new: "\(change.after) times, \(rate(change.rateAfter))"
            case .gone: "was \(change.before) times, \(rate(change.rateBefore))"
            case .changed: "\(rate(change.rateBefore)) -> \(rate(change.rateAfter))"
            }
        let kind = change.kind.rawValue
        return kind + String(repeating: " ", count: 9 - kind.count) + counts
            + String(repeating: " ", count: max(1, 28 - counts.count))
            + change.shape
    }

    private struct Line: Encodable {
        var kind: String
        var shape: String
        var before: Int
        var after: Int
        var perHourBefore: Double
        var perHourAfter: Double

        init(_ change: ShapeComparison.Change) {
            kind = change.kind.rawValue
            shape = change.shape
            (before, after) = (change.before, change.after)
            (perHourBefore, perHourAfter) = (change.rateBefore, change.rateAfter)
        }
    }
}
