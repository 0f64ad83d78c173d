import Foundation
import Telemetry
import TestKit
import Testing
import Topology

@testable import Drivers

@Suite("Bans by nftables", .serialized)
struct NftablesBansTests {
    private let runner = CommandRunner()

    private func network(_ text: String) throws -> NetworkRange { try #require(NetworkRange(text)) }

    @Test("Of bans within each other the widest in force is told, each family by itself")
    func widest() throws {
        let bans: [NetworkRange: Milliseconds] = [
            try network("192.0.2.0/24"): 50, try network("192.0.2.7"): 100, try network("192.0.3.7"): 100,
            try network("2001:db8::/48"): 100, try network("2001:db8:0:1::/64"): 100, try network("198.51.100.1"): 10,
        ]
        #expect(
            Set(NftablesBans.widest(of: bans, at: 20).keys)
                == [try network("192.0.2.0/24"), try network("192.0.3.7"), try network("2001:db8::/48")])
        #expect(NftablesBans.widest(of: bans, at: 60).keys.contains(try network("192.0.2.7")))
        #expect(NftablesBans.widest(of: bans, at: 100).isEmpty)
    }

    @Test("A change names what is new, what is longer, and what ended early, and nothing that ended by itself")
    func changes() throws {
        let old: [NetworkRange: Milliseconds] = [
            try network("192.0.2.1"): 100_000, try network("192.0.2.2"): 100_000, try network("192.0.2.3"): 1000,
            try network("192.0.2.4"): 100_000,
        ]
        let new: [NetworkRange: Milliseconds] = [
            try network("192.0.2.1"): 100_000, try network("192.0.2.2"): 200_000, try network("2001:db8::/64"): 61_500,
        ]
        #expect(
            NftablesBans.changes(from: old, to: new, at: 60_000) == """
                delete element inet magewatch_bans v4 { 192.0.2.2, 192.0.2.4 }
                add element inet magewatch_bans v4 { 192.0.2.2 timeout 140s }
                add element inet magewatch_bans v6 { 2001:db8::/64 timeout 2s }

                """)
        #expect(NftablesBans.changes(from: new, to: new, at: 60_000).isEmpty)
    }

    @Test(
        "What is no address is refused before nft is asked",
        arguments: ["", "x; flush ruleset", "10.0.0.1 }", "limit/10/192.0.2.1/a"])
    func injection(subject: String) async throws {
        let directory = try TemporaryDirectory("nft")
        let bans = try NftablesBans(ledgerPath: directory.path + "/bans.json")
        await #expect(throws: DriverError.self) { try await bans.ban(subject, until: .max) }
        await #expect(throws: DriverError.self) { try await bans.unban(subject) }
    }

    @Test(
        "A banned address, its network and its /64 are cut off at once, others are not; what is flushed comes back; nothing is left behind",
        .enabled(if: Machine.runsNftables, "needs root, nftables, iproute2 and ping"))
    func dropping() async throws {
        try await inNamespaces { prefix, bans, ledger in
            let until = HAProxyRuntime.now() + 600_000
            #expect(await reaches("10.88.8.1", from: prefix + "a"))
            #expect(try await bans.ban("10.88.8.11", until: until).changed)
            #expect(try await !bans.ban("10.88.8.11", until: until).changed)
            #expect(await !reaches("10.88.8.1", from: prefix + "a"))
            #expect(await reaches("10.88.8.1", from: prefix + "b"))
            #expect(await reaches("fd00:88::1", from: prefix + "a"))

            #expect(try await bans.ban("10.88.8.0/24", until: until + 1).changed)
            #expect(await !reaches("10.88.8.1", from: prefix + "b"))
            #expect(try await bans.unban("10.88.8.0/24").changed)
            #expect(await reaches("10.88.8.1", from: prefix + "b"))
            #expect(await !reaches("10.88.8.1", from: prefix + "a"))

            #expect(try await bans.ban("fd00:88::/64", until: until).changed)
            #expect(await !reaches("fd00:88::1", from: prefix + "a"))

            // Someone flushes all rules; then the agent starts anew; then the server.
            try await nft(prefix, "flush", "ruleset")
            #expect(await reaches("10.88.8.1", from: prefix + "a"))
            #expect(try await bans.reconcile(at: HAProxyRuntime.now()).bansRestored == 2)
            #expect(await !reaches("10.88.8.1", from: prefix + "a"))
            try await nft(prefix, "delete", "table", "inet", NftablesBans.table)
            let restarted = try NftablesBans(ledgerPath: ledger, inNamespace: "/run/netns/\(prefix)s")
            #expect(try await restarted.reconcile(at: HAProxyRuntime.now()).bansRestored == 2)
            #expect(try await restarted.reconcile(at: HAProxyRuntime.now()).isEmpty)
            #expect(await !reaches("fd00:88::1", from: prefix + "a"))

            #expect(try await restarted.unban("10.88.8.11").changed)
            #expect(try await !restarted.unban("10.88.8.11").changed)
            #expect(await reaches("10.88.8.1", from: prefix + "a"))
            #expect(try await restarted.reconcile(at: until).bansExpired == 1)
            #expect(await reaches("fd00:88::1", from: prefix + "a"))
            #expect(try await !nft(prefix, "list", "tables").contains(NftablesBans.table))
        }
    }

    @Test(
        "Ten thousand bans are told in one transaction, end by the kernel's own clock, and one that someone took out is put back",
        .enabled(if: Machine.runsNftables, "needs root, nftables, iproute2 and ping"))
    func many() async throws {
        try await inNamespaces { prefix, _, ledger in
            let now = HAProxyRuntime.now()
            var stored: [String: Milliseconds] = [:]
            for index in 0..<9_000 { stored["203.\(index / 250).\(index % 250).7"] = now + 3_600_000 }
            for index in 0..<900 { stored["2001:db8:\(String(index, radix: 16))::/64"] = now + 3_600_000 }
            for index in 0..<99 { stored["198.18.\(index).0/24"] = now + 3_600_000 }
            stored["10.88.8.12"] = now + 3_600_000
            try DurableFile.write(stored, asJSONTo: ledger)
            let bans = try NftablesBans(ledgerPath: ledger, inNamespace: "/run/netns/\(prefix)s")
            #expect(try await bans.reconcile(at: HAProxyRuntime.now()).bansRestored == 10_000)
            #expect(await !reaches("10.88.8.1", from: prefix + "b"))
            var listed = 0
            for set in ["v4", "v6"] {
                let text = try await nft(prefix, "-s", "list", "set", "inet", NftablesBans.table, set)
                #expect(text.contains("timeout 1h"))
                listed += NftablesBans.elements(in: text).count
            }
            #expect(listed == 10_000)
            // One by one beside them, too.
            #expect(try await bans.ban("192.0.2.99", until: now + 60_000).changed)

            try await nft(prefix, "delete", "element", "inet", NftablesBans.table, "v4", "{ 10.88.8.12 }")
            #expect(await reaches("10.88.8.1", from: prefix + "b"))
            let later = HAProxyRuntime.now() + NftablesBans.fullLookInterval
            #expect(try await bans.reconcile(at: later).bansRestored > 0)
            #expect(await !reaches("10.88.8.1", from: prefix + "b"))
        }
    }

    // MARK: a server `s`, and clients `a` and `b` behind one bridge

    private func inNamespaces(_ body: (_ prefix: String, _ bans: NftablesBans, _ ledger: String) async throws -> Void)
        async throws
    {
        let prefix = "mn\(getpid() % 100_000)"
        let directory = try TemporaryDirectory("nft")
        let ledger = directory.path + "/bans.json"
        do {
            try await build(prefix)
            try await body(prefix, NftablesBans(ledgerPath: ledger, inNamespace: "/run/netns/\(prefix)s"), ledger)
        } catch {
            await tearDown(prefix)
            throw error
        }
        await tearDown(prefix)
    }

    private func build(_ prefix: String) async throws {
        let server = prefix + "s"
        try await ip("netns", "add", server)
        try await ip("-n", server, "link", "add", "br0", "type", "bridge")
        try await ip("-n", server, "address", "add", "10.88.8.1/24", "dev", "br0")
        try await ip("-n", server, "address", "add", "fd00:88::1/64", "dev", "br0", "nodad")
        try await ip("-n", server, "link", "set", "br0", "up")
        for (name, host) in [("a", 11), ("b", 12)] {
            try await ip("netns", "add", prefix + name)
            try await ip("-n", server, "link", "add", "v\(name)", "type", "veth", "peer", "name", "eth0", "netns", prefix + name)
            try await ip("-n", server, "link", "set", "v\(name)", "master", "br0", "up")
            try await ip("-n", prefix + name, "link", "set", "eth0", "up")
            try await ip("-n", prefix + name, "address", "add", "10.88.8.\(host)/24", "dev", "eth0")
            try await ip("-n", prefix + name, "address", "add", "fd00:88::\(host)/64", "dev", "eth0", "nodad")
        }
    }

    private func tearDown(_ prefix: String) async {
        for name in ["a", "b", "s"] { _ = try? await runner.run("ip", ["netns", "del", prefix + name]) }
    }

    private func reaches(_ address: String, from namespace: String) async -> Bool {
        let ping = try? await runner.run("ip", ["netns", "exec", namespace, "ping", "-n", "-c", "1", "-W", "1", address])
        return ping?.succeeded == true
    }

    @discardableResult
    private func nft(_ prefix: String, _ arguments: String...) async throws -> String {
        try await runner.require("ip", ["netns", "exec", prefix + "s", "nft"] + arguments, advice: "").output
    }

    private func ip(_ arguments: String...) async throws {
        try await runner.require("ip", arguments, advice: "")
    }
}
