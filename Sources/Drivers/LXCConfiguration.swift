package import AgentContract
import Foundation
import Topology

/// The configuration file of one LXC container: a pure function of what is asked for and where things lie.
package enum LXCConfiguration {
    /// Where the stack's shared directory is seen in a container.
    package static let sharedMountPoint = "/srv"
    /// Length of the period that processor limits are given for.
    package static let periodMicroseconds = 100_000
    /// Most processes and threads in a container.
    package static let maximumProcesses = 4096

    /// Where things lie on this server, and what it is connected to.
    package struct Surroundings: Sendable, Equatable {
        package var server: String
        /// The read-only lower directory and the container's own upper one.
        package var lowerDirectory: String
        package var upperDirectory: String
        package var bridge: String
        /// Used where the specification names none.
        package var gateway: String?
        package var controlGroups: ControlGroups.Version
        /// Where the container's volumes lie; nil for a server that keeps none.
        package var volumesDirectory: String?

        package init(
            server: String, lowerDirectory: String, upperDirectory: String, bridge: String, gateway: String?,
            controlGroups: ControlGroups.Version, volumesDirectory: String? = nil
        ) {
            self.server = server
            self.lowerDirectory = lowerDirectory
            self.upperDirectory = upperDirectory
            self.bridge = bridge
            self.gateway = gateway
            self.controlGroups = controlGroups
            self.volumesDirectory = volumesDirectory
        }
    }

    /// The text of the file.
    /// - Throws: ``DriverError`` where a name, address, path or limit can't be written into it.
    package static func render(
        _ specification: ContainerSpecification, image: ContainerImage, in surroundings: Surroundings
    ) throws(DriverError) -> String {
        let name = specification.name
        try Names.check(name, "container")
        guard let address = IPv4Address(specification.address), address.prefixLength != nil else {
            throw DriverError(
                .invalidRequest,
                "container \(name): address '\(specification.address)' has to be IPv4 with prefix length, as 10.0.0.5/24")
        }
        func filled(_ text: String) -> String { ContainerImage.substitute(text, name: name, host: address.host) }
        var lines = [
            "lxc.uts.name = \(name)",
            "lxc.rootfs.path = overlayfs:\(surroundings.lowerDirectory):\(surroundings.upperDirectory)",
            "lxc.init.cmd = \(filled(image.command))",
            "lxc.signal.halt = \(image.haltSignal)",
            "lxc.mount.auto = proc:mixed sys:ro",
            "lxc.apparmor.profile = unconfined",
            "lxc.autodev = 1",
            "lxc.tty.max = 0",
        ]
        lines += image.environment.map { "lxc.environment = \(filled($0))" }
        lines += try network(specification, address, surroundings)
        lines += try mounts(specification, image)
        lines += try volumes(specification, image, surroundings)
        lines += try limits(specification, surroundings.controlGroups)
        let group = ControlGroups.path(server: surroundings.server, container: name)
        lines += [
            "lxc.cgroup.dir.container = \(group)",
            "lxc.cgroup.dir.monitor = \(group).monitor",
            "lxc.cgroup.dir.monitor.pivot = \(group).pivot",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func network(
        _ specification: ContainerSpecification, _ address: IPv4Address, _ surroundings: Surroundings
    ) throws(DriverError) -> [String] {
        try Names.check(surroundings.bridge, "bridge")
        var lines = [
            "lxc.net.0.type = veth",
            "lxc.net.0.link = \(surroundings.bridge)",
            "lxc.net.0.flags = up",
            "lxc.net.0.name = eth0",
            "lxc.net.0.hwaddr = \(address.hardwareAddress)",
            "lxc.net.0.ipv4.address = \(address)",
        ]
        if let gateway = specification.gateway ?? surroundings.gateway {
            guard let parsed = IPv4Address(gateway), parsed.prefixLength == nil else {
                throw DriverError(
                    .invalidRequest, "container \(specification.name): gateway '\(gateway)' has to be an IPv4 address")
            }
            lines.append("lxc.net.0.ipv4.gateway = \(parsed.host)")
        }
        return lines
    }

    private static func mounts(
        _ specification: ContainerSpecification, _ image: ContainerImage
    ) throws(DriverError) -> [String] {
        var mounts = image.base == .minimal ? [ContainerImage.Mount(source: "/usr", target: "/usr")] : []
        mounts += image.mounts
        if let shared = specification.sharedDirectory {
            try Names.checkPath(shared, "container \(specification.name): shared directory")
            mounts.append(ContainerImage.Mount(source: shared, target: sharedMountPoint))
        }
        return mounts.map { mount in
            let target = escaped(mount.target.drop { $0 == "/" })
            let access = mount.isWritable ? "rw" : "ro"
            return "lxc.mount.entry = \(escaped(mount.source)) \(target) none bind,\(access),create=dir 0 0"
        }
    }

    private static func volumes(
        _ specification: ContainerSpecification, _ image: ContainerImage, _ surroundings: Surroundings
    ) throws(DriverError) -> [String] {
        guard !image.volumes.isEmpty else { return [] }
        guard let directory = surroundings.volumesDirectory else {
            throw DriverError(.missing, "container \(specification.name) has volumes, and this server keeps none")
        }
        return image.volumes.map { volume in
            "lxc.mount.entry = \(escaped(directory + volume)) \(escaped(volume.drop { $0 == "/" })) none bind,create=dir 0 0"
        }
    }

    private static func limits(
        _ specification: ContainerSpecification, _ version: ControlGroups.Version
    ) throws(DriverError) -> [String] {
        let limits = specification.limits
        guard limits.cores.isFinite, limits.cores >= 0, limits.cores <= 4096, limits.memoryBytes >= 0 else {
            throw DriverError(
                .invalidRequest, "container \(specification.name): limits of \(limits.cores) cores can't be applied")
        }
        // The kernel takes no quota below a millisecond.
        let quota = max(1000, Int((limits.cores * Double(periodMicroseconds)).rounded()))
        var lines: [String] = []
        switch version {
        case .one:
            if limits.memoryBytes > 0 { lines.append("lxc.cgroup.memory.limit_in_bytes = \(limits.memoryBytes)") }
            if limits.cores > 0 {
                lines.append("lxc.cgroup.cpu.cfs_period_us = \(periodMicroseconds)")
                lines.append("lxc.cgroup.cpu.cfs_quota_us = \(quota)")
            }
            lines.append("lxc.cgroup.pids.max = \(maximumProcesses)")
        case .two:
            if limits.memoryBytes > 0 { lines.append("lxc.cgroup2.memory.max = \(limits.memoryBytes)") }
            if limits.cores > 0 { lines.append("lxc.cgroup2.cpu.max = \(quota) \(periodMicroseconds)") }
            lines.append("lxc.cgroup2.pids.max = \(maximumProcesses)")
        }
        return lines
    }

    /// Blanks and backslashes as `fstab` wants them.
    private static func escaped(_ path: some StringProtocol) -> String {
        var text = ""
        for character in path {
            switch character {
            case " ": text += "\\040"
            case "\\": text += "\\134"
            default: text.append(character)
            }
        }
        return text
    }
}
