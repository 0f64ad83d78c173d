import AgentContract
import Drivers
import StackConfiguration
import Testing
import Topology

@testable import Lab

@Suite("The texts that the stack is configured with")
struct ConfigurationTests {
    private let configuration = MonitorConfiguration(
        dataDirectory: "/lab/monitor", tokenFile: "/lab/token", sharedSource: "/lab/shared", rulesDirectory: "/lab/alerts",
        leadSeconds: [10, 20])

    @Test("The monitor's own reader accepts the configuration, and it says what the laboratory means")
    func monitor() throws {
        let read = try ConfigurationFile.parse(configuration.render(), file: "magewatch.yaml")
        #expect(read.stack == "lab")
        #expect(read.servers.map(\.name) == ["lb1", "s1", "s2", "o1", "o2"])
        #expect(read.servers.filter { $0.kind == .overflow }.map(\.name) == ["o1", "o2"])
        #expect(read.containers.count == InitialContainers.all.count)
        #expect(read.containers.filter { $0.kind == .backup }.compactMap(\.backupOf).sorted() == ["db1", "web1", "web2"])
        #expect(read.scaler.billedPeriodSeconds == Double(MonitorConfiguration.billedPeriodSeconds))
        #expect(read.roles[.web]?.addresses.count == 20)
        #expect(read.roles[.web]?.sharedTarget == MonitorConfiguration.sharedTarget)
    }

    @Test("No member has room for a third web, and an overflow server has room for two")
    func room() throws {
        let read = try ConfigurationFile.parse(configuration.render(), file: "magewatch.yaml")
        for server in read.servers {
            let used = read.containers.filter { $0.server == server.name && $0.kind == .active }
                .reduce(Resources.zero) { $0 + $1.limits }
            let free = server.capacity - used
            let fits = Int(free.cores / MonitorConfiguration.webCores + 1e-9)
            #expect(fits == (server.kind == .overflow ? 2 : 0), "\(server.name)")
        }
    }

    @Test("A backup has the address of what it stands for, on another server")
    func backups() throws {
        for backup in InitialContainers.all {
            guard let name = backup.backupOf else { continue }
            let active = try #require(InitialContainers.all.first { $0.name == name })
            #expect(backup.address == active.address)
            #expect(backup.server != active.server)
        }
    }

    @Test("The first steps mount before they start, and join web to the load balancer last")
    func steps() {
        let names = InitialContainers.steps(sharedSource: "/lab/shared").map { "\($0.0.rawValue) \($0.1.name)" }
        #expect(
            names == [
                "s1 mount_shared_files", "s1 start_container", "s1 wait_until_healthy", "lb1 add_backend",
                "s2 mount_shared_files", "s2 start_container", "s2 wait_until_healthy", "lb1 add_backend",
                "s1 start_container", "s1 wait_until_healthy",
            ])
    }

    @Test("HAProxy consults the ban map that the agent is told of, and retries elsewhere")
    func loadBalancer() {
        let text = LoadBalancerConfiguration.render(address: "10.0.0.1", socket: "/lab/s", bans: BanMaps(prefix: "/lab/"))
        #expect(text.contains("deny_status 403 if { src,map_ip(/lab/bans.map) -m found }"))
        #expect(text.contains("stats socket /lab/s mode 600 level admin"))
        #expect(text.contains("retry-on conn-failure empty-response response-timeout"))
    }

    @Test("rsyslog ships by RELP with a queue on disk and never gives up")
    func shipping() {
        let text = LogShipping.render(spool: "/lab/spool", monitor: "10.0.0.5")
        #expect(text.contains("type=\"omrelp\" target=\"10.0.0.5\" port=\"7100\""))
        #expect(text.contains("queue.filename=\"relp\""))
        #expect(text.contains("action.resumeRetryCount=\"-1\""))
        #expect(!text.contains("imtcp"))
        #expect(LogShipping.render(spool: "/s", monitor: "m", linePort: 1514).contains("address=\"127.0.0.1\" port=\"1514\""))
    }

    @Test("Addresses are unique and all in one network")
    func addresses() {
        var all = AddressPlan.Machine.allCases.map(\.address)
        all += [AddressPlan.web1, AddressPlan.web2, AddressPlan.db1]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.hasPrefix("10.77.0.") })
    }

    @Test("The page is as large as said, and the same each time")
    func page() {
        #expect(Images.page().utf8.count >= Images.pageBytes)
        #expect(Images.page() == Images.page())
    }
}
