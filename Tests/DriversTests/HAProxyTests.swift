import AgentContract
import Foundation
import TestKit
import Testing
import Topology

@testable import Drivers

@Suite("HAProxy's tables and ledger")
struct HAProxyTableTests {
    @Test("Server states are read by the header's names")
    func states() {
        let text = """
            1
            # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port
            3 be 1 st1 127.0.0.1 0 0 1 9
            3 be 2 w1 10.79.0.21 2 8 1 80
            short line
            """
        #expect(
            HAProxyTables.serverStates(text) == [
                .init(pool: "be", name: "st1", host: "127.0.0.1", port: 9, administrativeState: 0),
                .init(pool: "be", name: "w1", host: "10.79.0.21", port: 80, administrativeState: 8),
            ])
    }

    @Test("Statistics leave frontends out and tell the whole from its servers")
    func statistics() {
        let text = """
            # pxname,svname,qcur,scur,stot,eresp,status,last_chk,req_tot
            f,FRONTEND,,1,1,,OPEN,,7
            be,w1,2,3,40,5,UP 1/2,"a, quoted, one",
            be,BACKEND,2,3,41,5,UP,,44
            """
        let found = HAProxyTables.statistics(text)
        #expect(
            found == [
                .init(pool: "be", server: "w1", sessions: 3, queue: 2, requests: 40, responseErrors: 5, status: "UP 1/2"),
                .init(pool: "be", server: nil, sessions: 3, queue: 2, requests: 44, responseErrors: 5, status: "UP"),
            ])
        #expect(found.allSatisfy { $0.isUp })
    }

    @Test("Bans whose time is over leave the ledger")
    func expiry() {
        var ledger = HAProxyLedger()
        ledger.bans = ["1.1.1.1": 100, "2.2.2.2": 200, "3.3.3.3": 300]
        #expect(ledger.removeExpired(at: 200) == ["1.1.1.1", "2.2.2.2"])
        #expect(ledger.bans == ["3.3.3.3": 300])
    }

    @Test("A socket nobody listens on is one clear error with what to do")
    func unreachable() async throws {
        let directory = try TemporaryDirectory("ha")
        let runtime = try HAProxyRuntime(
            socketPath: directory.path + "/none.sock", banMaps: BanMaps(), ledgerPath: directory.path + "/l.json")
        let error = await #expect(throws: DriverError.self) { try await runtime.statistics() }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("/none.sock") == true)
        #expect(error?.message.contains("stats socket") == true)
    }

    @Test(
        "Names and addresses that could become another command are refused",
        arguments: [
            Backend(pool: "be; shutdown", name: "w", host: "10.0.0.1", port: 80),
            Backend(pool: "be", name: "w\nx", host: "10.0.0.1", port: 80),
            Backend(pool: "be", name: "w", host: "10.0.0.1;x", port: 80),
            Backend(pool: "be", name: "w", host: "10.0.0.1", port: 0),
        ])
    func injection(backend: Backend) async throws {
        let directory = try TemporaryDirectory("ha")
        let runtime = try HAProxyRuntime(
            socketPath: directory.path + "/none.sock", banMaps: BanMaps(address: "/m"), ledgerPath: directory.path + "/l.json")
        let error = await #expect(throws: DriverError.self) { try await runtime.add(backend) }
        #expect(error?.code == .invalidRequest)
        let ban = await #expect(throws: DriverError.self) { try await runtime.ban("1.1.1.1 2; x", until: .max) }
        #expect(ban?.code == .invalidRequest)
    }
}

@Suite("A real HAProxy", .serialized, .enabled(if: Machine.runsHAProxy, "needs haproxy"))
struct HAProxyIntegrationTests {
    let directory: TemporaryDirectory
    var socket: String { directory.path + "/s.sock" }
    var map: String { directory.path + "/bans.map" }
    var maps: BanMaps { BanMaps(prefix: directory.path + "/") }

    init() throws {
        directory = try TemporaryDirectory("ha")
        for kind in BanSubject.Kind.allCases {
            try "".write(toFile: try #require(maps.file(of: kind)), atomically: true, encoding: .utf8)
        }
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
        \(maps.frontendRules(cookie: "PHPSESSID"))
          default_backend be
        \(BanMaps.limitTable)
        backend be
        """.appending("\n").write(toFile: directory.path + "/h.cfg", atomically: true, encoding: .utf8)
    }

    func start() async throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/haproxy")
        process.arguments = ["-db", "-f", directory.path + "/h.cfg"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let end = ContinuousClock.now + .seconds(20)
        while true {
            // Looked at before the question: where other tests kept this one from running, it is asked once more after the end.
            let isOver = ContinuousClock.now >= end
            if (try? await HAProxySocket(path: socket).ask("show info")) != nil { return process }
            guard !isOver else { throw DriverError(.timedOut, "haproxy did not start") }
            // Not a busy loop: that would take a processor from the very program that is waited for.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("Servers and bans are added once, told again after a restart, and removed once")
    func life() async throws {
        let backend = Backend(pool: "be", name: "w1", host: "127.0.0.9", port: 80, maximumConnections: 5)
        let ledger = directory.path + "/ledger.json"
        var haproxy = try await start()
        defer { haproxy.terminate() }
        let runtime = try HAProxyRuntime(socketPath: socket, banMaps: BanMaps(address: map), ledgerPath: ledger)
        _ = try await runtime.reconcile(at: 0)
        #expect(try await runtime.add(backend).changed)
        #expect(try await !runtime.add(backend).changed)
        let until = Int64(Date().timeIntervalSince1970 * 1000) + 3_600_000
        #expect(try await runtime.ban("192.0.2.1", until: until).changed)
        #expect(try await !runtime.ban("192.0.2.1", until: until).changed)
        let network = "2001:db8:1:2::/64"
        #expect(try await runtime.ban(network, until: until).changed)
        #expect(try await HAProxySocket(path: socket).ask("show map \(map)").contains(network))
        #expect(try await runtime.unban(network).changed)
        #expect(try await runtime.statistics().contains { $0.server == "w1" })

        haproxy.terminate()
        haproxy.waitUntilExit()
        haproxy = try await start()
        // A new agent, too: it knows only what is on disk.
        let second = try HAProxyRuntime(socketPath: socket, banMaps: BanMaps(address: map), ledgerPath: ledger)
        let done = try await second.reconcile(at: until - 1)
        #expect(done.serversRestored == ["be/w1"])
        #expect(done.bansRestored == 1)
        #expect(try await second.reconcile(at: until - 1).isEmpty)
        #expect(try await HAProxySocket(path: socket).ask("show map \(map)").contains("192.0.2.1"))
        #expect(try await second.reconcile(at: until).bansExpired == 1)
        #expect(try await !second.unban("192.0.2.1").changed)

        var moved = backend
        moved.port = 81
        #expect(try await second.add(moved).changed)
        #expect(try await second.drain(moved, deadline: .seconds(5)).message == "be/w1 drained")
        #expect(try await second.add(moved).message.contains("readied"))
        #expect(try await second.remove(moved).changed)
        #expect(try await !second.remove(moved).changed)
        #expect(try await !second.drain(moved, deadline: .seconds(1)).changed)
        let nowhere = Backend(pool: "nowhere", name: "w1", host: "127.0.0.9", port: 80)
        let error = await #expect(throws: DriverError.self) { try await second.add(nowhere) }
        #expect(error?.message.contains("no backend 'nowhere'") == true)
        haproxy.terminate()
        haproxy.waitUntilExit()
    }

    @Test(
        "Sessions and limits have maps of their own, come back after a restart, and end with their time; of two for one path the other stays"
    )
    func narrowBans() async throws {
        let session = "session/" + String(repeating: "0A", count: 32)
        let (limit, stricter) = ("limit/10/2001:db8:1:2::/rest/V1/", "limit/5/2001:db8:1:2::/rest/V1/")
        let until = Int64(Date().timeIntervalSince1970 * 1000) + 3_600_000
        let ledger = directory.path + "/ledger.json"
        var haproxy = try await start()
        let runtime = try HAProxyRuntime(socketPath: socket, banMaps: maps, ledgerPath: ledger)
        _ = try await runtime.reconcile(at: 0)
        #expect(await runtime.banKinds == [.address, .session, .path])
        for subject in [session, limit] {
            #expect(try await runtime.ban(subject, until: until).changed)
            #expect(try await !runtime.ban(subject, until: until).changed)
        }
        func entries(_ kind: BanSubject.Kind) async throws -> String {
            try await HAProxySocket(path: socket).ask("show map \(try #require(maps.file(of: kind)))")
        }
        #expect(try await entries(.session).contains(String(repeating: "0A", count: 32)))
        #expect(try await entries(.path).contains("2001:db8:1:2::/rest/V1/ 10"))
        #expect(try await entries(.address).isEmpty)
        #expect(try await runtime.ban(stricter, until: until + 1).changed)
        #expect(try await entries(.path).contains("/rest/V1/ 5"))

        haproxy.terminate()
        haproxy.waitUntilExit()
        haproxy = try await start()
        defer { haproxy.terminate() }
        let second = try HAProxyRuntime(socketPath: socket, banMaps: maps, ledgerPath: ledger)
        #expect(try await second.reconcile(at: until - 1).bansRestored == 3)
        #expect(try await entries(.session).contains(String(repeating: "0A", count: 32)))
        #expect(try await entries(.path).contains("/rest/V1/ 5"))
        #expect(try await second.unban(stricter).changed)
        #expect(try await entries(.path).contains("/rest/V1/ 10"))
        #expect(try await second.reconcile(at: until).bansExpired == 2)
        #expect(try await entries(.session).isEmpty)
        #expect(try await entries(.path).isEmpty)

        let without = try HAProxyRuntime(socketPath: socket, banMaps: BanMaps(address: map), ledgerPath: ledger)
        let error = await #expect(throws: DriverError.self) { try await without.ban(session, until: until) }
        #expect(error?.code == .missing && error?.message.contains("--haproxy-session-map") == true)
    }

    @Test("Hundreds of bans come back in one swap")
    func manyBans() async throws {
        let ledger = directory.path + "/ledger.json"
        var filled = HAProxyLedger()
        for index in 0..<1500 { filled.bans["10.1.\(index / 250).\(index % 250)"] = Int64.max / 2 }
        try DurableFile.write(filled, asJSONTo: ledger)
        let haproxy = try await start()
        defer { haproxy.terminate() }
        let runtime = try HAProxyRuntime(socketPath: socket, banMaps: BanMaps(address: map), ledgerPath: ledger)
        #expect(try await runtime.reconcile(at: 0).bansRestored == 1500)
        let listed = try await HAProxySocket(path: socket).ask("show map \(map)")
        #expect(listed.split(separator: "\n").count == 1500)
        haproxy.terminate()
        haproxy.waitUntilExit()
    }
}
