import Foundation
import Testing

@Suite("The command", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct CommandTests {
    @Test(
        "Help is given for every subcommand, with examples",
        arguments: [
            [], ["serve"], ["agent"], ["dash"], ["query"], ["logs"], ["plan"], ["stack"], ["check-config"], ["lab"],
            ["promql", "test"], ["logql", "test"], ["metrics", "stats"],
            ["scale"], ["server"], ["server", "evacuate"], ["audit"], ["audit", "verify"], ["stack", "restart"],
            ["stack", "move"],
            ["stack", "rollout"],
        ])
    func help(command: [String]) async throws {
        let shown = try await MagewatchBinary.run(command + ["--help"])
        #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown)")
        #expect(shown.output.contains("USAGE: magewatch") && shown.output.contains("EXAMPLE"), "\(shown)")
    }

    @Test("An unknown word is refused with the way to the help")
    func unknown() async throws {
        for arguments in [["dance"], ["serve", "--colour"], ["serve", "--log-level", "loud"], ["dash", "--interval", "0"]] {
            let refused = try await MagewatchBinary.run(arguments)
            #expect(refused.status != 0 && refused.errors.contains("Error:") && refused.errors.contains("Usage:"), "\(refused)")
        }
    }

    @Test("Every question is answered by a live monitor")
    func questions() async throws {
        let monitor = try await MonitorProcess("stack: shop\nservers: [ { name: s1, address: 127.0.0.1 } ]\n")
        let sender = try LineSender(port: monitor.address.ingestPort)
        try sender.send(#"{"host":"web1","app":"shop","message":"hello there"}"# + "\n")
        #expect(sender.finish().isEmpty)
        let answer = try await eventually("own metrics in the answer") { () -> ChildProcess.Finished? in
            let answer = try await monitor.command("query", "sum(magewatch_service_turns_total)")
            return answer.output.isEmpty ? nil : answer
        }
        #expect(answer.status == 0, "\(answer)")
        let stats = try await monitor.command("metrics", "stats", "--top", "3")
        #expect(stats.status == 0 && stats.output.contains("metrics with most series"), "\(stats)")
        let json = try await monitor.command("query", "--output", "json", "vector(1)")
        #expect(json.status == 0 && json.output.contains("\"resultType\":\"vector\""), "\(json)")
        let range = try await monitor.command("query", "--since", "1m", "--step", "10s", "magewatch_service_turns_total")
        #expect(range.status == 0 && !range.output.isEmpty, "\(range)")
        let lines = try await eventually("the line") { () -> ChildProcess.Finished? in
            let lines = try await monitor.command("logs", "{host=\"web1\"}")
            return lines.output.isEmpty ? nil : lines
        }
        #expect(lines.status == 0 && lines.output.contains("web1 shop") && lines.output.contains("hello there"), "\(lines)")
        let raw = try await monitor.command("logs", "--output", "raw", "{host=\"web1\"} | json | line_format `{{.message}}`")
        #expect(raw.status == 0 && raw.output == "hello there\n", "\(raw)")
        let dash = try await monitor.command("dash", "--once", "--width", "100", "--height", "30")
        #expect(dash.status == 0 && dash.output.contains("Magewatch  stack shop"), "\(dash)")
        #expect(!dash.output.contains("\u{1b}"), "a page that is printed once is text")
        let plans = try await monitor.command("plan", "list")
        #expect(plans.status == 0 && plans.output.contains("no plans yet"), "\(plans)")
        let stack = try await monitor.command("stack", "show")
        #expect(stack.status == 0 && stack.output.hasPrefix("stack shop\n") && stack.output.contains("s1  member"), "\(stack)")
        let good = try await MagewatchBinary.run(["check-config", monitor.configurationPath])
        #expect(good.status == 0 && good.output.contains("good. Stack \"shop\""), "\(good)")
        try await monitor.stop()
    }

    @Test("A question that can't be answered is one clear error and exit status 1")
    func refusals() async throws {
        let monitor = try await MonitorProcess()
        for arguments in [["query", "sum("], ["logs", "{"], ["plan", "show", "none"], ["plan", "approve", "none"]] {
            let refused = try await MagewatchBinary.run(arguments + ["--api", monitor.address.api])
            #expect(refused.status == 1 && refused.output.isEmpty && refused.errors.hasPrefix("Error: "), "\(refused)")
            #expect(refused.errors.split(separator: "\n").count == 1, "\(refused)")
        }
        try await monitor.stop()
        let commands = [
            ["query", "up"], ["logs", "{host=\"a\"}"], ["dash", "--once"], ["dash"], ["plan", "list"], ["stack", "show"],
        ]
        for arguments in commands {
            let alone = try await MagewatchBinary.run(arguments, environment: ["MAGEWATCH_API": monitor.address.api])
            #expect(alone.status == 1 && alone.output.isEmpty, "\(alone)")
            #expect(alone.errors.contains("no monitor answers at \(monitor.address.api)"), "\(alone)")
            #expect(alone.errors.contains("magewatch serve") && alone.errors.split(separator: "\n").count == 1, "\(alone)")
        }
    }
}
