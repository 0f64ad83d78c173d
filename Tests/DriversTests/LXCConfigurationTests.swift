import AgentContract
import Testing
import Topology

@testable import Drivers

@Suite("The configuration of an LXC container")
struct LXCConfigurationTests {
    static let specification = ContainerSpecification(
        name: "web3", role: .web, image: "web", address: "10.77.0.103/24", gateway: "10.77.0.1",
        limits: Resources(cores: 1.5, memoryBytes: 128 << 20), sharedDirectory: "/stack files")

    static func surroundings(_ version: ControlGroups.Version) -> LXCConfiguration.Surroundings {
        LXCConfiguration.Surroundings(
            server: "s1", lowerDirectory: "/base", upperDirectory: "/c/web3/overlay/upper", bridge: "br0", gateway: nil,
            controlGroups: version)
    }

    static func image() throws -> ContainerImage {
        try ContainerImage(
            parsing: """
                # nginx
                base = minimal
                init = /usr/sbin/nginx -c {shared}/nginx.conf -g {name}@{address}
                halt-signal = SIGQUIT
                """, file: "image.conf")
    }

    static func lines(_ version: ControlGroups.Version) throws -> [String] {
        try LXCConfiguration.render(specification, image: image(), in: surroundings(version)).split(separator: "\n")
            .map(String.init)
    }

    @Test("Address, hardware address, bridge and gateway follow from the specification")
    func network() throws {
        let lines = try Self.lines(.one)
        #expect(lines.contains("lxc.net.0.hwaddr = 02:00:0a:4d:00:67"))
        #expect(lines.contains("lxc.net.0.ipv4.address = 10.77.0.103/24"))
        #expect(lines.contains("lxc.net.0.ipv4.gateway = 10.77.0.1"))
        #expect(lines.contains("lxc.net.0.link = br0"))
    }

    @Test("The init line, the halt signal, the overlay and the mounts are written")
    func rootAndInit() throws {
        let lines = try Self.lines(.one)
        #expect(lines.contains("lxc.init.cmd = /usr/sbin/nginx -c /srv/nginx.conf -g web3@10.77.0.103"))
        #expect(lines.contains("lxc.signal.halt = SIGQUIT"))
        #expect(lines.contains("lxc.rootfs.path = overlayfs:/base:/c/web3/overlay/upper"))
        #expect(lines.contains("lxc.mount.entry = /usr usr none bind,ro,create=dir 0 0"))
        #expect(lines.contains(#"lxc.mount.entry = /stack\040files srv none bind,ro,create=dir 0 0"#))
    }

    @Test("A volume is writable, the container's own, and beside what goes with the container")
    func volumes() throws {
        let image = try ContainerImage(parsing: "base = minimal\ninit = /x\nvolume = /var/lib/my sql\n", file: "image.conf")
        var surroundings = Self.surroundings(.one)
        #expect(throws: DriverError.self) {
            try LXCConfiguration.render(Self.specification, image: image, in: surroundings)
        }
        surroundings.volumesDirectory = "/data/volumes/web3"
        let text = try LXCConfiguration.render(Self.specification, image: image, in: surroundings)
        let entry = #"lxc.mount.entry = /data/volumes/web3/var/lib/my\040sql var/lib/my\040sql none bind,create=dir 0 0"#
        #expect(text.contains(entry))
        #expect(throws: DriverError.self) {
            try ContainerImage(parsing: "init = /x\nvolume = /a/../b\n", file: "image.conf")
        }
    }

    @Test(
        "Limits are written for either version of control groups",
        arguments: [
            (
                ControlGroups.Version.one,
                [
                    "lxc.cgroup.memory.limit_in_bytes = 134217728", "lxc.cgroup.cpu.cfs_period_us = 100000",
                    "lxc.cgroup.cpu.cfs_quota_us = 150000", "lxc.cgroup.pids.max = 4096",
                ]
            ),
            (
                .two,
                [
                    "lxc.cgroup2.memory.max = 134217728", "lxc.cgroup2.cpu.max = 150000 100000",
                    "lxc.cgroup2.pids.max = 4096",
                ]
            ),
        ])
    func limits(version: ControlGroups.Version, expected: [String]) throws {
        let limits = try Self.lines(version).filter { $0.hasPrefix("lxc.cgroup.") || $0.hasPrefix("lxc.cgroup2.") }
        #expect(limits.filter { !$0.hasPrefix("lxc.cgroup.dir.") } == expected)
        #expect(limits.contains("lxc.cgroup.dir.container = magewatch/s1/web3"))
    }

    @Test(
        "What could break out of a line or a path is refused",
        arguments: [
            ("../x", "10.0.0.1/24", "/srv", 1.0), ("a b", "10.0.0.1/24", "/srv", 1), ("web", "10.0.0.1", "/srv", 1),
            ("web", "10.0.0.256/24", "/srv", 1), ("web", "10.0.0.1/33", "/srv", 1),
            ("web", "10.0.0.1/24", "/a/../etc", 1), ("web", "10.0.0.1/24", "/a\nlxc.hook.start = x", 1),
            ("web", "10.0.0.1/24", "/srv", .nan), ("web", "10.0.0.1/24", "/srv", -1), ("", "10.0.0.1/24", "/srv", 1),
        ])
    func refused(name: String, address: String, shared: String, cores: Double) throws {
        let specification = ContainerSpecification(
            name: name, role: .web, image: "web", address: address, limits: Resources(cores: cores, memoryBytes: 0),
            sharedDirectory: shared)
        let error = #expect(throws: DriverError.self) {
            try LXCConfiguration.render(specification, image: Self.image(), in: Self.surroundings(.one))
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test(
        "A wrong image file is refused with its line",
        arguments: [
            ("init = x\nbase = docker", "line 2"), ("what = ever", "unknown key"), ("nonsense", "line 1"), ("", "init"),
            ("init = x\nmount = /a", "/source:/target"), ("init = x\nmount = /a/../b:/c", "without '..'"),
            ("init = x\nhalt-signal = 9", "SIGQUIT"),
        ])
    func wrongImages(text: String, part: String) {
        let error = #expect(throws: DriverError.self) { try ContainerImage(parsing: text, file: "image.conf") }
        #expect(error?.message.contains(part) == true)
    }

    @Test("LXC's log is told without times and places in its source")
    func reasons() {
        let log = """
            lxc-start web 20261124021535.236 ERROR    network - ../src/lxc/network.c:create:1 - No such device - Failed to attach
            lxc-start web 20261124021535.236 ERROR    start - ../src/lxc/start.c:spawn:1 - Failed to create
            lxc-start web 20261124021535.237 ERROR    start - ../src/lxc/start.c:spawn:1 - Failed to create
            """
        #expect(LXCRuntime.reasons(inLog: log) == "Failed to attach; Failed to create")
    }
}
