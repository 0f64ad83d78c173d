import AgentContract
import Foundation
import TestKit
import Testing
import Topology

@testable import Drivers

/// Whether this machine can run real containers.
enum Machine {
    static func has(_ programs: String...) -> Bool {
        programs.allSatisfy { program in
            ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].contains {
                FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
            }
        }
    }

    static let runsContainers = getuid() == 0 && has("lxc-start", "lxc-stop", "lxc-info", "ip", "busybox")
    static let runsHAProxy = has("haproxy")
}

@Suite("Real LXC containers", .serialized, .enabled(if: Machine.runsContainers, "needs root, lxc, iproute2 and busybox"))
struct LXCIntegrationTests {
    let directory: TemporaryDirectory
    let runtime: LXCRuntime
    let bridge: String

    init() throws {
        directory = try TemporaryDirectory("lxc")
        bridge = "mt\(getpid() % 100_000)"
        runtime = LXCRuntime(
            server: "test\(getpid())", dataDirectory: directory.path + "/data", imagesDirectory: directory.path + "/images",
            bridge: bridge, gateway: nil)
    }

    func image(_ name: String, _ text: String) throws {
        let folder = directory.path + "/images/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/image.conf", atomically: true, encoding: .utf8)
    }

    func withBridge(_ body: () async throws -> Void) async throws {
        let runner = CommandRunner()
        try await runner.require("ip", ["link", "add", bridge, "type", "bridge"], advice: "")
        do {
            try await runner.require("ip", ["address", "add", "10.79.9.1/24", "dev", bridge], advice: "")
            try await runner.require("ip", ["link", "set", bridge, "up"], advice: "")
            try await body()
        } catch {
            _ = try await runner.run("ip", ["link", "del", bridge])
            throw error
        }
        try await runner.require("ip", ["link", "del", bridge], advice: "")
    }

    @Test("A container starts, serves, is listed, survives a second start, and leaves nothing when stopped")
    func life() async throws {
        try image("web", "base = minimal\ninit = /usr/bin/busybox httpd -f -p 80 -h {shared}\nhalt-signal = SIGKILL\n")
        let shared = directory.path + "/shared"
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        try "hello".write(toFile: shared + "/index.html", atomically: true, encoding: .utf8)
        let specification = ContainerSpecification(
            name: "web1", role: .web, image: "web", address: "10.79.9.21/24",
            limits: Resources(cores: 0.5, memoryBytes: 64 << 20), sharedDirectory: shared)
        try await withBridge {
            do {
                #expect(try await runtime.ensureRunning(specification).changed)
                #expect(try await !runtime.ensureRunning(specification).changed)
                let prober = HealthProber()
                _ = try await prober.wait(for: HealthProbe(url: "http://10.79.9.21/index.html", timeoutSeconds: 20))
                let listed = try #require(try runtime.list().first)
                let process = try #require(listed.processID)
                #expect(listed.specification == specification)
                let groups = try String(contentsOfFile: "/proc/\(process)/cgroup", encoding: .utf8)
                #expect(groups.contains("/magewatch/\(runtime.server)/web1"))

                // Its monitor killed: the container is ended and cleared before the next start.
                #expect(kill(process, SIGKILL) == 0)
                #expect(try await runtime.ensureGone("web1", grace: .seconds(1)).changed)
                #expect(try await runtime.ensureRunning(specification).changed)
                #expect(try await runtime.ensureGone("web1", grace: .seconds(5)).changed)
            } catch {
                _ = try? await runtime.ensureGone("web1", grace: .zero)
                throw error
            }
        }
        #expect(try runtime.list().isEmpty)
        for hierarchy in ControlGroups.hierarchies() {
            #expect(!FileManager.default.fileExists(atPath: "\(hierarchy)/magewatch/\(runtime.server)/web1"))
        }
    }

    @Test("A container whose program is missing fails with one clear message")
    func failure() async throws {
        try image("broken", "base = minimal\ninit = /usr/bin/no-such-program\n")
        let specification = ContainerSpecification(
            name: "broken1", role: .web, image: "broken", address: "10.79.9.22/24",
            limits: Resources(cores: 1, memoryBytes: 0))
        try await withBridge {
            let error = await #expect(throws: DriverError.self) { try await runtime.ensureRunning(specification) }
            #expect(error?.code == .failed)
            #expect(error?.message.contains("broken1 did not start") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("image's init line") == true)
            _ = try await runtime.ensureGone("broken1", grace: .zero)
        }
    }
}
