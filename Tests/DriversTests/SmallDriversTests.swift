import AgentContract
import Foundation
import TestKit
import Testing
import Topology

@testable import Drivers

@Suite("Addresses, mounts, probes and leases")
struct SmallDriversTests {
    @Test(
        "IPv4 addresses are read strictly",
        arguments: [
            ("10.0.0.1", "10.0.0.1"), ("10.0.0.1/24", "10.0.0.1/24"), ("256.0.0.1", nil), ("1.2.3", nil), ("1.2.3.4.5", nil),
            ("1.2.3.4/", nil), ("1.2.3.4/33", nil), ("+1.2.3.4", nil), ("", nil), ("1.2.3.4/2/3", nil), ("a.b.c.d", nil),
        ] as [(String, String?)])
    func addresses(text: String, expected: String?) {
        #expect(IPv4Address(text)?.description == expected)
    }

    @Test("The mount table is read with escaped blanks")
    func mountTable() {
        let text = """
            36 35 98:0 / / rw,noatime shared:1 - ext4 /dev/vda rw
            37 35 98:0 /x /mnt/a\\040b rw - fuse.glusterfs host:/v rw
            not a mount
            """
        let table = MountTable(parsing: text)
        #expect(table.mounts.count == 2)
        #expect(table.contains("/mnt/a b"))
        #expect(table.contains("/mnt/a b/"))
        #expect(!table.contains("/mnt"))
    }

    @Test("A bind mount is made once and taken away once", .enabled(if: getuid() == 0, "needs root"))
    func bindMount() async throws {
        let directory = try TemporaryDirectory("bind")
        let files = SharedFiles(source: directory.path + "/source", target: directory.path + "/target")
        try FileManager.default.createDirectory(atPath: files.source, withIntermediateDirectories: true)
        try "x".write(toFile: files.source + "/file", atomically: true, encoding: .utf8)
        let driver = BindMount()
        #expect(try await driver.attach(files).changed)
        #expect(try await !driver.attach(files).changed)
        #expect(await driver.isHealthy(files))
        #expect(FileManager.default.fileExists(atPath: files.target + "/file"))
        #expect(try await driver.detach(files).changed)
        #expect(try await !driver.detach(files).changed)
        #expect(await !driver.isHealthy(files))
    }

    @Test("An address is claimed once and released once", .enabled(if: Machine.runsContainers, "needs root and iproute2"))
    func failover() async throws {
        let driver = LinuxAddresses()
        let runner = CommandRunner()
        let name = "ma\(getpid() % 100_000)"
        try await runner.require("ip", ["link", "add", name, "type", "bridge"], advice: "")
        try await runner.require("ip", ["link", "set", name, "up"], advice: "")
        #expect(try await driver.claim("10.79.8.5/24", on: name).changed)
        #expect(try await !driver.claim("10.79.8.5/24", on: name).changed)
        #expect(try await driver.release("10.79.8.5/24", from: name).changed)
        #expect(try await !driver.release("10.79.8.5/24", from: name).changed)
        try await runner.require("ip", ["link", "del", name], advice: "")
        await #expect(throws: DriverError.self) { try await driver.claim("10.79.8.5/24", on: name) }
    }

    @Test(
        "Probe URLs are read strictly",
        arguments: [
            ("tcp://10.0.0.1:80", HealthProber.Target.tcp(host: "10.0.0.1", port: 80)),
            ("http://10.0.0.1/x?y", .http(host: "10.0.0.1", port: 80, path: "/x?y")),
            ("http://10.0.0.1:8080", .http(host: "10.0.0.1", port: 8080, path: "/")),
            ("https://10.0.0.1", nil), ("tcp://10.0.0.1", nil), ("http://name/", nil), ("http://10.0.0.1:x/", nil),
            ("http://10.0.0.1/a b", nil), ("http://10.0.0.1/a\r\nHost: b", nil), ("", nil),
        ] as [(String, HealthProber.Target?)])
    func probes(url: String, expected: HealthProber.Target?) {
        #expect((try? HealthProber.target(of: url)) == expected)
    }

    @Test("A probe of nothing fails at its deadline with the reason")
    func probeDeadline() async throws {
        let error = await #expect(throws: DriverError.self) {
            try await HealthProber().wait(for: HealthProbe(url: "http://127.0.0.1:1/", timeoutSeconds: 0.05))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("refused") == true)
    }

    @Test(
        "A lease is billed by the started period",
        arguments: [(0, 1, 100), (1, 1, 100), (99, 1, 100), (100, 2, 200), (250, 3, 300)] as [(Int64, Int64, Int64)])
    func billing(elapsed: Int64, periods: Int64, paidUntil: Int64) {
        let arithmetic = LeaseArithmetic(period: 100)
        let lease = Lease(server: "o1", from: 1000, fencingToken: 1)
        #expect(arithmetic.startedPeriods(lease, at: 1000 + elapsed) == periods)
        #expect(arithmetic.paidUntil(lease, at: 1000 + elapsed) == 1000 + paidUntil)
        let ended = arithmetic.ending(lease, at: 1000 + elapsed)
        #expect(ended.until == 1000 + paidUntil)
        #expect(arithmetic.startedPeriods(ended, at: 99_999) == periods)
    }

    actor Ledger: LeaseLedger {
        var kept: [Lease] = []
        func leases() -> [Lease] { kept }
        func put(_ lease: Lease) {
            kept.removeAll { $0.server == lease.server }
            kept.append(lease)
        }
    }

    @Test("A server is leased once, given back once, and idle only when its paid time is over")
    func pool() async throws {
        let servers = ["o1", "o2"].map {
            Server(name: $0, kind: .overflow, address: "10.0.0.9", agentURL: "", capacity: .zero)
        }
        let pool = StaticServerPool(servers: servers, arithmetic: LeaseArithmetic(period: 100), ledger: Ledger())
        let first = try await pool.lease("o1", at: 0)
        #expect(try await pool.lease("o1", at: 50) == first)
        #expect(try await pool.lease("o2", at: 60).fencingToken == 2)
        #expect(try await pool.release("o1", at: 70)?.until == 100)
        #expect(try await pool.release("o1", at: 70) == nil)
        #expect(try await pool.idleServers(at: 99).isEmpty)
        let again = try await pool.lease("o1", at: 90)
        #expect(again.from == 0 && again.until == nil && again.fencingToken == 3)
        _ = try await pool.release("o1", at: 90)
        #expect(try await pool.idleServers(at: 100).map(\.name) == ["o1"])
        await #expect(throws: DriverError.self) { try await pool.lease("o9", at: 0) }
    }

    @Test("A file is replaced as a whole, and a broken one is told by name")
    func durableFile() throws {
        let directory = try TemporaryDirectory("file")
        let path = directory.path + "/deep/file.json"
        #expect(try DurableFile.read([Int].self, fromJSON: path) == nil)
        try DurableFile.write([1, 2], asJSONTo: path)
        try DurableFile.write([3], asJSONTo: path)
        #expect(try DurableFile.read([Int].self, fromJSON: path) == [3])
        try "{".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: DriverError.self) { try DurableFile.read([Int].self, fromJSON: path) }
        #expect(error?.message.contains("file.json") == true)
    }

    @Test("A process' start time is read behind a name with parentheses and blanks")
    func startTicks() {
        let tail = (4...21).map(String.init).joined(separator: " ")
        #expect(ProcessIdentity.startTicks(inStat: "7 (a) b) S \(tail) 777 23") == 777)
        #expect(ProcessIdentity.startTicks(inStat: "7 (a) Z \(tail) 777 23") == nil)
        #expect(ProcessIdentity.startTicks(inStat: "") == nil)
    }
}
