import Foundation
import Glibc
import TestKit
import Testing

@Suite(
    "Servers join a stack", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(5)))
struct AgentJoinTests {
    let directory: TemporaryDirectory
    let agentPort: Int
    let authorityPort: Int

    init() throws {
        directory = try TemporaryDirectory("join")
        agentPort = try FreePort.take()
        authorityPort = try FreePort.take()
    }

    private var settings: String {
        """
        agent: { enabled: false }
        authority: { listen: "127.0.0.1:\(authorityPort)", certificates-for: 15s }
        scrape: { interval: 1s, timeout: 1s }
        servers: [ { name: s1, address: 127.0.0.1, agent: "https://127.0.0.1:\(agentPort)" } ]

        """
    }

    private func token(_ monitor: MonitorProcess, _ arguments: String...) async throws -> String {
        let made = try await MagewatchBinary.run(["agent", "token", "s1", "--config", monitor.configurationPath] + arguments)
        #expect(made.status == 0, "\(made)")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func join(_ token: String, data: String = "agent") async throws -> ChildProcess.Finished {
        try await MagewatchBinary.run(
            ["agent", "join", token, "--monitor", "127.0.0.1:\(authorityPort)", "--data", directory.path + "/" + data])
    }

    private func startAgent() throws -> ChildProcess {
        try ChildProcess(
            try #require(MagewatchBinary.path),
            ["agent", "--name", "s1", "--listen", "127.0.0.1:\(agentPort)", "--data", directory.path + "/agent"])
    }

    private func authorityAnswers() async throws {
        try await eventually("the authority's port") {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            return unsafe LoopbackAddress(port: authorityPort).withPointer { unsafe connect(descriptor, $0, $1) } == 0
                ? true : nil
        }
    }

    @Test(
        "A server joins by a token, is scraped by certificate through renewals, and is known again by a monitor that was killed")
    func life() async throws {
        let monitor = try await MonitorProcess(keepsPorts: true, settings)
        try await authorityAnswers()
        let token = try await token(monitor)
        let joined = try await join(token)
        #expect(joined.status == 0 && joined.output.contains("joined as s1"), "\(joined)")
        let agent = try startAgent()
        let end = #"magewatch_agent_certificate_end_timestamp_seconds{server="s1"}"#
        let first = try await eventually("a scrape by certificate; the agent said \(agent.errors)") {
            try await monitor.address.value(#"up{job="agent",server="s1"}"#) == 1 ? try await monitor.address.value(end) : nil
        }
        try await eventually("a renewed certificate that is scraped; the agent said \(agent.errors)") {
            try await monitor.address.value(end).flatMap { $0 > first ? true : nil }
        }
        #expect(try await MagewatchBinary.run(["audit", "--api", monitor.address.api]).output.contains("agent-joined  s1"))
        try await monitor.crash()
        try await monitor.start()
        try await eventually("a scrape by the monitor that came back; the agent said \(agent.errors)") {
            try await monitor.address.value(#"up{job="agent",server="s1"}"#) == 1 ? true : nil
        }
        // In the clear and without a certificate the agent says nothing.
        await #expect(throws: (any Error).self) {
            _ = try await monitor.address.get("http://127.0.0.1:\(agentPort)/metrics")
        }
    }

    @Test("A token used twice, one that is over, and one of another stack are refused, each saying what to do")
    func refusals() async throws {
        let monitor = try await MonitorProcess(settings)
        try await authorityAnswers()
        let used = try await token(monitor)
        #expect(try await join(used).status == 0)
        let twice = try await join(used, data: "other")
        #expect(twice.status != 0 && twice.errors.contains("used already"), "\(twice)")
        let short = try await token(monitor, "--for", "0.001")
        let late = try await join(short)
        #expect(late.status != 0 && late.errors.contains("was good until"), "\(late)")
        let elsewhere = directory.path + "/elsewhere.yaml"
        try "data: \(directory.path)/elsewhere\n\(settings)".write(toFile: elsewhere, atomically: true, encoding: .utf8)
        let foreign = try await MagewatchBinary.run(["agent", "token", "s1", "--config", elsewhere]).output
        let wrong = try await join(foreign.trimmingCharacters(in: .whitespacesAndNewlines), data: "third")
        #expect(wrong.status != 0 && wrong.errors.contains("its authority is another"), "\(wrong)")
        let revoked = try await MagewatchBinary.run(["agent", "revoke", "s1", "--config", monitor.configurationPath])
        #expect(revoked.status == 0, "\(revoked)")
    }

    private func usedTokens(_ directory: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.count { name in
            let bytes = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
            return String(decoding: bytes, as: UTF8.self).contains("usedFor")
        }
    }

    @Test("A monitor killed in the middle of joins: each is repeated with the same token, and none joins two servers")
    func killed() async throws {
        let monitor = try await MonitorProcess(keepsPorts: true, settings)
        var cutOff = 0
        for round in 0..<6 {
            try await authorityAnswers()
            let token = try await token(monitor)
            let joining = try ChildProcess(
                try #require(MagewatchBinary.path),
                ["agent", "join", token, "--monitor", "127.0.0.1:\(authorityPort)", "--data", "\(directory.path)/r\(round)"])
            // Even rounds at the moment the key is there, the others when the monitor has noted it: both pass within milliseconds, so
            // they are waited for without a pause.
            let tokens = monitor.dataDirectory + "/authority/tokens"
            let end = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < end, !joining.output.contains("joined") {
                if round % 2 == 0, FileManager.default.fileExists(atPath: "\(directory.path)/r\(round)/joining.key") { break }
                if round % 2 == 1, usedTokens(tokens) > round { break }
                await Task.yield()
            }
            try await monitor.crash()
            _ = try await joining.end(within: .seconds(60))
            try await monitor.start()
            try await authorityAnswers()
            let again = try await join(token, data: "r\(round)")
            // One that was through before the kill has put its key away: then it is another's, and refused.
            let wasThrough = joining.output.contains("joined")
            if !wasThrough { cutOff += 1 }
            #expect(wasThrough ? again.errors.contains("used already") : again.status == 0, "\(again), first: \(joining.errors)")
            #expect(try await join(token, data: "thief").errors.contains("used already"))
        }
        #expect(cutOff > 0, "no join was cut off, so nothing was tested")
    }
}
