import RegularExpressions
import Testing

@testable import LogQL

@Suite("Literals of regular expressions")
struct RegexLiteralTests {
    @Test(
        "What every match holds",
        arguments: [
            ("quote_id [0-9]+77[^0-9]", ["quote_id "]), ("error", ["error"]), ("^GET /cart$", ["GET /cart"]),
            ("colou?r", ["colo"]), ("abc*def", ["def"]), ("abcd+ef", ["abcd"]), ("abcde{0,3}fgh", ["abcd", "fgh"]),
            (#"10\.0\.0\.1"#, ["10.0.0.1"]), ("(one|two)three", ["three"]), ("(?:x[)]y)?four", ["four"]), ("größe?n", ["größ"]),
            ("user[]a]name", ["user", "name"]), ("[[:alpha:]]]tail", ["]tail"]),
            // Nothing is certain.
            ("one|two", []), ("(?i)error", []), ("(?i:error) text", []), (#"\Qa.b\E"#, []), (#"\x41bcd"#, []), (#"\pLabc"#, []),
            ("", []), (".*", []), ("ab", []),
        ] as [(String, [String])])
    func required(pattern: String, literals: [String]) throws {
        _ = try LinearRegex(pattern)
        #expect(RegexLiterals.required(by: pattern).map { String(decoding: $0, as: UTF8.self) } == literals)
    }
}
