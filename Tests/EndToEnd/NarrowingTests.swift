import Foundation
import TestKit
import Testing

/// Real requests through a real HAProxy, which tells the monitor of them and is told by it whom to refuse. Clients have addresses by the
/// proxy protocol; the shop behind is HAProxy again.
@Suite(
    "Narrowed bans", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.haproxy, "/usr/bin/socat"), "needs haproxy and socat"),
    .timeLimit(.minutes(10)))
struct NarrowingTests {
    let directory: TemporaryDirectory
    var socket: String { directory.path + "/s.sock" }
    var shop: String { directory.path + "/shop.sock" }
    var token: String { directory.path + "/token" }
    func map(_ name: String) -> String { "\(directory.path)/\(name).map" }

    init() throws {
        directory = try TemporaryDirectory("narrow")
        for name in ["bans", "sessions", "limits"] { try "".write(toFile: map(name), atomically: true, encoding: .utf8) }
        try "a token for this test alone, long enough\n".write(toFile: token, atomically: true, encoding: .utf8)
    }

    /// As README has it, with a shop behind.
    private func writeConfiguration(ingestPort: Int) throws {
        try """
        global
          stats socket \(socket) mode 600 level admin
          log 127.0.0.1:\(ingestPort) format rfc5424 local0
        defaults
          mode http
          log global
          option httplog
          timeout connect 1s
          timeout client 5s
          timeout server 3s
        frontend f
          bind unix@\(shop) accept-proxy
          http-request capture req.hdr(Host) len 64
          http-request capture req.hdr(User-Agent) len 128
          http-request capture req.hdr(Referer) len 64
          http-request set-var(txn.session) req.cook(PHPSESSID),sha2(256),hex
          http-request capture var(txn.session) len 64
          http-request deny deny_status 403 if { src,map_ip(\(map("bans"))) -m found }
          http-request deny deny_status 403 if { var(txn.session),map_str(\(map("sessions"))) -m found }
          http-request set-var(txn.path) path,url_dec
          http-request set-var(txn.limit) src,ipmask(32,64),concat(,txn.path),map_beg_int(\(map("limits")))
          http-request track-sc2 src,ipmask(32,64) table limits if { var(txn.limit) -m found }
          http-request deny deny_status 429 if { var(txn.limit) -m found } { sc2_http_req_rate(limits),sub(txn.limit) gt 0 }
          default_backend web
        backend limits
          stick-table type ipv6 size 100k expire 2m store http_req_rate(1m)
        backend web
          server w1 unix@\(directory.path)/w.sock
        frontend inner
          bind unix@\(directory.path)/w.sock
          no log
          http-request return status 200 content-type text/plain string ok

        """.write(toFile: directory.path + "/h.cfg", atomically: true, encoding: .utf8)
    }

    @Test("Behind one address the session that attacks is banned and shoppers go on, after a restart too; a path is limited")
    func narrow() async throws {
        let port = try FreePort.take()
        let monitor = try await MonitorProcess(
            BalancerAgent.monitorConfiguration(port: port, token: token))
        let address = monitor.address
        try writeConfiguration(ingestPort: address.ingestPort)
        let haproxy = try await startProxy()
        let agent = try BalancerAgent.start(
            port: port, data: directory.path + "/agent", token: token,
            [
                "--haproxy-socket", socket, "--haproxy-map", map("bans"), "--haproxy-session-map", map("sessions"),
                "--haproxy-limit-map", map("limits"),
            ])
        try await eventually("the agent to tell what it can ban; it said \(agent.errors)") {
            try await address.value("count(magewatch_agent_ban_kind)") == 3 ? true : nil
        }

        let pages = (0..<40).map { "/shoes/\($0)" }
        #expect(try await ask(pages, from: "203.0.113.7", session: "shopper").allSatisfy { $0 == 200 })
        let attacks = (0..<12).map { "/search?q=%27%20or%20sleep(\($0))%3d1--" }
        #expect(try await ask(attacks, from: "203.0.113.7", session: "attacker").count == 12)

        let digest = try #require(try await sha256("attacker"))
        try await eventually("the session in the map; monitor: \(monitor.errors)", within: .seconds(30)) {
            try await entries("sessions").contains(digest) ? true : nil
        }
        #expect(try await entries("bans").isEmpty)
        #expect(try await ask(["/"], from: "203.0.113.7", session: "attacker") == [403])
        #expect(try await ask(["/"], from: "203.0.113.7", session: "shopper") == [200])
        let bans = try await address.get(address.api + "/api/magewatch/v1/bans").text
        #expect(bans.contains("session/\(digest)"), "\(bans)")
        try await explains(monitor)

        try await order("limit/3/203.0.113.9/login", at: address)
        try await eventually("the limit in the map", within: .seconds(20)) {
            try await entries("limits").contains("203.0.113.9/login 3") ? true : nil
        }
        let tries = try await ask(Array(repeating: "/log%69n/x", count: 6), from: "203.0.113.9", session: "a")
        #expect(tries == [200, 200, 200, 429, 429, 429])
        #expect(try await ask(["/other"], from: "203.0.113.9", session: "a") == [200])
        #expect(try await ask(["/login"], from: "203.0.113.10", session: "b") == [200])

        // HAProxy forgets, the agent tells it again.
        haproxy.signal(SIGKILL)
        _ = try await haproxy.end(within: .seconds(20))
        let second = try await startProxy()
        try await eventually("both bans in the maps again", within: .seconds(20)) {
            let sessions = try await entries("sessions")
            let limits = try await entries("limits")
            return sessions.contains(digest) && limits.contains("203.0.113.9/login 3") ? true : nil
        }
        #expect(try await ask(["/"], from: "203.0.113.7", session: "attacker") == [403])
        agent.signal(SIGTERM)
        _ = try await agent.end(within: .seconds(20))
        try await monitor.stop()
        second.signal(SIGTERM)
    }

    private func explains(_ monitor: MonitorProcess) async throws {
        let list = try await eventually("the plan's end") { () -> ChildProcess.Finished? in
            let list = try await monitor.command("plan", "list")
            return list.output.contains("succeeded") || list.output.contains("done") ? list : nil
        }
        let id = try #require(
            list.output.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init).first { $0.hasPrefix("ban-session") },
            "\(list)")
        let explained = try await monitor.command("plan", "explain", id)
        for part in ["in place of all of 203.0.113.7", "replay", "of 2 sessions", "% of what it would have hit was no attack"] {
            #expect(explained.output.contains(part), "\(explained)")
        }
        let who = try await monitor.command("waf", "explain", "203.0.113.7")
        #expect(who.output.contains("in force: session"), "\(who)")
    }

    private func startProxy() async throws -> ChildProcess {
        let haproxy = try ChildProcess(RealPrograms.haproxy, ["-db", "-f", directory.path + "/h.cfg"])
        try await eventually("haproxy; it said \(haproxy.errors)") {
            let asked = try await ChildProcess.run("/bin/sh", ["-c", "echo 'show info' | socat - UNIX-CONNECT:\(socket)"])
            return asked.status == 0 && asked.output.contains("Pid") ? true : nil
        }
        return haproxy
    }

    private func entries(_ name: String) async throws -> String {
        let asked = try await ChildProcess.run(
            "/bin/sh", ["-c", "echo 'show map \(map(name))' | socat - UNIX-CONNECT:\(socket)"])
        return asked.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func sha256(_ text: String) async throws -> String? {
        let asked = try await ChildProcess.run("/bin/sh", ["-c", "printf %s '\(text)' | sha256sum"])
        return asked.output.split(separator: " ").first?.uppercased()
    }

    /// Sends requests one after another, each over a connection of its own, as a refusal ends it; the statuses of the answers.
    private func ask(_ paths: [String], from client: String, session: String) async throws -> [Int] {
        var script = ""
        for (number, path) in paths.enumerated() {
            let text =
                "PROXY TCP4 \(client) 127.0.0.1 4711 80\r\nGET \(path) HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: \(session) browser\r\n"
                + "Cookie: PHPSESSID=\(session)\r\nConnection: close\r\n\r\n"
            let file = "\(directory.path)/request-\(number)"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            script += "socat -t 5 - UNIX-CONNECT:\(shop) < \(file)\n"
        }
        let asked = try await ChildProcess.run("/bin/sh", ["-c", script])
        return asked.output.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    private func order(_ subject: String, at monitor: MonitorAddress) async throws {
        let body =
            #"[{"labels":{"alertname":"Manual","action":"ban","address":"\#(subject)"},"annotations":{"summary":"by hand"}}]"#
        #expect(try await monitor.post(monitor.api + "/api/v2/alerts", Array(body.utf8)).status == 200)
    }
}
