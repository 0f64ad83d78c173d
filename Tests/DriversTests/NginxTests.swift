import AgentContract
import Foundation
import Glibc
import TestKit
import Testing
import Topology

@testable import Drivers

@Suite("nginx's files")
struct NginxLedgerTests {
    @Test("An upstream lists its servers, drained ones down, and is never without one")
    func servers() {
        var ledger = NginxLedger()
        #expect(ledger.servers(of: "web") == "server 127.0.0.1:9 down;\n")
        for (name, drained) in [("web2", true), ("web1", false)] {
            let backend = Backend(
                pool: "web", name: name, host: "10.0.0.\(name.suffix(1))", port: 80, maximumConnections: drained ? 0 : 50)
            ledger.servers[NginxLedger.key(backend)] = .init(backend: backend, isDrained: drained)
        }
        #expect(
            ledger.servers(of: "web") == """
                server 10.0.0.1:80 max_fails=2 fail_timeout=1s max_conns=50; # web1
                server 10.0.0.2:80 max_fails=2 fail_timeout=1s down; # web2

                """)
        #expect(ledger.servers(of: "other").hasPrefix("server 127.0.0.1:9 down"))
        ledger.bans = ["203.0.113.7": 1, "10.0.0.0/8": 2]
        #expect(ledger.bannedAddresses() == "10.0.0.0/8 1;\n203.0.113.7 1;\n")
    }
}

/// A real nginx in front of real ones, all of one process that answers on several ports.
private final class NginxStage: Sendable {
    static let canRun = ["/usr/sbin/nginx", "/usr/bin/wrk", "/usr/bin/curl"].allSatisfy(FileManager.default.isExecutableFile)

    let directory: TemporaryDirectory
    let runner = CommandRunner()
    let balancerPort: Int
    let memberPorts: [Int]
    var included: String { directory.path + "/included" }
    var configuration: String { directory.path + "/nginx.conf" }

    init() async throws {
        directory = try TemporaryDirectory("nginx")
        var generator = SystemRandomNumberGenerator()
        // Below the ports that the kernel hands out.
        let first = Int.random(in: 10_000..<19_000, using: &generator)
        balancerPort = first
        memberPorts = [first + 1, first + 2, first + 3]
        try FileManager.default.createDirectory(atPath: included, withIntermediateDirectories: true)
        try "server 127.0.0.1:9 down;\n".write(toFile: included + "/web.servers", atomically: true, encoding: .utf8)
        try "".write(toFile: included + "/bans.geo", atomically: true, encoding: .utf8)
        try start(
            "members", memberPorts.map { "server { listen 127.0.0.1:\($0); return 200 '\($0)\\n'; }" }.joined(separator: "\n"))
        try start(
            "nginx",
            """
            geo $magewatch_banned { default 0; include \(included)/bans.geo; }
            upstream web { least_conn; include \(included)/web.servers; }
            server {
                listen 127.0.0.1:\(balancerPort);
                if ($magewatch_banned) { return 403; }
                location / { proxy_pass http://web; proxy_next_upstream error timeout http_502; proxy_connect_timeout 200ms; }
            }
            """)
        for name in ["members", "nginx"] {
            let result = try await runner.run("nginx", ["-c", "\(directory.path)/\(name).conf"])
            guard result.succeeded else { throw DriverError(.failed, "nginx does not start: \(result.complaint)") }
        }
    }

    deinit {
        for name in ["members", "nginx"] {
            let text = FileManager.default.contents(atPath: "\(directory.path)/\(name).pid").map {
                String(decoding: $0, as: UTF8.self)
            }
            if let text, let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) { kill(id, SIGTERM) }
        }
    }

    private func start(_ name: String, _ servers: String) throws {
        try """
        worker_processes 2;
        pid \(directory.path)/\(name).pid;
        error_log \(directory.path)/\(name).log warn;
        events { worker_connections 1024; }
        http {
            access_log off;
            client_body_temp_path \(directory.path)/\(name).body; proxy_temp_path \(directory.path)/\(name).proxy;
            fastcgi_temp_path \(directory.path)/\(name).fcgi; uwsgi_temp_path \(directory.path)/\(name).uwsgi;
            scgi_temp_path \(directory.path)/\(name).scgi;
            \(servers)
        }

        """.write(toFile: "\(directory.path)/\(name).conf", atomically: true, encoding: .utf8)
    }

    func balancer() throws -> NginxBalancer {
        var options = NginxBalancer.Options(directory: included)
        options.configurationPath = configuration
        options.pidPath = directory.path + "/nginx.pid"
        return try NginxBalancer(options, ledgerPath: directory.path + "/ledger.json")
    }

    func backend(_ index: Int) -> Backend {
        Backend(pool: "web", name: "web\(index + 1)", host: "127.0.0.1", port: memberPorts[index])
    }

    func ask() async throws -> String {
        let result = try await runner.run(
            "curl", ["-s", "-w", " %{http_code}", "http://127.0.0.1:\(balancerPort)/"])
        // The body, a space and the status.
        return result.output.replacing("\n", with: "")
    }
}

@Suite("nginx as a load balancer", .serialized, .enabled(if: NginxStage.canRun, "needs nginx, wrk and curl"))
struct NginxBalancerTests {
    @Test("Servers come and go under load, and no request is lost")
    func underLoad() async throws {
        let stage = try await NginxStage()
        let balancer = try stage.balancer()
        #expect(try await balancer.add(stage.backend(0)).changed)
        #expect(try await balancer.add(stage.backend(0)).changed == false)
        #expect(try await stage.ask() == "\(stage.memberPorts[0]) 200")
        async let load = stage.runner.run(
            "wrk", ["-t1", "-c8", "-d4s", "-H", "Connection: close", "http://127.0.0.1:\(stage.balancerPort)/"],
            timeout: .seconds(30))
        for round in 0..<3 {
            for index in 1..<3 { #expect(try await balancer.add(stage.backend(index)).changed, "round \(round)") }
            for index in 1..<3 {
                let drained = try await balancer.drain(stage.backend(index), deadline: .seconds(5))
                #expect(drained.message.contains("drained"), "\(drained)")
                #expect(try await balancer.remove(stage.backend(index)).changed)
            }
        }
        let report = try await load.output
        let requests = report.firstMatch(of: /([0-9]+) requests in/).flatMap { Int($0.output.1) } ?? 0
        #expect(requests > 100, "\(report)")
        #expect(!report.contains("Socket errors") && !report.contains("Non-2xx"), "\(report)")
        #expect(try await balancer.statistics().map(\.server) == ["web1"])
    }

    @Test("A ban is answered with 403 until its end, and files that someone else changed are put right")
    func bansAndReconciliation() async throws {
        let stage = try await NginxStage()
        let balancer = try stage.balancer()
        _ = try await balancer.add(stage.backend(1))
        let until = Int64(Date().timeIntervalSince1970 * 1000) + 60_000
        #expect(try await balancer.ban("127.0.0.1", until: until).changed)
        #expect(try await stage.ask().hasSuffix("403"))
        await #expect(throws: DriverError.self) { try await balancer.ban("127.0.0.1; }", until: until) }
        try "".write(toFile: stage.included + "/bans.geo", atomically: true, encoding: .utf8)
        #expect(try await balancer.reconcile(at: until - 1000).serversRestored == ["bans.geo"])
        // The agent was restarted.
        let again = try stage.balancer()
        #expect(try await again.reconcile(at: until - 1000).isEmpty)
        #expect(try await stage.ask().hasSuffix("403"))
        #expect(try await again.reconcile(at: until).bansExpired == 1)
        #expect(try await stage.ask() == "\(stage.memberPorts[1]) 200")
    }

    @Test("A configuration that nginx refuses changes nothing, and says why; so does an nginx that does not run")
    func refusals() async throws {
        let stage = try await NginxStage()
        let balancer = try stage.balancer()
        _ = try await balancer.add(stage.backend(0))
        let kept = FileManager.default.contents(atPath: stage.included + "/web.servers")
        let text = try String(contentsOfFile: stage.configuration, encoding: .utf8)
        try text.replacing("access_log off;", with: "nonsense on;").write(
            toFile: stage.configuration, atomically: true, encoding: .utf8)
        let error = await #expect(throws: DriverError.self) { try await balancer.add(stage.backend(1)) }
        #expect(error?.message.contains("nonsense") == true && error?.message.contains("Nothing was changed") == true)
        #expect(FileManager.default.contents(atPath: stage.included + "/web.servers") == kept)
        try text.write(toFile: stage.configuration, atomically: true, encoding: .utf8)
        #expect(try await balancer.add(stage.backend(1)).changed)
        let pidFile = stage.directory.path + "/nginx.pid"
        let master = try String(contentsOfFile: pidFile, encoding: .utf8)
        try FileManager.default.removeItem(atPath: pidFile)
        let gone = await #expect(throws: DriverError.self) { try await balancer.remove(stage.backend(1)) }
        #expect(gone?.code == .unreachable && gone?.message.contains("--nginx-pid") == true)
        // For the stage to find it at the end.
        try master.write(toFile: pidFile, atomically: true, encoding: .utf8)
    }
}
