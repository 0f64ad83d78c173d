import Foundation
import TestKit
import Testing

@testable import Drivers

@Suite("Fences by nftables", .serialized)
struct NftablesFenceTests {
    private let runner = CommandRunner()

    @Test("The rules of an address know it by its own and by its hardware address, on every way")
    func rules() throws {
        let text = NftablesFence.rules(for: try #require(IPv4Address("10.77.0.21/24")))
        #expect(text.contains("add element bridge magewatch_fence hardware { 02:00:0a:4d:00:15 }"))
        for family in ["inet", "bridge"] {
            #expect(text.contains("add element \(family) magewatch_fence addresses { 10.77.0.21 }"))
            for hook in ["input", "forward", "output"] {
                #expect(text.contains("add rule \(family) magewatch_fence \(hook) ip saddr @addresses drop"))
            }
        }
    }

    @Test("What is no address is refused", arguments: ["", "db1", "10.0.0.1; flush ruleset", "10.0.0.1 }"])
    func injection(address: String) async {
        await #expect(throws: DriverError.self) { try await NftablesFence().raise(address) }
        await #expect(throws: DriverError.self) { try await NftablesFence().lower(address) }
    }

    @Test(
        "A fenced container is cut off on its bridge with all its addresses, others are not, and nothing is left behind",
        .enabled(if: Machine.runsNftables, "needs root, nftables, iproute2 and ping"))
    func fencing() async throws {
        let prefix = "mf\(getpid() % 100_000)"
        try await build(prefix)
        do {
            try await check(prefix, NftablesFence(inNamespace: "/run/netns/\(prefix)s"))
        } catch {
            await tearDown(prefix)
            throw error
        }
        await tearDown(prefix)
    }

    private func check(_ prefix: String, _ fence: NftablesFence) async throws {
        #expect(await reaches("10.88.7.11", from: prefix + "b"))
        #expect(try await fence.raise("10.88.7.11").changed)
        #expect(try await !fence.raise("10.88.7.11/24").changed)
        #expect(await !reaches("10.88.7.11", from: prefix + "b"))
        #expect(await !reaches("10.88.7.99", from: prefix + "b"))
        #expect(await !reaches("10.88.7.11", from: prefix + "s"))
        #expect(await !reaches("10.88.7.1", from: prefix + "a"))
        #expect(await reaches("10.88.7.12", from: prefix + "s"))
        #expect(try await fence.raise("10.88.7.12").changed)
        #expect(try await fence.lower("10.88.7.11").changed)
        #expect(await reaches("10.88.7.11", from: prefix + "s"))
        #expect(await !reaches("10.88.7.12", from: prefix + "s"))
        #expect(try await fence.lower("10.88.7.12").changed)
        #expect(try await !fence.lower("10.88.7.12").changed)
        #expect(await reaches("10.88.7.99", from: prefix + "b"))
        let left = try await runner.run("ip", ["netns", "exec", prefix + "s", "nft", "list", "tables"])
        #expect(!left.output.contains(NftablesFence.table))
    }

    private func reaches(_ address: String, from namespace: String) async -> Bool {
        let ping = try? await runner.run("ip", ["netns", "exec", namespace, "ping", "-n", "-c", "1", "-W", "1", address])
        return ping?.succeeded == true
    }

    /// A server `s` with a bridge, and containers `a` and `b` on it; `a` holds a further address.
    private func build(_ prefix: String) async throws {
        let server = prefix + "s"
        try await ip("netns", "add", server)
        try await ip("-n", server, "link", "add", "br0", "type", "bridge")
        try await ip("-n", server, "address", "add", "10.88.7.1/24", "dev", "br0")
        try await ip("-n", server, "link", "set", "br0", "up")
        for (name, host) in [("a", "10.88.7.11"), ("b", "10.88.7.12")] {
            let hardware = IPv4Address(host)?.hardwareAddress ?? ""
            try await ip("netns", "add", prefix + name)
            try await ip("-n", server, "link", "add", "v\(name)", "type", "veth", "peer", "name", "eth0", "netns", prefix + name)
            try await ip("-n", server, "link", "set", "v\(name)", "master", "br0", "up")
            try await ip("-n", prefix + name, "link", "set", "eth0", "address", hardware, "up")
            try await ip("-n", prefix + name, "address", "add", "\(host)/24", "dev", "eth0")
        }
        try await ip("-n", prefix + "a", "address", "add", "10.88.7.99/24", "dev", "eth0")
    }

    private func ip(_ arguments: String...) async throws {
        try await runner.require("ip", arguments, advice: "")
    }

    private func tearDown(_ prefix: String) async {
        for name in ["a", "b", "s"] { _ = try? await runner.run("ip", ["netns", "del", prefix + name]) }
    }
}
