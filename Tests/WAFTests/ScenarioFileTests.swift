import Testing
import WAF

@Suite("Scenarios as data", .timeLimit(.minutes(10)))
struct ScenarioFileTests {
    private func file(_ change: (String) -> String = { $0 }) -> String {
        "scenarios:\n"
            + change(
                """
                  - id: a
                    family: probing
                    reason: r
                    events: [refused]
                    capacity: 2
                    leak: 10s
                    positive: ["3 x GET /{n} 404 every 1s"]
                    negative: ["2 x GET /{n} 404 every 1s"]
                """)
    }

    @Test("Every shipped scenario overflows by its positive examples and by none of its negative ones")
    func examples() {
        #expect(ScenarioExamples.failures(of: Scenario.shipped, signatures: .shipped) == [])
        #expect(ScenarioExamples.count(in: Scenario.shipped) >= 2 * Scenario.shipped.count)
        #expect(Scenario.shipped.count >= 30)
        #expect(Set(Scenario.shipped.map(\.name)).count == Scenario.shipped.count)
    }

    @Test("An example that does not hold is told")
    func failing() throws {
        let scenarios = try Scenario.parse(yaml: file { $0.replacing("3 x GET", with: "2 x GET") }, file: "f")
        let failures = ScenarioExamples.failures(of: scenarios, signatures: .shipped)
        #expect(failures == ["a: does not overflow by 2 x GET /{n} 404 every 1s"])
    }

    @Test(
        "What cannot be used is refused, with the scenario's name",
        arguments: [
            ("events: [refused]", "events: [refuse]", "unknown event \"refuse\""),
            ("events: [refused]", "events: []", "no events"),
            ("events: [refused]", "events: [finding]", "names no `rules`"), ("leak: 10s", "leak: 10", "leak is a time"),
            ("leak: 10s", "leek: 10s", "unknown key \"leek\""), ("capacity: 2", "capacity: -1", "capacity is 0"),
            ("capacity: 2", "capacity: 500\n    distinct: path", "less than 128"),
            ("3 x GET /{n} 404 every 1s", "GET /", "is no example"),
            ("family: probing", "family: probe", "unknown family"),
            ("family: probing", "family: probing\n    mode: ban", "unknown mode"),
            ("family: probing", "family: probing\n    by: planet", "unknown grouping"),
        ])
    func refused(text: String, change: String, message: String) throws {
        let error = try #require(throws: RuleFileError.self) {
            try Scenario.parse(yaml: file { $0.replacing(text, with: change) }, file: "f")
        }
        #expect(error.description.contains(message), "\(error)")
    }

    @Test("Every rule that a scenario counts is a shipped one")
    func rulesExist() throws {
        let ids = Set(SignatureSet.shipped.rules.map(\.id))
        let named = EmbeddedSignatures.file("alerts/waf/behaviour.yaml")?.split(separator: "\n")
            .compactMap { line in line.firstRange(of: "    rules: [").map { line[$0.upperBound...].dropLast() } }
            .flatMap { $0.split(separator: ",").map { $0.trimmingPrefix(" ") } }
        #expect(try #require(named).allSatisfy { ids.contains(String($0)) })
        #expect(named?.isEmpty == false)
    }
}
