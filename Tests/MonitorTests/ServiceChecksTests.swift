import AsyncHTTPClient
import Checks
import Glibc
import MetricStore
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import TestKit
import Testing
import Topology

@testable import Monitor

@Suite("Checks of services that need no configuration")
struct ServiceChecksTests {
    private final class Inventory: Sendable {
        let stack = Mutex(Stack(name: "shop"))
    }

    private static func container(_ name: String, _ role: Role, _ state: Container.State, kind: Container.Kind = .active)
        -> Container
    {
        Container(
            name: name, role: role, kind: kind, server: "s1", address: "127.0.0.1/24", port: 80,
            limits: Resources(cores: 1, memoryBytes: 1 << 30), image: "i", state: state)
    }

    private static func listens(_ container: String, _ service: String, _ port: Int) -> Labels {
        [
            "__name__": "magewatch_service_listens", "server": "s1", "container": container, "service": service,
            "port": "\(port)",
            "endpoint": "e", "role": "db",
        ]
    }

    @Test("Each port that a service of a running container was seen at is checked, also when the service is gone afterwards")
    func targets() async throws {
        let directory = try TemporaryDirectory("checks")
        let store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        let inventory = Inventory()
        inventory.stack.withLock {
            $0.containers = [
                Self.container("db1", .db, .running), Self.container("db2", .db, .stopped),
                Self.container("db1b", .db, .running, kind: .backup), Self.container("mail1", .mail, .running),
            ]
        }
        let checks = ServiceChecks(
            source: store, sink: store, prober: Prober(client: .shared, group: MultiThreadedEventLoopGroup.singleton),
            metrics: SelfMetrics()
        ) { inventory.stack.withLock { $0 } }
        let now: Milliseconds = 1_700_000_000_000
        #expect(try await checks.checks(at: now).isEmpty)
        let seen: [Labels: Double] = [
            Self.listens("db1", "mariadb", 3306): 1, Self.listens("db1", "redis", 6379): 0, Self.listens("db2", "redis", 6379): 1,
            Self.listens("db1b", "redis", 6379): 1, Self.listens("mail1", "postfix", 25): 1,
            Self.listens("mail1", "postfix", 10025): 1,
            Self.listens("elsewhere", "nginx", 80): 1, Self.listens("", "nginx", 80): 1,
        ]
        _ = try await store.append(ScalerTests.batch(seen, at: now))
        let found = try await checks.checks(at: now)
        #expect(found.map(\.name) == ["db1 mariadb 3306", "mail1 postfix 25", "mail1 postfix 10025"])
        #expect(found[0].kind == .greeting(.mysql, host: "127.0.0.1", port: 3306))
        #expect(found[1].kind == .greeting(.smtp, host: "127.0.0.1", port: 25))
        #expect(found[2].kind == .tcp(host: "127.0.0.1", port: 10025))
        #expect(found[0].labels == ["container": "db1", "role": "db", "service": "mariadb"])
        // Nobody has seen them for an hour: they are looked at all the more.
        #expect(try await checks.checks(at: now + 3_600_000).map(\.name) == found.map(\.name))
        inventory.stack.withLock { $0.containers[3].state = .draining }
        #expect(try await checks.checks(at: now + 3_600_000).map(\.name) == ["db1 mariadb 3306"])
        try store.close()
    }

    /// A socket that has a port of the loopback.
    private static func taking(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        unsafe address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    @Test("What was reached once becomes series, up and down; what never was is counted")
    func probes() async throws {
        let directory = try TemporaryDirectory("checks")
        let store = try MetricStore(directory: directory.path, metrics: SelfMetrics())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let metrics = SelfMetrics()
        let checks = ServiceChecks(
            source: store, sink: store, prober: Prober(client: .shared, group: MultiThreadedEventLoopGroup(numberOfThreads: 1)),
            metrics: metrics
        ) { Stack(name: "shop", containers: [Self.container("web1", .web, .running)]) }
        let now: Milliseconds = 1_700_000_000_000
        // Nothing listens on port 1, and no test can be given it.
        let seen: [Labels: Double] = [Self.listens("web1", "nginx", port): 1, Self.listens("web1", "nginx", 1): 1]
        _ = try await store.append(ScalerTests.batch(seen, at: now))
        try await checks.probe(at: now)
        func count(_ result: String) -> Double { metrics.value("magewatch_service_checks_total", ["result": result]) }
        #expect(count("up") == 1 && count("never reached") == 1 && count("down") == 0)
        try await listener.close()
        // Taken and not listened at, so that no other test is found there.
        var taken: Int32?
        let end = ContinuousClock.now + .seconds(60)
        // The connections that were accepted have it until they are closed as well.
        while taken == nil, ContinuousClock.now < end {
            taken = ServiceChecksTests.taking(port)
            await Task.yield()
        }
        let holder = try #require(taken, "port \(port) was taken by somebody else in between")
        defer { close(holder) }
        try await checks.probe(at: now + 30_000)
        #expect(count("up") == 1 && count("never reached") == 2 && count("down") == 1)
        let series = try store.select([.equal("__name__", "magewatch_check_up")], in: now...now + 30_000)
        #expect(series.map { $0.labels["check"] } == ["web1 nginx \(port)"])
        var columns = SampleColumns()
        try #require(series.first).read(now...now + 30_000, into: &columns)
        #expect(columns.values == [1, 0])
        try store.close()
    }
}
