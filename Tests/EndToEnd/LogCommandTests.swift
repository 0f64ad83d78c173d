import Foundation
import TestKit
import Testing

@Suite("The command logs", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct LogCommandTests {
    /// A monitor with two applications' lines of one host, a second apart, the last of them a minute ago.
    private func monitor() async throws -> MonitorProcess {
        let monitor = try await MonitorProcess()
        let end = Int(Date().timeIntervalSince1970) - 60
        let lines = [
            ("shop", "INFO request 1 took 5 ms"), ("db", "connection 7 opened"), ("shop", "ERROR request 2, \"failed\""),
            ("db", "connection 7 closed"), ("shop", "INFO request 3 took 9 ms"),
        ]
        let streams = lines.enumerated().map { index, line in
            let text = line.1.replacing("\"", with: "\\\"")
            return #"{"stream":{"host":"web1","app":"\#(line.0)"},"values":[["\#(end - 5 + index)000000001","\#(text)"]]}"#
        }
        let body = #"{"streams":[\#(streams.joined(separator: ","))]}"#
        let answer = try await monitor.address.post(monitor.address.ingest + "/loki/api/v1/push", Array(body.utf8))
        #expect(answer.status == 204, "\(answer)")
        return monitor
    }

    @Test("Lines come raw, as JSON and as CSV, coloured if asked for, and it is told what was read")
    func forms() async throws {
        let monitor = try await monitor()
        let raw = try await monitor.command("logs", "--output", "raw", "{app=\"shop\"}")
        #expect(
            raw.output == "INFO request 1 took 5 ms\nERROR request 2, \"failed\"\nINFO request 3 took 9 ms\n", "\(raw)")
        let json = try await monitor.command("logs", "--output", "json", "--limit", "1", "{app=\"shop\"}")
        #expect(json.output.hasPrefix(#"{"labels":{"app":"shop","host":"web1""#), "\(json)")
        #expect(json.output.contains(#""line":"INFO request 3 took 9 ms""#) && json.output.contains("000000001Z"), "\(json)")
        let csv = try await monitor.command("logs", "--output", "csv", "{app=\"shop\"} |= \"ERROR\"")
        #expect(
            csv.output.hasPrefix("time,labels,line\n") && csv.output.hasSuffix("\"ERROR request 2, \"\"failed\"\"\"\n"), "\(csv)")
        let coloured = try await monitor.command("logs", "--color", "always", "{app=\"shop\"} |= \"ERROR\"")
        #expect(coloured.output.contains("\u{1b}[31mERROR request 2"), "\(coloured)")
        let plain = try await monitor.command("logs", "--stats", "{app=\"shop\"}")
        #expect(!plain.output.contains("\u{1b}") && plain.errors.contains("3 lines looked at"), "\(plain)")
        let number = try await monitor.command("logs", "--output", "csv", "sum(count_over_time({host=\"web1\"}[1h]))")
        #expect(number.output.contains(",5\n"), "\(number)")
        try await monitor.stop()
    }

    @Test("Context is what the same host logged before and after, whatever the stream")
    func context() async throws {
        let monitor = try await monitor()
        let shown = try await monitor.command("logs", "--output", "raw", "--context", "1", "{app=\"shop\"} |= \"ERROR\"")
        #expect(shown.output == "connection 7 opened\nERROR request 2, \"failed\"\nconnection 7 closed\n", "\(shown)")
        let apart = try await monitor.command("logs", "-C", "0", "--output", "raw", "{app=\"db\"}")
        #expect(apart.output == "connection 7 opened\nconnection 7 closed\n", "\(apart)")
        try await monitor.stop()
    }

    @Test("Shapes are counted, and compared between spans")
    func shapes() async throws {
        let monitor = try await monitor()
        let shown = try await monitor.command("logs", "--output", "raw", "{app=\"shop\"} | shape")
        #expect(shown.output == "INFO request <_> took <_> ms\nERROR request <_>, \"failed\"\n", "\(shown)")
        let diff = try await monitor.command("logs", "diff", "--before", "2h..1h", "--after", "1h..now", "{app=\"shop\"}")
        #expect(diff.output.contains("new      2 times") && diff.output.contains("INFO request <_> took <_> ms"), "\(diff)")
        let same = try await monitor.command("logs", "diff", "--before", "1h..now", "--after", "1h..now", "{app=\"shop\"}")
        #expect(same.output == "no difference\n", "\(same)")
        for arguments in [["--before", "1h..now"], ["--at", "tomorrow"], ["--before", "1h", "--after", "1h..now"]] {
            let refused = try await MagewatchBinary.run(["logs", "diff"] + arguments + ["{app=\"shop\"}"])
            #expect(refused.status != 0 && refused.errors.contains("Error:"), "\(refused)")
        }
        try await monitor.stop()
    }

    @Test("What is followed shows up as it arrives")
    func follow() async throws {
        let monitor = try await monitor()
        let follower = try ChildProcess(
            try #require(MagewatchBinary.path),
            ["logs", "--follow", "--output", "raw", "{app=\"shop\"} |= \"request\"", "--api", monitor.address.api])
        try await eventually("the lines that are there; it said \(follower.errors)") {
            follower.output.contains("request 3") ? true : nil
        }
        let now = Int(Date().timeIntervalSince1970)
        for (index, text) in ["nothing", "request 4"].enumerated() {
            let body =
                #"{"streams":[{"stream":{"host":"web1","app":"shop"},"values":[["\#(now)00000000\#(index)","\#(text)"]]}]}"#
            _ = try await monitor.address.post(monitor.address.ingest + "/loki/api/v1/push", Array(body.utf8))
        }
        try await eventually("the new line; it said \(follower.errors)") { follower.output.contains("request 4\n") ? true : nil }
        #expect(!follower.output.contains("nothing"))
        let refused = try await monitor.command("logs", "--follow", "{app=")
        #expect(refused.status == 1 && refused.errors.contains("parse error"), "\(refused)")
        // The monitor stops although somebody follows, and whoever does is told.
        #expect(try await monitor.stop(within: .seconds(20)).status == 0)
        let ended = try await follower.end(within: .seconds(20))
        #expect(ended.status == 1 && ended.errors.contains("Error:"), "\(ended)")
    }
}
