import Foundation
import TestKit
import Testing

/// Real requests of attackers and shoppers, all at once, through a real HAProxy: who is banned, and how long after its first attack.
/// Clients have addresses by the proxy protocol; the shop behind is HAProxy again.
@Suite(
    "Bans within seconds", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .enabled(
        if: MagewatchBinary.hasPrograms(RealPrograms.haproxy, "/usr/bin/socat", "/bin/bash"), "needs haproxy, socat and bash"),
    .timeLimit(.minutes(10)))
struct BanSpeedTests {
    let directory: TemporaryDirectory
    var socket: String { directory.path + "/s.sock" }
    var shop: String { directory.path + "/shop.sock" }
    var token: String { directory.path + "/token" }
    var map: String { directory.path + "/bans.map" }
    /// Requests after which an attacker that is not refused gives up.
    static let patience = 600

    init() throws {
        directory = try TemporaryDirectory("speed")
        try "".write(toFile: map, atomically: true, encoding: .utf8)
        try "a token for this test alone, long enough\n".write(toFile: token, atomically: true, encoding: .utf8)
    }

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
          http-request deny deny_status 403 if { src,map_ip(\(map)) -m found }
          default_backend web
        backend web
          server w1 unix@\(directory.path)/w.sock
        frontend inner
          bind unix@\(directory.path)/w.sock
          no log
          http-request return status 200 content-type text/plain string ok if { path_beg /shoes /search /wp-login.php }
          http-request return status 404 content-type text/plain string none

        """.write(toFile: directory.path + "/h.cfg", atomically: true, encoding: .utf8)
    }

    /// Sends one request after another until one is refused; a line each: when, and the status.
    private func client(_ address: String, _ method: String, _ path: String, count: Int) async throws -> [(
        time: Double, status: Int
    )] {
        let script = """
            i=0; path='\(path)'
            while [ $i -lt \(count) ]; do
              t=$EPOCHREALTIME
              s=$(printf 'PROXY TCP4 \(address) 127.0.0.1 4711 80\\r\\n\(method) %s HTTP/1.1\\r\\nHost: shop.example\\r\\nUser-Agent: Mozilla/5.0 (X11)\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' "${path//@/$i}" | socat -t 5 - UNIX-CONNECT:\(shop) | head -c 12 | tail -c 3)
              echo "$t $s"
              [ "$s" = 403 ] && break
              i=$((i+1))
            done
            """
        let asked = try await ChildProcess.run("/bin/bash", ["-c", script])
        return asked.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let time = Double(words[0]), let status = Int(words[1]) else { return nil }
            return (time, status)
        }
    }

    @Test("A scanner, an injector and a brute force from eight addresses are banned within seconds, and no shopper is")
    func speed() async throws {
        let port = try FreePort.take()
        let monitor = try await MonitorProcess(BalancerAgent.monitorConfiguration(port: port, token: token))
        try writeConfiguration(ingestPort: monitor.address.ingestPort)
        let haproxy = try ChildProcess(RealPrograms.haproxy, ["-db", "-f", directory.path + "/h.cfg"])
        let agent = try BalancerAgent.start(
            port: port, data: directory.path + "/agent", token: token, ["--haproxy-socket", socket, "--haproxy-map", map])
        try await eventually("the agent to tell what it can ban; it said \(agent.errors), haproxy \(haproxy.errors)") {
            try await monitor.address.value("count(magewatch_agent_ban_kind)") == 1 ? true : nil
        }
        var attackers = [
            ("203.0.113.1", "GET", "/search?q=1%27%20UNION%20SELECT%20password%20FROM%20admin_user%20LIMIT%20@--"),
            ("203.0.113.2", "GET", "/backup@/.env"),
        ]
        for number in 0..<8 { attackers.append(("198.51.100.\(number + 1)", "POST", "/wp-login.php")) }
        let results = try await withThrowingTaskGroup(of: (String, [(time: Double, status: Int)]).self) { group in
            for (address, method, path) in attackers {
                group.addTask { (address, try await client(address, method, path, count: BanSpeedTests.patience)) }
            }
            for number in 0..<4 {
                group.addTask {
                    ("192.0.2.\(number + 1)", try await client("192.0.2.\(number + 1)", "GET", "/shoes/7", count: 40))
                }
            }
            return try await group.reduce(into: [String: [(time: Double, status: Int)]]()) { $0[$1.0] = $1.1 }
        }
        var seconds: [Double] = []
        for (address, _, _) in attackers {
            let answers = try #require(results[address])
            #expect(answers.last?.status == 403, "\(address) was answered \(answers.count) times; \(monitor.errors)")
            if let first = answers.first, let last = answers.last { seconds.append(last.time - first.time) }
        }
        for number in 0..<4 {
            let statuses = try #require(results["192.0.2.\(number + 1)"]).map(\.status)
            #expect(statuses == Array(repeating: 200, count: 40))
        }
        let told = seconds.sorted().map { String(format: "%.1f", $0) }.joined(separator: ", ")
        print("first attack to first refusal, seconds, of \(seconds.count) attackers: \(told)")
        #expect(try #require(seconds.sorted().dropFirst(seconds.count / 2).first) < 5, "\(told)")
        agent.signal(SIGTERM)
        _ = try await agent.end(within: .seconds(20))
        try await monitor.stop()
        haproxy.signal(SIGTERM)
    }
}
