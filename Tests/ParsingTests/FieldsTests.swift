import Parsing
import TestKit
import Testing

@Suite("Fields of JSON, logfmt and patterns")
struct FieldsTests {
    private func leaves(_ text: String) -> (fields: [String], failed: Bool) {
        var found: [String] = []
        do throws(JSONSyntaxError) {
            try JSONFields.forEachLeaf(of: Array(text.utf8)[...]) { path, value in
                let keys = path.map { if case .key(let key) = $0 { key } else { "?" } }
                found.append("\(keys.joined(separator: "."))=\(value.text)")
            }
            return (found, false)
        } catch {
            return (found, true)
        }
    }

    @Test(
        "JSON objects give their leaves",
        arguments: [
            (
                #"{"a":1,"b":{"c":"x\n\u00e9\ud83d\ude00"},"d":[1,{"e":2}],"f":null,"g":true}"#, "a=1|b.c=x\né😀|f=null|g=true",
                false
            ),
            (#" { } "#, "", false),
            (#"{"a":1,"b":oops}"#, "a=1", true),
            (#"{"a":"unterminated"#, "", true),
            ("not json", "", true), ("", "", true), ("[1]", "", true), (#"{"a":1} x"#, "a=1", true),
        ])
    func readsJSON(_ text: String, _ expected: String, _ fails: Bool) {
        let (fields, failed) = leaves(text)
        #expect(fields.joined(separator: "|") == expected)
        #expect(failed == fails)
    }

    @Test("JSON paths lead into objects and arrays")
    func readsPaths() throws {
        let line = Array(#"{"a":{"b":[1,{"c":"x"}]},"a b":2,"n":null}"#.utf8)[...]
        let paths: [[JSONFields.PathElement]] = [
            [.key("a"), .key("b"), .index(1), .key("c")], [.key("a b")], [.key("missing")], [.key("a"), .key("b")],
        ]
        let values = try JSONFields.values(at: paths, of: line).map { $0?.text }
        #expect(values == ["x", "2", nil, #"[1,{"c":"x"}]"#])
    }

    @Test("Deep nesting is refused, not followed")
    func refusesDepth() {
        let deep = String(repeating: #"{"a":"#, count: 100_000) + "1" + String(repeating: "}", count: 100_000)
        #expect(leaves(deep).failed)
        #expect(leaves(#"{"a":"# + String(repeating: "[", count: 100_000)).failed)
    }

    @Test(
        "logfmt gives its pairs",
        arguments: [
            (#"a=1 b="two words" c"#, "a=1|b=two words|c=", false),
            (#"a="x\"y\n" b="#, "a=x\"y\n|b=", false),
            (#"good=1 bad="unterminated"#, "good=1", true),
            ("a=b=c d=1", "d=1", true), ("=x d=1", "d=1", true), (#"a"b=1 d=1"#, "d=1", true), ("", "", false),
        ])
    func readsLogfmt(_ text: String, _ expected: String, _ isBroken: Bool) throws {
        let line = Array(text.utf8)[...]
        var found: [String] = []
        try LogfmtFields.forEach(in: line) { found.append("\(String(decoding: $0, as: UTF8.self))=\($1)") }
        #expect(found.joined(separator: "|") == expected)
        let isRefused = (try? LogfmtFields.forEach(in: line, strict: true) { _, _ in }) == nil
        #expect(isRefused == isBroken)
    }

    @Test(
        "Patterns capture what stands between their literals",
        arguments: [
            ("<m> <p> <s>", "GET /x 200", "m=GET|p=/x|s=200"), ("<m> <_> <s>", "GET /x 200", "m=GET|s=200"),
            ("<m> <p> <s>", "GET", "m=GET"), ("[<t>] <rest>", "[a] b c", "t=a|rest=b c"), ("[<t>]", "x [a]", "nil"),
            ("<a>:<b>;", "1:2;3", "a=1|b=2"), ("a < b <c>", "a < b d", "c=d"),
        ])
    func readsPatterns(_ pattern: String, _ line: String, _ expected: String) throws {
        let captures = try PatternExpression(pattern).captures(in: Array(line.utf8)[...])
        let text = captures.map { $0.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }.joined(separator: "|") }
        #expect(text ?? "nil" == expected)
    }

    @Test("Patterns that can't be told apart are refused", arguments: ["<a><b>", "<a> <a>", ""])
    func refusesPatterns(_ pattern: String) {
        #expect(throws: PatternSyntaxError.self) { try PatternExpression(pattern) }
    }

    @Test(
        "A pattern filter matches whole lines",
        arguments: [
            ("<_>b<_>", "abc", true), ("<_>b<_>", "bc", false), ("a<_>", "abc", true), ("a<_>", "a", false), ("abc", "abc", true),
            ("abc", "abcd", false), ("<_>c", "abc", true),
        ])
    func filtersByPattern(_ pattern: String, _ line: String, _ expected: Bool) throws {
        #expect(try PatternExpression(pattern).matches(Array(line.utf8)[...]) == expected)
    }

    @Test("No bytes are a crash")
    func survivesNoise() {
        var random = SeededGenerator(seed: 11)
        let alphabet = Array(#"{}[]",:\u0aen1-.= <>"#.utf8) + [0xff, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            try? JSONFields.forEachLeaf(of: bytes[...]) { _, _ in }
            try? LogfmtFields.forEach(in: bytes[...]) { _, _ in }
            if let pattern = try? PatternExpression(String(decoding: bytes, as: UTF8.self)) {
                _ = pattern.captures(in: bytes[...])
                _ = pattern.matches(bytes[...])
            }
        }
    }
}
