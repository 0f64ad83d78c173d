import Testing

@testable import Lab

@Suite("Loads and what wrk says of them")
struct LoadTests {
    @Test("A ramp rises evenly and then stays", arguments: [(-1.0, 10.0), (0, 10), (5, 20), (10, 30), (60, 30)])
    func ramp(second: Double, rate: Double) {
        let phase = LoadPhase("ramp", from: 10, to: 30, rampSeconds: 10, seconds: 60)
        #expect(phase.rate(at: second) == rate)
    }

    @Test("No load is offered above the laboratory's limit")
    func bounded() {
        let phase = LoadPhase("much", from: 1, to: 1e9, rampSeconds: 0, seconds: 1)
        #expect(phase.toRate == LoadPhase.maximumRate)
        #expect(phase.rampSeconds > 0, "a ramp of no time would divide by zero")
    }

    @Test("The script holds the rates and ends with the summary")
    func script() {
        let script = LoadPhase("ramp", from: 12.5, to: 40, rampSeconds: 30, seconds: 60).script
        #expect(script.contains("math.min(1, (time - begin) / 30.0)"))
        #expect(script.contains("12.5 + (40.0 - 12.5) * share"))
        #expect(script.contains("function done("))
    }

    @Test("wrk's output is read from the line the script prints")
    func summary() throws {
        let output = """
            Running 10s test @ http://10.77.0.10/
              1 threads and 48 connections
            lab-summary requests=201 microseconds=10081225 connect=1 read=2 write=3 timeout=4 status=5 median=21728 p99=66201 maximum=111978

            """
        let summary = try LoadSummary(parsing: output)
        #expect(summary.requests == 201)
        #expect(summary.failed == 15)
        #expect(summary.seconds == 10.081225)
        #expect(summary.medianMilliseconds == 21.728)
        #expect(summary.p99Milliseconds == 66.201)
    }

    @Test(
        "Output without a summary, or with one that is no number, is an error that shows it",
        arguments: ["", "unable to connect", "lab-summary requests=many"])
    func noSummary(output: String) {
        #expect(throws: LabError.self) { try LoadSummary(parsing: output) }
    }

    @Test("Summaries add up, and of the latencies the worse counts")
    func sum() throws {
        var one = LoadSummary()
        one.requests = 3
        one.readErrors = 1
        one.p99Milliseconds = 7
        var other = LoadSummary()
        other.requests = 4
        other.statusErrors = 2
        other.p99Milliseconds = 5
        let sum = one + other
        #expect(sum.requests == 7)
        #expect(sum.failed == 3)
        #expect(sum.p99Milliseconds == 7)
    }

    @Test("The attack's outcome tells when the first refusal came, and that none did")
    func attack() throws {
        let banned = try AttackScript.Outcome(
            parsing: "lab-attack sent=90 passed=30 refused=60 began=1700000000000 banned=1700000001500\n")
        #expect(banned.banned == 1_700_000_001_500)
        #expect(banned.passed == 30)
        let unharmed = try AttackScript.Outcome(
            parsing: "x\nlab-attack sent=90 passed=90 refused=0 began=1700000000000 banned=0")
        #expect(unharmed.banned == nil)
        #expect(throws: LabError.self) { try AttackScript.Outcome(parsing: "lab-attack sent=1") }
        #expect(throws: LabError.self) { try AttackScript.Outcome(parsing: "") }
    }

    @Test("Each attempt of the attack is in the script")
    func attempts() {
        for attempt in AttackScript.attempts { #expect(AttackScript.script.contains("\"\(attempt.path)\"")) }
    }
}
