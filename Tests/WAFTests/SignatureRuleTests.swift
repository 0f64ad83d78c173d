import Testing
import WAF

@Suite("Rules as data")
struct SignatureRuleTests {
    func file(_ rule: String) -> String { "family: xss\nrules:\n  - id: a\n    reason: r\n    positive: [x]\n\(rule)" }

    @Test("A rule may weigh literals, a pattern behind them, or a fact")
    func forms() throws {
        for rule in ["    literals: [x]\n", "    words: [x]\n    pattern: 'x{{tail}}'\n", "    structure: markup.active-tag\n"] {
            let rules = try SignatureRule.parse(yaml: "definitions: {tail: 'y?'}\n" + file(rule), file: "f")
            #expect(rules.count == 1)
            #expect(rules[0].level == 1)
            #expect(rules[0].severity == .critical)
        }
    }

    @Test(
        "What cannot be used is refused, with the rule's name",
        arguments: [
            ("", "needs either"), ("    literals: [X]\n", "lower case"), ("    literals: [x]\n    level: 5\n", "level is 1 to 4"),
            ("    literals: [x]\n    pattern: '('\n", "invalid regular expression"),
            ("    literals: [x]\n    view: up\n", "unknown view"),
            ("    literals: [x]\n    parts: [tail]\n", "unknown part"),
            ("    literals: [x]\n    severity: dire\n", "unknown severity"),
            ("    literals: [x]\n    patern: 'x'\n", "unknown key \"patern\""), ("    literals: ['']\n", "not empty"),
            ("    literals: [x]\n    structure: sql.condition\n", "needs either"),
        ])
    func refused(rule: String, message: String) throws {
        let error = try #require(throws: RuleFileError.self) { try SignatureRule.parse(yaml: file(rule), file: "f") }
        #expect(error.description.contains(message), "\(error)")
        #expect(error.description.contains("rule a"))
    }

    @Test("Unknown families, facts and ids taken twice are refused, and so is no YAML at all")
    func wholeFiles() {
        #expect(throws: RuleFileError.self) { try SignatureRule.parse(yaml: "family: x\nrules: []", file: "f") }
        #expect(throws: RuleFileError.self) { try SignatureRule.parse(yaml: "{{", file: "f") }
        #expect(throws: RuleFileError.self) { try SignatureSet(files: [("f", file("    structure: sql.nothing\n"))]) }
        #expect(throws: RuleFileError.self) {
            try SignatureSet(files: [("f", file("    literals: [x]\n")), ("g", file("    literals: [x]\n"))])
        }
    }
}
