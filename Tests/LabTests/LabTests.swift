import TestKit
import Testing

@testable import Lab

@Suite("Prerequisites, verdicts, answers")
struct LabTests {
    @Test("One message names everything missing and the line that installs it")
    func missing() throws {
        let absent = [
            Prerequisites.Program(name: "unshare", package: "util-linux"), .init(name: "nsenter", package: "util-linux"),
            .init(name: "wrk", package: "wrk"),
        ]
        let complaint = try #require(Prerequisites.complaint(isRoot: true, absent: absent))
        #expect(complaint.contains("unshare, nsenter, wrk"))
        #expect(complaint.hasSuffix("--no-install-recommends util-linux wrk"))
        #expect(Prerequisites.complaint(isRoot: true, absent: []) == nil)
    }

    @Test("Without root it says so, and nothing else")
    func root() {
        #expect(Prerequisites.complaint(isRoot: false, absent: [])?.contains("root") == true)
    }

    @Test("A verdict holds only where no condition failed, and names those that did")
    func verdict() {
        let held = Verdict("a step", "seen", unless: [(false, "no"), (false, "never")])
        #expect(held == Verdict("a step", held: true, "seen"))
        let failed = Verdict("a step", "seen", unless: [(true, "one"), (false, "two"), (true, "three")])
        #expect(failed == Verdict("a step", held: false, "one; three (seen)"))
    }

    @Test("A result holds only with verdicts, all of them and all measures")
    func result() {
        var result = Scenario.Result()
        #expect(!result.held)
        result.verdicts = [Verdict("a", held: true, "")]
        #expect(result.held)
        result.measures = [Measure("m", "6 s", bar: "5 s", held: false)]
        #expect(!result.held)
    }

    @Test("The table of measures has its columns under each other")
    func table() {
        let table = Measure.table([
            Measure("decision to serving", "412 ms", bar: "5 s", held: true), Measure("lost", "3", bar: "0", held: false),
        ])
        let lines = table.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == "  decision to serving  412 ms    5 s  held")
        #expect(lines[2] == "  lost                 3         0    MISSED")
    }

    @Test("Times stand in tenths of a second", arguments: [(0.0, "0.0 s"), (12.34, "12.3 s"), (-0.5, "-0.5 s")])
    func seconds(value: Double, text: String) {
        #expect(Timeline.seconds(value) == text)
        #expect(Timeline.seconds(value, width: 9).count == 9)
    }

    @Test("An HTTP answer is read whole, in chunks or not")
    func http() throws {
        let plain = try PlainHTTP.parse(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8))
        #expect(plain == PlainHTTP.Response(status: 200, body: Array("ok".utf8)))
        let chunked = try PlainHTTP.parse(
            Array("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n".utf8))
        #expect(chunked.status == 503)
        #expect(chunked.text == "abcde")
    }

    @Test(
        "A broken HTTP answer is an error and no crash",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\nabc",
        ])
    func brokenHTTP(text: String) {
        #expect(throws: LabError.self) { try PlainHTTP.parse(Array(text.utf8)) }
    }

    @Test("What a killed run left is found by its lock, a living one's is left alone")
    func abandoned() throws {
        let parent = try TemporaryDirectory("lab")
        let living = try RunDirectory(parent: parent.path)
        #expect(RunDirectory.abandoned(in: parent.path).isEmpty)
        let dead = try RunDirectory(parent: parent.path).name
        #expect(RunDirectory.abandoned(in: parent.path) == [dead])
        #expect(living.path.hasPrefix(parent.path))
    }
}
