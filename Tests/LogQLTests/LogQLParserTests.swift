import LogQL
import Telemetry
import TestKit
import Testing

@Suite("LogQL's grammar")
struct LogQLParserTests {
    static let accepted = [
        #"{a="b"}"#, #"{a=~"b.+", c!="d"} |= "x" or "y" != "z" |~ `\d+` !~ "q" |> "<_>x" !> "y<_>""#,
        #"{a="b"} | json | logfmt --strict --keep-empty | pattern "<x> <_>" | regexp "(?P<y>.)" | unpack | decolorize"#,
        #"{a="b"} | json x="a.b[0][\"c\"]", y | status >= 500 and (size > 20MB or took < 1.5s), host="x" path!="/""#,
        #"{a="b"} | line_format "{{.x}} {{ .y | ToUpper }}" | label_format x=y, z="{{.w}}" | keep x, y="1" | drop __error__"#,
        #"sum by (x) (rate({a="b"} | json | unwrap bytes(x) | __error__="" [5m] offset 1h)) / 2 > bool 3"#,
        #"topk(3, count_over_time(({a="b"} |= "x")[1h30m])) without (y)"#, "vector(1)+vector(1)", "-2 ^ 2 ^ 3 # comment",
        #"quantile_over_time(0.99, {a="b"} | unwrap x [1m]) by (y) and on(y) group_left(z) count_over_time({a="b"}[1m])"#,
        #"label_replace(vector(1), "a", "$1", "b", "(.*)")"#, #"{a="b"} | json | json = "x" | rate > 5"#,
    ]

    @Test("Well-formed queries are accepted", arguments: accepted)
    func accepts(_ query: String) throws {
        try LogQLParser.parse(query)
    }

    @Test(
        "Errors say where they are",
        arguments: [
            ("", 1, 1), ("{", 1, 2), (#"{a="b""#, 1, 7), (#"{a=~".*"}"#, 1, 1), ("{a=\"b\"}\n  | json\n  | x >", 3, 8),
            (#"{a="b"} | foo"#, 1, 14), (#"rate({a="b"})"#, 1, 13), (#"rate({a="b"}[5m]) by (x)"#, 1, 1), (#"{a="b"} + 1"#, 1, 9),
            (#"{a=~"("}"#, 1, 5), (#"sum({a="b"})"#, 1, 1), (#"{a="b"} | line_format "{{""#, 1, 23), ("1 +", 1, 4),
        ])
    func refuses(_ query: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: LogQLError.self) { try LogQLParser.parse(query) }
        #expect(error?.code == .parse)
        #expect(error?.line == line)
        #expect(error?.column == column, "\(query): \(error.map { "\($0)" } ?? "")")
    }

    @Test("Deep nesting is refused, not followed")
    func refusesDepth() {
        let deep = [
            String(repeating: "(", count: 50_000) + "1", "1" + String(repeating: "^1", count: 50_000),
            #"{a="b"} | "# + String(repeating: "(", count: 50_000), "rate(" + String(repeating: "(", count: 50_000),
            #"{a="b"}"# + String(repeating: #" |= "x""#, count: 10_000), String(repeating: "sum(", count: 30_000) + "vector(1)",
            "vector(1)" + String(repeating: "+vector(1)", count: 10_000),
            #"{a="b"} | x="1""# + String(repeating: #" or x="1""#, count: 10_000),
            #"{a="b"} | x="1""# + String(repeating: #" x="1""#, count: 9_000),
        ]
        for query in deep {
            let error = #expect(throws: LogQLError.self) { try LogQLParser.parse(query) }
            #expect(error?.code == .limit)
        }
    }

    @Test(
        "What is not available is called unsupported",
        arguments: [#"{a="b"} | line_format "{{ now }}""#, #"{a="b"} | line_format `{{ template "x" }}`"#])
    func namesUnsupported(_ query: String) {
        #expect(#expect(throws: LogQLError.self) { try LogQLParser.parse(query) }?.code == .unsupported)
    }

    @Test("Selectors alone")
    func readsSelectors() throws {
        #expect(try LogQLParser.parseSelector(#"{a="b", c=~"d.+"}"#).map(\.description) == [#"a="b""#, #"c=~"d.+""#])
        #expect(throws: LogQLError.self) { try LogQLParser.parseSelector(#"{a="b"} |= "x""#) }
    }

    @Test("No text is a crash: cut and shuffled queries")
    func survivesNoise() {
        var random = SeededGenerator(seed: 3)
        for query in Self.accepted {
            let bytes = Array(query.utf8)
            for length in 0...bytes.count { try? LogQLParser.parse(String(decoding: bytes[..<length], as: UTF8.self)) }
            for _ in 0..<300 {
                var changed = bytes
                changed.swapAt(Int.random(in: 0..<bytes.count, using: &random), Int.random(in: 0..<bytes.count, using: &random))
                changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32..<127, using: &random)
                try? LogQLParser.parse(String(decoding: changed, as: UTF8.self))
            }
        }
    }
}
