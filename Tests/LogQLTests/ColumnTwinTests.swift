import Foundation
import LogQL
import Telemetry
import TestKit
import Testing

/// Queries answered from columns against the same queries over lines that are filtered and parsed one by one.
@Suite("Columns against lines", .ownThread)
struct ColumnTwinTests {
    static let second: Int64 = 1_000_000_000

    static let queries = [
        #"count_over_time({app=~".+"}[37s])"#, #"sum(rate({app="web"} |= "error" [1m]))"#,
        #"sum by (app) (count_over_time({app=~".+"} |= "e" |= "1" [1m]))"#,
        #"sum by (status) (count_over_time({app=~".+"} | json [1m]))"#,
        #"sum by (status) (count_over_time({app=~".+"} | json | __error__="" [1m]))"#,
        #"sum by (level, user_name) (count_over_time({app=~".+"} | json | status >= 400 or level="error" | __error__="" [30s]))"#,
        #"sum by (status) (count_over_time({app=~".+"} | logfmt [1m]))"#,
        #"sum by (msg, app_extracted) (count_over_time({app=~".+"} |= "level" | logfmt | size > 1KB [1m]))"#,
        #"topk(2, sum by (path) (rate({app=~".+"} | logfmt | level!="debug" [1m])))"#,
        #"quantile_over_time(0.9, {app=~".+"} | json | unwrap took | __error__="" [1m]) by (app)"#,
        #"sum_over_time({app=~".+"} | logfmt | unwrap duration(took) | __error__="" [1m]) by (level)"#,
        #"max_over_time({app=~".+"} | logfmt | unwrap bytes(size) | __error__="" [1m]) by (app)"#,
        #"avg by (app) (count_over_time({app=~".+"} | logfmt [1m]))"#,
        #"sum without (app) (count_over_time({app=~".+"} | json [1m]))"#,
        #"absent_over_time({app="none"} | json [1m])"#, #"sum by (trace) (count_over_time({app=~".+"} | logfmt [1m]))"#,
        #"sum by (a_b) (count_over_time({app=~".+"} | json | a_b=~"x.*" [1m])) / sum(count_over_time({app=~".+"} [1m]))"#,
        #"sum by (a, b) (count_over_time({app=~".+"} | pattern `<a> <_>=<b>` [1m]))"#,
        #"sum by (s) (count_over_time({app=~".+"} | pattern `level=<_> status=<s> size=<_>` [45s]))"#,
        #"sum by (v, app) (count_over_time({app=~".+"} | pattern `<_>"status":<v>,<_>` | v!="" [1m]))"#,
        #"sum by (q) (rate({app=~".+"} | pattern `<_>"<q>" <_>` [20s]))"#,
        #"sum(count_over_time({app=~".+"} |~ `status=[0-9]+ si(ze|x)` [1m]))"#,
        #"sum by (app) (bytes_over_time({app=~".+"} |~ `took=1?5?m*s` !~ `debug|info` [1m]))"#,
        #"max_over_time({app=~".+"} | json | unwrap took | __error__="" [1m]) by (level)"#,
        #"sum by (client) (count_over_time({app=~".+"} | logfmt | client=ip("10.0.0.0/8") [1m]))"#,
    ]

    /// Lines that are JSON, logfmt, neither, or broken.
    static func line(_ random: inout SeededGenerator) -> String {
        func pick(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
        let status = pick(["200", "404", "500", "0", "007", "-3", "4.5", "4e2", "x1", "1.2.3", ""])
        let level = pick(["info", "error", "debug", "e1", #"a\"b"#, #"A"#, "größe 5", "", "x y", "<b>"])
        let took = pick(["15", "1.5s", "20ms", "0.25", "oops", "1h30m", "7.", ".5"])
        let size = pick(["10", "2KB", "3MiB", "1.5kb", "-", "many"])
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2:
            return #"{"level":"\#(level)","status":\#(status.isEmpty ? "null" : status),"took":\#(took.isEmpty ? "1" : took)}"#
        case 3: return #"{"level":"\#(level)", "user":{"name":"u\#(status)","app":"z"}, "status":"\#(status)", "status":"twice"}"#
        case 4: return #"{"a":{"b":"x\#(took)"},"ok":true,"list":[1,"\#(level)"],"app":"inner"}"#
        case 5: return #"{"a.b":"x1","status":\#(status)"#
        case 6...8:
            return
                "level=\(level) status=\(status) size=\(size) took=\(took) client=10.0.0.\(Int.random(in: 0..<4, using: &random))"
        case 9: return #"level="\#(level)" msg="took \#(took) and more" size=\#(size) app=inner path=/a/\#(status)"#
        case 10: return "plain error 1 text \(status) = \(level)"
        default: return "k\(status)=\(took) \(level)=5 =x a=b=c \"q\(size)"
        }
    }

    static func source(_ seed: UInt64, count: Int) -> MemoryLogSource {
        var random = SeededGenerator(seed: seed)
        var source = MemoryLogSource()
        for _ in 0..<count {
            let app = ["web", "db", "mail"].randomElement(using: &random) ?? "web"
            let metadata: Labels =
                Int.random(in: 0..<5, using: &random) == 0 ? ["trace": "t\(Int.random(in: 0..<3, using: &random))"] : [:]
            let time = Int64.random(in: 0..<300, using: &random) * second
            source.append(["app": app], LogRow(timestamp: time, line: Array(line(&random).utf8)[...], metadata: metadata))
        }
        return source
    }

    /// What a query comes to, or how it fails.
    static func outcome(_ query: String, _ source: any LogSource) -> String {
        do {
            guard
                case .matrix(let series) = try LogQLEngine(source: source).range(
                    query, from: 0, to: 300 * second, step: 30 * second)
            else { return "no matrix" }
            return series.map { "\($0.labels) \($0.points.map { "\($0.timestamp / second):\($0.value)" })" }.joined(
                separator: "\n")
        } catch {
            return "\(error.code) \(error.message.prefix(30))"
        }
    }

    static let cuts = [
        ShapedSource.Cut(), ShapedSource.Cut(words: true, quoted: true, stretch: 400),
        ShapedSource.Cut(words: false, quoted: true, stretch: 7), ShapedSource.Cut(words: false, quoted: false, stretch: 1),
    ]

    @Test("Generated lines", arguments: 1...30 as ClosedRange<UInt64>)
    func generated(_ seed: UInt64) throws {
        let memory = Self.source(seed, count: seed < 20 ? 60 : 400)
        for query in Self.queries {
            let expected = Self.outcome(query, memory)
            for cut in Self.cuts {
                #expect(Self.outcome(query, ShapedSource(memory: memory, cut: cut)) == expected, "seed \(seed), \(cut): \(query)")
            }
        }
    }

    @Test("Lines of well-formed records are not read as a whole")
    func readsColumns() throws {
        var memory = MemoryLogSource()
        for index in 0..<100 {
            let line = #"{"status":\#(200 + index % 3),"path":"/p\#(index)","took":\#(index).5}"#
            memory.append(["app": "web"], LogRow(timestamp: Int64(index) * Self.second, line: Array(line.utf8)[...]))
        }
        let engine = LogQLEngine(source: ShapedSource(memory: memory))
        for query in [
            #"sum by (status) (count_over_time({app="web"} | json [2m]))"#, #"count_over_time({app="web"}[2m])"#,
            #"quantile_over_time(0.5, {app="web"} | json | status > 200 | unwrap took [2m]) by (app)"#,
        ] {
            let statistics = try engine.answer(LogQLRequest(query, .instant(100 * Self.second))).statistics
            #expect(statistics.linesCounted == 100 && statistics.bytesRead == 0, "\(query): \(statistics)")
        }
    }

    @Test("Real lines", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func real() throws {
        let directory = try SharedMaterial.url("suites/waf/access")
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
        var memory = MemoryLogSource()
        for file in files {
            let lines = try Data(contentsOf: file).prefix(400_000).split(separator: UInt8(ascii: "\n")).prefix(400)
            for (index, line) in lines.enumerated() {
                memory.append(["app": "a\(index % 3)"], LogRow(timestamp: Int64(index) * Self.second, line: Array(line)[...]))
            }
        }
        for query in Self.queries + [
            #"sum(count_over_time({app=~".+"} |= "GET" [1m]))"#, #"sum by (app) (rate({app=~".+"} |= " 404 " [1m]))"#,
        ] {
            let expected = Self.outcome(query, memory)
            for cut in Self.cuts { #expect(Self.outcome(query, ShapedSource(memory: memory, cut: cut)) == expected, "\(query)") }
        }
    }
}
