import Foundation
import TestKit
import Testing

@Suite(
    "Bans", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.haproxy, "/usr/bin/socat"), "needs haproxy and socat"),
    .timeLimit(.minutes(10)))
struct BanTests {
    let directory: TemporaryDirectory
    var socket: String { directory.path + "/s.sock" }
    var map: String { directory.path + "/ban.map" }
    var token: String { directory.path + "/token" }

    init() throws {
        directory = try TemporaryDirectory("bans")
        try "".write(toFile: map, atomically: true, encoding: .utf8)
        try "a token for this test alone, long enough\n".write(toFile: token, atomically: true, encoding: .utf8)
        // No port is bound: the runtime socket is all that is needed here.
        try """
        global
          stats socket \(socket) mode 600 level admin
        defaults
          mode http
          timeout connect 200ms
          timeout client 5s
          timeout server 3s
        frontend f
          bind unix@\(directory.path)/f.sock
          http-request deny if { src,map_ip(\(map)) -m found }
          default_backend web
        backend web

        """.write(toFile: directory.path + "/h.cfg", atomically: true, encoding: .utf8)
    }

    @Test("A ban ordered by an alert is planned, reaches HAProxy's map and is explained; a silence prevents it")
    func ban() async throws {
        let port = try FreePort.take()
        let haproxy = try ChildProcess(RealPrograms.haproxy, ["-db", "-f", directory.path + "/h.cfg"])
        try await eventually("haproxy; it said \(haproxy.errors)") { try await banned() }
        let agent = try BalancerAgent.start(
            port: port, data: directory.path + "/agent", token: token,
            ["--haproxy-socket", socket, "--haproxy-map", map])
        let monitor = try await MonitorProcess(
            BalancerAgent.monitorConfiguration(port: port, token: token))
        let address = monitor.address
        try await eventually("the agent to be scraped; it said \(agent.errors)") {
            try await address.value("up{job=\"agent\"}") == 1 ? true : nil
        }

        try await silence("203.0.113.10", at: address)
        for attacker in ["203.0.113.10", "203.0.113.11"] { try await order(attacker, at: address) }
        try await eventually("the ban; monitor: \(monitor.errors) agent: \(agent.errors)", within: .seconds(10)) {
            try await banned()?.contains("203.0.113.11") == true ? true : nil
        }
        #expect(try await banned()?.contains("203.0.113.10") == false)

        let list = try await eventually("the plan's end") { () -> ChildProcess.Finished? in
            let list = try await monitor.command("plan", "list")
            return list.output.contains("succeeded") || list.output.contains("done") ? list : nil
        }
        let lines = list.output.split(separator: "\n")
        #expect(lines.count == 1, "\(list)")
        let words = try #require(lines.first).split(separator: " ", omittingEmptySubsequences: true)
        let id = try #require(words.map(String.init).first { $0.contains("ban") })
        let shown = try await monitor.command("plan", "show", id)
        #expect(shown.status == 0 && shown.output.contains("203.0.113.11") && shown.output.contains(" 1. "), "\(shown)")
        let explained = try await monitor.command("plan", "explain", id)
        for part in ["Evidence", "Weighed", "Otherwise", "203.0.113.11", "by hand"] {
            #expect(explained.output.contains(part), "\(explained)")
        }

        agent.signal(SIGTERM)
        let ended = try await agent.end(within: .seconds(20))
        #expect(ended.status == 0, "\(ended)")
        try await monitor.stop()
        haproxy.signal(SIGTERM)
    }

    /// What HAProxy has in its map; nil where it does not answer.
    private func banned() async throws -> String? {
        let asked = try await ChildProcess.run("/bin/sh", ["-c", "echo 'show map \(map)' | socat - UNIX-CONNECT:\(socket)"])
        return asked.status == 0 ? asked.output : nil
    }

    private func order(_ attacker: String, at monitor: MonitorAddress) async throws {
        let body =
            #"[{"labels":{"alertname":"Manual","action":"ban","address":"\#(attacker)"},"annotations":{"summary":"by hand"}}]"#
        #expect(try await monitor.post(monitor.api + "/api/v2/alerts", Array(body.utf8)).status == 200)
    }

    private func silence(_ attacker: String, at monitor: MonitorAddress) async throws {
        let now = Date()
        let body = """
            {"matchers":[{"name":"address","value":"\(attacker)","isRegex":false}],"createdBy":"test","comment":"let it be",
             "startsAt":"\((now - 60).ISO8601Format())","endsAt":"\((now + 3600).ISO8601Format())"}
            """
        #expect(try await monitor.post(monitor.api + "/api/v2/silences", Array(body.utf8)).status == 200)
    }
}
