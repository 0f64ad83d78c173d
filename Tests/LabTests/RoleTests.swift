import AgentContract
import Drivers
import StackConfiguration
import Testing
import Topology

@testable import Lab

@Suite("The stack of all roles")
struct RoleTests {
    private let configuration = RoleMonitorConfiguration(
        dataDirectory: "/lab/monitor", tokenFile: "/lab/token", sharedSource: "/lab/shared", rulesDirectory: "/lab/alerts",
        databasePassword: "/lab/password")

    @Test("The monitor's own reader accepts the configuration; every role with containers has an active one")
    func monitor() throws {
        let read = try ConfigurationFile.parse(configuration.render(), file: "magewatch.yaml")
        #expect(read.stack == "shop")
        #expect(read.servers.filter { $0.kind == .overflow }.map(\.name) == ["o1"])
        #expect(read.containers.count == RoleContainer.all.count)
        #expect(Set(read.containers.filter { $0.kind == .active }.map(\.role)) == [.web, .db, .search, .queue, .mail, .acc])
        for container in RoleContainer.all {
            let same = try #require(read.containers.first { $0.name == container.name })
            #expect(
                same.port == container.port && same.image == container.image
                    && same.limits == container.specification(databasePassword: "/p").limits)
        }
        #expect(read.roles[.web]?.loadBalancers.map(\.server) == ["lb1", "lb2"])
        let replication = try #require(read.roles[.db]?.replication)
        #expect(replication.passwordFile == "/lab/password" && replication.apart == ["cache1", "cache1b"])
        #expect(read.roles[.search]?.loadBalancers.map(\.pool) == [SearchRole.pool, SearchRole.pool])
    }

    @Test(
        "No address is two machines' or two active containers', and a backup has its active's on another server, but a replica its own"
    )
    func addresses() {
        let active = RoleContainer.active.map(\.address)
        let machines = RoleMachine.allCases.map(\.address) + [RoleMachine.shopAddress, RoleMachine.monitorAddress]
        let replicas = RoleContainer.backups.filter(\.isReplicated).map(\.address)
        let all = active + machines + replicas + [DatabaseRole.address]
        #expect(Set(all).count == all.count)
        for backup in RoleContainer.backups {
            let active = RoleContainer.active.first { $0.name == backup.backupOf }
            #expect((active?.address == backup.address) != backup.isReplicated)
            #expect(active?.server != backup.server && active?.image == backup.image)
        }
    }

    @Test(
        "A third web finds room only on the overflow server; a third search finds it on a member",
        arguments: [RoleMachine.s1, .s2, .o1])
    func room(_ machine: RoleMachine) {
        let used = (RoleContainer.active + RoleContainer.backups.filter(\.isReplicated)).filter { $0.server == machine }.reduce(0)
        { $0 + $1.cores }
        let free = machine.cores - used + 1e-9
        #expect((free >= WebRole.cores) == (machine == .o1))
        #expect(free >= 0.1)
    }

    @Test("Every image is one that the agent can read, and what keeps data keeps it where it can write")
    func images() throws {
        let images = [
            WebRole.image(), DatabaseRole.image(seed: "/storage/seed"), CacheRole.image(data: "/storage/cache"),
            SearchRole.image(files: "/shared"), QueueRole.broker(data: "/storage/queue"), QueueRole.worker(files: "/shared"),
            MailRole.image(data: "/storage/mail"), AccessRole.image(data: "/storage/acc", keys: "/keys"),
        ]
        #expect(Set(images.map(\.name)) == Set(RoleContainer.all.map(\.image)))
        for image in images {
            let read = try ContainerImage(parsing: image.configuration, file: image.name)
            #expect(read.base == .rootfs && read.haltSignal == image.haltSignal)
            #expect(read.mounts.filter(\.isWritable).map(\.source) == [image.data].compactMap(\.self))
            let last = try #require(image.start.split(separator: "\n").last)
            #expect(last.hasPrefix("exec "), "the first process of \(image.name) is to be the service itself")
        }
    }

    @Test("Keepalived gives the address up at what the keeper writes, and only the monitor's is told to start something")
    func pairs() {
        let balancer = AddressPair.keepalived(
            router: 51, address: "10.77.0.9", interface: "br0", isFirst: true, trackFile: "/run/track")
        #expect(balancer.contains("priority 150") && !balancer.contains("notify"))
        let monitor = AddressPair.keepalived(
            router: 52, address: "10.77.0.5", interface: "eth0", isFirst: false, trackFile: "/run/track", onMaster: "/begin",
            onLoss: "/end")
        #expect(monitor.contains("priority 100") && monitor.contains("notify_master \"/begin\""))
        #expect(monitor.contains("notify_fault \"/end\"") && monitor.contains("notify_stop \"/end\""))
        #expect(AddressPair.keeper.contains("echo -254 > \"$track\""))
    }

    @Test("The table marks what missed its bar and says what was not played")
    func table() {
        var web = RoleReport(.web)
        web.saturates = .init("processor time: alert after 2.1 s", seconds: 2.1, barSeconds: 20, held: true)
        web.failsOver = .init("another serves after 2.6 s", seconds: 2.6, barSeconds: 2, held: false)
        var acc = RoleReport(.acc)
        acc.scales = .init("alert only: one address")
        #expect(!web.held && acc.held)
        #expect(
            RoleReport.table([web, acc]) == """
                  role  saturates                                       scales                   fails over
                  web   processor time: alert after 2.1 s (bar 20.0 s)  not played               MISSED another serves after 2.6 s (bar 2.0 s)
                  acc   not played                                      alert only: one address  not played
                """)
    }
}

@Suite("What a witness saw")
struct WitnessTests {
    private func account(_ pattern: String) -> WitnessAccount {
        WitnessAccount(
            attempts: pattern.enumerated().map { index, sign in
                .init(began: Double(index) * 50, ended: Double(index) * 50 + 10, failure: sign == "x" ? "refused" : nil)
            }, since: 0)
    }

    @Test(
        "An outage lasts from the death to the end of the first try that succeeded after the last that failed",
        arguments: [
            ("....", 0.0, 0), ("..xx...", 210, 2), (".x.x..", 210, 2), ("x.", 60, 1),
        ])
    func outage(_ pattern: String, _ milliseconds: Double, _ failures: Int) {
        #expect(account(pattern).outage == milliseconds)
        #expect(account(pattern).failures == failures)
    }

    @Test("What fails at the end is not back, and what is back is believed only after a while")
    func notBack() {
        #expect(account("..xx").outage == nil)
        #expect(account("").outage == nil)
        #expect(!account("..xx").isServed(forSeconds: 0))
        #expect(!account("xx..").isServed(forSeconds: 0.1))
        #expect(account("xx....").isServed(forSeconds: 0.1))
    }
}
