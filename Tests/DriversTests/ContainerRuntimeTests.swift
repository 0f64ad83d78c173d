import AgentContract
import Foundation
import TestKit
import Testing
import Topology

@testable import Drivers

@Suite("Containers")
struct ContainerRuntimeTests {
    static let specification = ContainerSpecification(
        name: "web1", role: .web, image: "web", address: "10.79.9.21/24", limits: Resources(cores: 0.5, memoryBytes: 64 << 20))

    @Test("Starting twice starts once, stopping twice stops once")
    func idempotence() async throws {
        let runtime = InMemoryRuntime()
        #expect(try await runtime.ensureRunning(Self.specification).changed)
        #expect(try await !runtime.ensureRunning(Self.specification).changed)
        #expect(try await runtime.ensureGone("web1", grace: .seconds(1)).changed)
        #expect(try await !runtime.ensureGone("web1", grace: .seconds(1)).changed)
        #expect(runtime.calls == ["create web1", "start web1", "announce web1", "stop web1", "remove web1"])
    }

    @Test("A running container is not replaced by another specification")
    func otherSpecification() async throws {
        let runtime = InMemoryRuntime()
        _ = try await runtime.ensureRunning(Self.specification)
        var other = Self.specification
        other.address = "10.79.9.22/24"
        let error = await #expect(throws: DriverError.self) { try await runtime.ensureRunning(other) }
        #expect(error?.message.contains("stop it first") == true)
        #expect(runtime.calls.count == 2)
    }

    @Test("A missing bridge, image or shared directory is told with what to do")
    func missing() async throws {
        let directory = try TemporaryDirectory("lxc")
        func runtime(_ bridge: String?) -> LXCRuntime {
            LXCRuntime(
                server: "t", dataDirectory: directory.path, imagesDirectory: directory.path + "/images", bridge: bridge,
                gateway: nil)
        }
        for (bridge, shared, part) in [
            (nil, nil, "--bridge"), ("nobridge0", nil, "ip link add nobridge0"), ("lo", nil, "image.conf"),
            ("lo", "/no/such", "mount the shared files first"),
        ] as [(String?, String?, String)] {
            var specification = Self.specification
            specification.sharedDirectory = shared
            let error = await #expect(throws: DriverError.self) { try await runtime(bridge).create(specification) }
            #expect(error?.code == .missing)
            #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        }
    }

    @Test("A program that does not end in time is killed and told")
    func commandTimeout() async throws {
        let error = await #expect(throws: DriverError.self) {
            try await CommandRunner().run("sleep", ["600"], timeout: .milliseconds(50))
        }
        #expect(error?.code == .timedOut)
        let missing = await #expect(throws: DriverError.self) { try await CommandRunner().run("no-such-program", []) }
        #expect(missing?.code == .missing)
        let result = try await CommandRunner().run("sh", ["-c", "echo out; echo '  err' >&2; exit 3"])
        #expect(result == .init(exitCode: 3, output: "out\n", errors: "  err\n"))
        #expect(result.complaint == "err")
    }
}
