import Foundation
import Parsing
import Telemetry
import TestKit
import Testing

private func parse(_ text: String, extra: Labels = .empty) throws -> [String] {
    var batch = SampleBatch()
    try ExpositionParser.parse(Array(text.utf8), defaultTimestamp: 7, extraLabels: extra, into: &batch)
    return batch.series.flatMap { series in
        series.samples.map { "\(batch.labels(of: series)) \(batch.values[$0]) \(batch.timestamps[$0])" }
    }
}

struct ExpositionParserTests {
    @Test(
        "Lines of the text format become samples",
        arguments: [
            ("a 1\n", ["a 1.0 7"]),
            ("a{} 1", ["a 1.0 7"]),
            ("  a\t{ b = \"c\" , } \t2.5  1234 \r\n", [#"a{b="c"} 2.5 1234"#]),
            ("# HELP a b\n# TYPE a counter\n\na 1e3\n", ["a 1000.0 7"]),
            (#"a{p="C:\\D",e="x\n\"y\"",o="\q"} 1"#, [#"a{e="x\n\"y\"", o="\\q", p="C:\\D"} 1.0 7"#]),
            (#"{"my.metric","a.b"="c"} 1"#, [#"my.metric{a.b="c"} 1.0 7"#]),
            ("a +Inf\na -Inf -5", ["a inf 7", "a -inf -5"]),
            ("a NaN", ["a nan 7"]),
            ("a 0.1\na 123456789012345678901", ["a 0.1 7", "a 1.2345678901234568e+20 7"]),
            ("a_total 0 123 # {a=\"b\"} 0.5\n# EOF\n", ["a_total 0.0 123000"]),
            ("a 1 1.5\n# EOF", ["a 1.0 1500"]),
            ("a:b 1", ["a:b 1.0 7"]),
        ])
    func lines(text: String, expected: [String]) throws {
        #expect(try parse(text) == expected)
    }

    @Test(
        "A line that is not of the format is refused with its number",
        arguments: [
            ("a", 1), ("a 1\nb x\n", 2), ("a{b=\"c\" 1", 1), ("a{b=c} 1", 1), ("a{b=\"c} 1", 1), ("a 1 2 3", 1), ("9a 1", 1),
            ("a 1 x", 1), ("{} 1", 1), ("a{b} 1", 1), ("a{1b=\"x\"} 1", 1),
        ])
    func refusals(text: String, line: Int) {
        let error = #expect(throws: ExpositionError.self) { try parse(text) }
        #expect(error?.line == line)
    }

    @Test("Labels of the target win, and what the exporter sent under their names is kept beside them")
    func extraLabels() throws {
        let found = try parse(#"up{job="mine",x="y"} 1"#, extra: ["job": "node", "instance": "a:1"])
        #expect(found == [#"up{exported_job="mine", instance="a:1", job="node", x="y"} 1.0 7"#])
    }

    @Test("Numbers are read as exactly as the library reads them")
    func numbers() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
            let short = (Double.random(in: -1e6...1e6, using: &generator) * 1000).rounded() / 1000
            for number in [value, short] where number.isFinite {
                var batch = SampleBatch()
                try ExpositionParser.parse(Array("a \(number)".utf8), defaultTimestamp: 0, extraLabels: .empty, into: &batch)
                #expect(batch.values == [number], "seed \(generator.seed)")
            }
        }
    }

    @Test("The conformance cases that must parse do", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
    func conformance() throws {
        let folder = try SharedMaterial.url("suites/openmetrics/parsers")
        var parsed = 0
        var refusedBad = 0
        var bad = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let file = folder.appendingPathComponent(name).appendingPathComponent("metrics")
            guard let data = FileManager.default.contents(atPath: file.path) else { continue }
            var batch = SampleBatch()
            let error = Result {
                try ExpositionParser.parse(Array(data), defaultTimestamp: 0, extraLabels: .empty, into: &batch)
            }
            if name.hasPrefix("bad_") {
                bad += 1
                if case .failure = error { refusedBad += 1 }
            } else {
                #expect(throws: Never.self, "\(name)") { try error.get() }
                parsed += 1
            }
        }
        print("exposition: \(parsed) cases that must parse parsed; of \(bad) that OpenMetrics refuses, \(refusedBad) refused")
        #expect(parsed == 27)
    }
}
