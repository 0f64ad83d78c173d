import Parsing
import TestKit
import Testing

@Suite("Message shapes")
struct MessageShapeTests {
    static func shape(_ line: String) -> String {
        String(decoding: MessageShape.pattern(of: Array(line.utf8)[...]), as: UTF8.self)
    }

    @Test(
        "Words with digits are variables, joined ones are one",
        arguments: [
            ("worker 7: GET /a took 13.5ms from 10.0.0.1:8080", "worker <_>: GET /a took <_> from <_>"),
            ("2026-11-24T08:00:00.123Z INFO started", "<_> INFO started"),
            ("id=550e8400-e29b-41d4-beef-446655440000 ok", "id=<_> ok"), ("commit deadbeefcafe by ann", "commit <_> by ann"),
            (#"{"status":200,"path":"/x","id":17}"#, #"{"status":<_>,"path":"/x","id":<_>}"#), ("", ""), ("7", "<_>"),
            ("plain text, no number", "plain text, no number"), ("<b>5</b> and <nil>", "<_>/b> and <_>"),
            ("über 5 größe", "über <_> größe"), ("10:20: x", "<_> x"), ("1:2:", "<_>"), ("12:00:01:ERROR gone", "<_>:ERROR gone"),
            ("1:ERROR1:ERROR", "<_>"), ("[pid 41] a-b web-1 a_1", "[pid <_>] a-b web-<_> <_>"),
        ])
    func shapes(_ line: String, _ expected: String) {
        #expect(Self.shape(line) == expected)
    }

    @Test("The limits hold: what is beyond them is one more variable")
    func limits() throws {
        let many = Self.shape((0..<500).map { "\($0)" }.joined(separator: " "))
        #expect(many.split(separator: " ").count == MessageShape.maximumVariables - 1)
        let long = Self.shape(String(repeating: "word ", count: 5_000))
        #expect(long.utf8.count <= MessageShape.maximumBytes + 16 && long.hasSuffix("<_>"))
        _ = try PatternExpression(many)
    }

    @Test("A line is found by its own shape as a pattern", arguments: 1...40 as ClosedRange<UInt64>)
    func isItsOwnPattern(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("aXf01 9:.-+_=/\"<>,é{}\t".utf8)
        for _ in 0..<500 {
            let line = (0..<Int.random(in: 1..<60, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0x61 }
            let shape = MessageShape.pattern(of: line[...])
            let pattern = try PatternExpression(String(decoding: shape, as: UTF8.self))
            // Where a character was cut in two the pattern as text isn't the pattern any more.
            guard String(validating: shape, as: UTF8.self) != nil else { continue }
            #expect(pattern.captureNames.isEmpty)
            #expect(
                pattern.matches(line[...]),
                "seed \(seed): \(String(decoding: line, as: UTF8.self)) against \(String(decoding: shape, as: UTF8.self))")
        }
    }

    @Test(
        "Times are written as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_700_000_000_500_000_000, "2023-11-14T22:13:20.5Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (Int64.max, "2262-04-11T23:47:16.854775807Z"),
        ] as [(Int64, String)])
    func times(_ nanoseconds: Int64, _ text: String) {
        #expect(CivilTime.rfc3339(nanoseconds: nanoseconds) == text)
    }
}
