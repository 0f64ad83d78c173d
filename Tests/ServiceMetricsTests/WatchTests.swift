import Foundation
import Logging
import Telemetry
import TestKit
import Testing
import Topology

@testable import ServiceMetrics

@Suite("Watching services", .serialized)
struct WatchTests {
    @Test(
        "A service that hangs, lies or floods is told as down with the reason, and holds up no other",
        .enabled(if: House.can("/usr/bin/redis-server", "/usr/bin/socat"), "needs root, redis-server and socat"))
    func hung() async throws {
        let house = try House(.db)
        // Programs of the names that are looked for, which are none of them.
        try house.start(
            """
            for name in redis-server memcached mysqld; do cp /usr/bin/socat ./$name; done
            ./redis-server TCP-LISTEN:6401,bind=127.0.0.1,fork EXEC:'sleep 1000' &
            ./memcached TCP-LISTEN:6402,bind=127.0.0.1,fork OPEN:/dev/zero &
            ./mysqld TCP-LISTEN:6403,bind=127.0.0.1,fork SYSTEM:'echo hello' &
            redis-server --port 6404 --save '' --dir \(house.directory.path) &
            wait
            """)
        func failed(_ figures: Figures, _ service: String, _ port: Int, _ reason: String) -> Bool {
            let labels = ["service": service, "endpoint": "127.0.0.1:\(port)"]
            return figures["magewatch_service_up", labels] == 0
                && figures["magewatch_service_collect_failures_total", labels.merging(["reason": reason]) { $1 }] == 1
        }
        let figures = try await house.look(timeout: .seconds(2)) { figures in
            failed(figures, "redis", 6401, "timeout") && failed(figures, "memcached", 6402, "too_large")
                && failed(figures, "mariadb", 6403, "malformed")
                && figures["redis_up", ["endpoint": "127.0.0.1:6404"]] == 1
        }
        #expect(figures["redis_up", ["endpoint": "127.0.0.1:6401"]] == nil)
        let quick = figures["magewatch_service_collect_seconds", ["endpoint": "127.0.0.1:6404"]]
        #expect(try #require(quick) < 2)
    }

    @Test(
        "What was seen once and is gone is told as down, until its container is gone as well",
        .enabled(if: House.can("/usr/bin/redis-server"), "needs root and redis-server"))
    func gone() async throws {
        let house = try House(.db)
        try house.start(
            "redis-server --port 6405 --save '' --dir \(house.directory.path) & echo $! >DIR.pid; sleep 1000"
                .replacingOccurrences(of: "DIR", with: house.directory.path + "/redis"))
        _ = try await house.look { $0.isUp("redis") }
        let scopes = Box(house.scope.map { [$0] } ?? [])
        let watch = ServiceWatch(server: "s1", containers: { scopes.value }, logger: Logger(label: "test"))
        func look() async -> Figures {
            watch.ask()
            await watch.idle()
            var batch = SampleBatch()
            watch.append(to: &batch, at: 1)
            return Figures(batch)
        }
        #expect(await look().isUp("redis"))
        house.end(program: "redis-server")
        var after = await look()
        while after["magewatch_service_up"] == 1 { after = await look() }
        #expect(after["magewatch_service_up", ["service": "redis"]] == 0 && after["redis_up"] == nil)
        #expect(after["magewatch_service_collect_failures_total", ["reason": "gone"]] == 1)
        #expect(await look()["magewatch_service_collect_failures_total", ["reason": "gone"]] == 1, "told once")
        scopes.set([])
        #expect(await look().values.isEmpty)
    }

    @Test("Workers belong to the process they come from, other namespaces to nobody, and the server's own to itself")
    func scopes() throws {
        let directory = try TemporaryDirectory("proc")
        func process(_ id: Int, _ name: String, parent: Int, spaces: String?) throws {
            let path = "\(directory.path)/\(id)"
            try FileManager.default.createDirectory(atPath: path + "/ns", withIntermediateDirectories: true)
            let stat = "\(id) (\(name)) S \(parent) 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 5 0 9 0\n"
            try stat.write(toFile: path + "/stat", atomically: true, encoding: .utf8)
            try "\(name)\0-x\0".write(toFile: path + "/cmdline", atomically: true, encoding: .utf8)
            guard let spaces else { return }
            for kind in ["pid", "net"] {
                try FileManager.default.createSymbolicLink(atPath: "\(path)/ns/\(kind)", withDestinationPath: "\(kind):\(spaces)")
            }
        }
        try process(1, "init", parent: 0, spaces: "server")
        try process(10, "nginx", parent: 1, spaces: "server")
        try process(11, "nginx", parent: 10, spaces: "server")
        try process(20, "lxc-init (web1)", parent: 1, spaces: "web1")
        try process(21, "nginx", parent: 20, spaces: "web1")
        try process(30, "nginx", parent: 1, spaces: "docker")
        try process(40, "master", parent: 1, spaces: "server")
        try process(41, "bash", parent: 1, spaces: "server")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/self", withDestinationPath: "1")
        let discovery = ServiceDiscovery(containers: [ServiceScope(container: "web1", role: .web, firstProcess: 20)])
        let found = discovery.services(in: ProcessTable(root: directory.path)) { _ in SocketTable() }.found
        #expect(found.map(\.process) == [10, 21])
        #expect(found.map(\.scope.container) == [nil, "web1"])
    }

    @Test("A process' line may have blanks and parentheses in its name; torn ones are none")
    func stat() {
        let line = "7 (a) (b) S 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 99 0 4 0"
        let process = ProcessTable.process(7, stat: line)
        #expect(process?.name == "a) (b" && process?.parent == 3 && process?.startTicks == 99 && process?.residentPages == 4)
        for text in ["", "7", "7 (a)", "7 )a(", "7 (a) S x"] { #expect(ProcessTable.process(7, stat: text) == nil) }
    }
}
