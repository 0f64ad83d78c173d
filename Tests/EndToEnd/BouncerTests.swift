import Foundation
import TestKit
import Testing

/// Debian's own bouncer of CrowdSec, asking the monitor as it asks CrowdSec's local API; it runs a program for each decision.
@Suite(
    "A bouncer of CrowdSec", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .enabled(
        if: MagewatchBinary.hasPrograms(RealPrograms.haproxy, "/usr/bin/socat", RealPrograms.bouncer),
        "needs haproxy, socat and crowdsec-custom-bouncer"),
    .timeLimit(.minutes(10)))
struct BouncerTests {
    let directory: TemporaryDirectory
    var token: String { directory.path + "/token" }
    var told: String { directory.path + "/told" }
    func map(_ name: String) -> String { "\(directory.path)/\(name).map" }

    init() throws {
        directory = try TemporaryDirectory("bouncer")
        for name in ["bans", "sessions"] { try "".write(toFile: map(name), atomically: true, encoding: .utf8) }
        try "a token for this test alone, long enough\n".write(toFile: token, atomically: true, encoding: .utf8)
        try "a key of sixteen characters at least\n".write(toFile: directory.path + "/key", atomically: true, encoding: .utf8)
        try """
        global
          stats socket \(directory.path)/s.sock mode 600 level admin
        defaults
          mode http
          timeout connect 200ms
          timeout client 5s
          timeout server 3s
        frontend f
          bind unix@\(directory.path)/f.sock
          http-request deny if { src,map_ip(\(map("bans"))) -m found }
          http-request deny if { req.cook(a),sha2(256),hex,map_str(\(map("sessions"))) -m found }

        """.write(toFile: directory.path + "/h.cfg", atomically: true, encoding: .utf8)
    }

    @Test("It is told of addresses and networks as they are banned and let in again, and of nothing that it could not enforce")
    func bouncer() async throws {
        let port = try FreePort.take()
        let haproxy = try ChildProcess(RealPrograms.haproxy, ["-db", "-f", directory.path + "/h.cfg"])
        let agent = try BalancerAgent.start(
            port: port, data: directory.path + "/agent", token: token,
            [
                "--haproxy-socket", directory.path + "/s.sock", "--haproxy-map", map("bans"), "--haproxy-session-map",
                map("sessions"),
            ])
        let monitor = try await MonitorProcess(
            apiSettings: "bouncers: [ { name: fw1, key-file: \(directory.path)/key } ]",
            BalancerAgent.monitorConfiguration(port: port, token: token))
        let address = monitor.address
        try await eventually("the agent to be scraped; it said \(agent.errors)") {
            try await address.value("up{job=\"agent\"}") == 1 ? true : nil
        }
        let session = "session/" + String(repeating: "0A", count: 32)
        try await order("ban", session, at: address)
        try await eventually("the session's ban; agent: \(agent.errors) haproxy: \(haproxy.errors)", within: .seconds(20)) {
            try await address.get(address.api + "/api/magewatch/v1/bans").text.contains(session) ? true : nil
        }
        try await order("ban", "203.0.113.11", at: address)
        try await order("ban", "198.51.100.0/24", at: address)
        let bouncer = try startBouncer(address)
        try await eventually("both bans at the bouncer; it said \(bouncer.output) \(bouncer.errors)", within: .seconds(30)) {
            let lines = lines()
            return lines.contains { $0.hasPrefix("add 203.0.113.11 ") } && lines.contains { $0.hasPrefix("add 198.51.100.0/24 ") }
                ? true : nil
        }
        try await order("unban", "203.0.113.11", at: address)
        try await eventually("the end of one; it was told \(lines())", within: .seconds(30)) {
            lines().contains { $0.hasPrefix("del 203.0.113.11 ") } ? true : nil
        }
        #expect(!lines().contains { $0.contains("session") || $0.hasPrefix("del 198.51.100.0/24") }, "\(lines())")
        for process in [bouncer, agent, haproxy] { process.signal(SIGTERM) }
        _ = try await agent.end(within: .seconds(20))
        try await monitor.stop()
    }

    private func startBouncer(_ monitor: MonitorAddress) throws -> ChildProcess {
        let script = directory.path + "/tell"
        try "#!/bin/sh\necho \"$@\" >> \(told)\n".write(toFile: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let file = directory.path + "/bouncer.yaml"
        try """
        bin_path: \(script)
        feed_via_stdin: false
        piddir: \(directory.path)/
        update_frequency: 1s
        cache_retention_duration: 1s
        daemonize: false
        log_mode: stdout
        log_level: info
        api_url: \(monitor.api)/
        api_key: a key of sixteen characters at least
        prometheus: { enabled: false }

        """.write(toFile: file, atomically: true, encoding: .utf8)
        return try ChildProcess(RealPrograms.bouncer, ["-c", file])
    }

    private func lines() -> [String] {
        ((try? String(contentsOfFile: told, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    private func order(_ action: String, _ subject: String, at monitor: MonitorAddress) async throws {
        let body =
            #"[{"labels":{"alertname":"Manual","action":"\#(action)","address":"\#(subject)"},"annotations":{"summary":"by hand"}}]"#
        #expect(try await monitor.post(monitor.api + "/api/v2/alerts", Array(body.utf8)).status == 200)
    }
}
