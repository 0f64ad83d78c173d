import RegularExpressions
import Testing

@Suite("Linear regular expressions")
struct LinearRegexTests {
    @Test(
        "The whole text or any part of it matches",
        arguments: [
            ("web.*", "web1", true, true), ("web", "web1", false, true), ("", "", true, true), ("a|b", "b", true, true),
            (".+", "", false, false), ("a.b", "a\nb", true, true), ("é", "café", false, true),
        ])
    func matching(pattern: String, text: String, whole: Bool, anywhere: Bool) throws {
        let regex = try LinearRegex(pattern)
        #expect(regex.matchesWhole(text) == whole)
        #expect(regex.matchesAnywhere(text) == anywhere)
    }

    @Test("Groups are named, and told by their byte ranges")
    func groups() throws {
        let regex = try LinearRegex("(?P<key>[a-z]+)=([0-9]+)?")
        #expect(regex.groupNames == ["key", nil])
        let text = Array("x level=".utf8)
        let found = unsafe text.withUnsafeBytes { unsafe regex.firstMatch(in: $0) }
        #expect(found == [2..<8, 2..<7, nil])
    }

    @Test(
        "What is no expression, or too large a one, is refused with a reason",
        arguments: ["(", "a{2,1}", "[z-a]", "((a{100}){100}){100}"])
    func refused(pattern: String) {
        #expect(throws: RegexSyntaxError.self) { try LinearRegex(pattern) }
    }

    @Test("An expression that stalls backtracking engines ends")
    func linear() throws {
        #expect(try !LinearRegex("(a*)*b").matchesWhole(String(repeating: "a", count: 50_000)))
    }
}
