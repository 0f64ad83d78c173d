import LogQL
import Telemetry
import TestKit
import Testing

/// Queries over generated lines against a twin that looks at every line with plain string functions.
@Suite("LogQL against its naive twin")
struct NaiveTwinTests {
    struct Line {
        var app: String
        var seconds: Int
        var level: String
        var status: Int
        var size: Int

        var text: String { "level=\(level) status=\(status) size=\(size)" }
    }

    static func lines(_ random: inout SeededGenerator, count: Int) -> [Line] {
        (0..<count).map { _ in
            Line(
                app: ["web", "db", "mail"].randomElement(using: &random) ?? "web",
                seconds: Int.random(in: 0..<600, using: &random),
                level: ["info", "warn", "error"].randomElement(using: &random) ?? "info",
                status: [200, 301, 404, 500, 503].randomElement(using: &random) ?? 200,
                size: Int.random(in: 0..<5_000, using: &random))
        }
    }

    static func source(_ lines: [Line]) -> MemoryLogSource {
        var source = MemoryLogSource()
        for line in lines {
            source.append(
                ["app": line.app],
                LogRow(timestamp: Int64(line.seconds) * 1_000_000_000, line: Array(line.text.utf8)[...]))
        }
        return source
    }

    /// Sums of `value` by `key` over the lines of the window that pass, at each step.
    static func twin(
        _ lines: [Line], steps: [Int], window: Int, passes: (Line) -> Bool, key: (Line) -> String, value: (Line) -> Double
    ) -> [String: [Int: Double]] {
        var result: [String: [Int: Double]] = [:]
        for step in steps {
            for line in lines where line.seconds > step - window && line.seconds <= step && passes(line) {
                result[key(line), default: [:]][step, default: 0] += value(line)
            }
        }
        return result
    }

    @Test("Counts and sums agree", arguments: 1...20 as ClosedRange<UInt64>)
    func agrees(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lines = Self.lines(&random, count: Int.random(in: 0..<400, using: &random))
        let window = Int.random(in: 1...120, using: &random)
        let step = Int.random(in: 1...90, using: &random)
        let threshold = [200, 300, 404, 500].randomElement(using: &random) ?? 300
        let steps = Array(stride(from: 0, through: 600, by: step))
        let level = ["info", "warn", "error"].randomElement(using: &random) ?? "info"
        let cases: [(String, (Line) -> Bool, (Line) -> String, (Line) -> Double)] = [
            (
                #"sum by (app) (count_over_time({app=~".+"} |= "level=\#(level)" [\#(window)s]))"#, { $0.level == level }, \.app,
                { _ in 1 }
            ),
            (
                #"sum by (level) (count_over_time({app!="db", app=~".+"} | logfmt | status >= \#(threshold) [\#(window)s]))"#,
                { $0.app != "db" && $0.status >= threshold }, \.level, { _ in 1 }
            ),
            (
                #"sum by (app) (sum_over_time({app=~".+"} | logfmt | unwrap size [\#(window)s]))"#, { _ in true }, \.app,
                { Double($0.size) }
            ),
            (
                #"sum by (app) (bytes_over_time({app=~"web|mail"} !~ "level=(info|warn)" [\#(window)s]))"#,
                { $0.app != "db" && $0.level == "error" }, \.app, { Double($0.text.utf8.count) }
            ),
        ]
        let engine = LogQLEngine(source: Self.source(lines))
        for (query, passes, key, value) in cases {
            let expected = Self.twin(lines, steps: steps, window: window, passes: passes, key: key, value: value)
            let result = try engine.range(
                query, from: 0, to: 600 * 1_000_000_000, step: Int64(step) * 1_000_000_000)
            guard case .matrix(let series) = result else { return #expect(Bool(false), "\(result)") }
            let actual = Dictionary(
                uniqueKeysWithValues: series.map { one in
                    (
                        one.labels.labels.first?.value ?? "",
                        Dictionary(uniqueKeysWithValues: one.points.map { (Int($0.timestamp / 1_000_000_000), $0.value) })
                    )
                })
            #expect(actual == expected, "seed \(seed): \(query)")
        }
    }

    @Test("Entries agree", arguments: 1...20 as ClosedRange<UInt64>)
    func entriesAgree(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lines = Self.lines(&random, count: Int.random(in: 0..<300, using: &random))
        let limit = Int.random(in: 1...350, using: &random)
        let isForward = Bool.random(using: &random)
        let result = try LogQLEngine(source: Self.source(lines)).range(
            #"{app=~"web|db"} | logfmt | size < 2500 or level="error""#, from: 100 * 1_000_000_000, to: 500 * 1_000_000_000,
            step: 1,
            limit: limit, direction: isForward ? .forward : .backward)
        guard case .streams(let streams) = result else { return #expect(Bool(false), "\(result)") }
        let found = streams.flatMap { $0.entries }.map(\.timestamp).sorted()
        let wanted = lines.filter {
            $0.app != "mail" && (100..<500).contains($0.seconds) && ($0.size < 2_500 || $0.level == "error")
        }
        .map { Int64($0.seconds) * 1_000_000_000 }.sorted()
        #expect(found == Array(isForward ? wanted.prefix(limit) : wanted.suffix(limit)), "seed \(seed)")
    }
}
