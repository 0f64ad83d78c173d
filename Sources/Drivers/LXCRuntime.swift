package import AgentContract
import Foundation
import Telemetry

/// Role containers by LXC: an overlay on an image's root, limits by control groups, a bridge and a fixed address.
///
/// Containers live in the network and mount namespace the agent runs in, and outlive the agent. `DATA/containers/NAME/` holds
/// LXC's `config`, the overlay, the start's log, and `container.json`: what was asked for and which process it is.
package struct LXCRuntime: ContainerRuntime {
    /// Longest time one call of an LXC tool may take, on top of a stop's grace.
    package static let toolTimeout = Duration.seconds(20)

    package let server: String
    /// `lxc-start -P`.
    package let containersDirectory: String
    package let imagesDirectory: String
    package let bridge: String?
    package let gateway: String?
    private let runner = CommandRunner()

    package init(server: String, dataDirectory: String, imagesDirectory: String, bridge: String?, gateway: String?) {
        self.server = server
        containersDirectory = dataDirectory + "/containers"
        self.imagesDirectory = imagesDirectory
        self.bridge = bridge
        self.gateway = gateway
    }

    package func create(_ specification: ContainerSpecification) async throws {
        let name = specification.name
        try Names.check(name, "container")
        guard let bridge else {
            throw DriverError(.missing, "container \(name) needs a bridge: start the agent with --bridge NAME")
        }
        guard unsafe if_nametoindex(bridge) != 0 else {
            throw DriverError(
                .missing,
                "container \(name): there is no bridge '\(bridge)' on this server; make it (ip link add \(bridge) type bridge) or "
                    + "start the agent with another --bridge")
        }
        if let shared = specification.sharedDirectory, !FileManager.default.fileExists(atPath: shared) {
            throw DriverError(
                .missing, "container \(name): shared directory \(shared) is not on this server; mount the shared files first")
        }
        let image = try ContainerImage.load(specification.image, from: imagesDirectory)
        let directory = directory(of: name)
        let surroundings = LXCConfiguration.Surroundings(
            server: server, lowerDirectory: try lowerDirectory(of: specification.image, image),
            upperDirectory: directory + "/overlay/upper", bridge: bridge, gateway: gateway,
            controlGroups: ControlGroups.version(), volumesDirectory: volumes(of: name))
        let text = try LXCConfiguration.render(specification, image: image, in: surroundings)
        ControlGroups.removeLeftovers(server: server, container: name)
        // What an earlier container of the name wrote is not this one's: it begins from its image.
        try? FileManager.default.removeItem(atPath: directory)
        do {
            try FileManager.default.createDirectory(
                atPath: surroundings.upperDirectory, withIntermediateDirectories: true)
            for volume in image.volumes {
                try FileManager.default.createDirectory(
                    atPath: volumes(of: name) + volume, withIntermediateDirectories: true)
            }
        } catch {
            throw DriverError(.storage, "\(directory) can't be made: \(error.localizedDescription)")
        }
        try DurableFile.write(Data(text.utf8), to: directory + "/config")
        try DurableFile.write(ManagedContainer(specification: specification), asJSONTo: record(of: name))
    }

    package func start(_ name: String) async throws {
        guard var container = try DurableFile.read(ManagedContainer.self, fromJSON: record(of: name)) else {
            throw DriverError(.missing, "container \(name) was never made on this server")
        }
        let log = directory(of: name) + "/start.log"
        try? FileManager.default.removeItem(atPath: log)
        let started = try await runner.run(
            "lxc-start", ["-P", containersDirectory, "-n", name, "-o", log, "-l", "ERROR"], timeout: LXCRuntime.toolTimeout)
        guard started.succeeded, let process = try await firstProcess(of: name) else {
            let reasons = LXCRuntime.reasons(inLog: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
            throw DriverError(
                .failed,
                "container \(name) did not start: \(reasons.isEmpty ? started.complaint : reasons). Check the image's init line "
                    + "and mounts; all of it is in \(log)")
        }
        container.processID = process
        container.startTicks = ProcessIdentity.startTicks(of: process) ?? 0
        container.startedAt = Int64(Date().timeIntervalSince1970 * 1000)
        try DurableFile.write(container, asJSONTo: record(of: name))
        try await announce(name)
    }

    package func announce(_ name: String) async throws {
        guard let container = try DurableFile.read(ManagedContainer.self, fromJSON: record(of: name)),
            let process = container.processID, let address = IPv4Address(container.specification.address)
        else { return }
        try await GratuitousARP.send(address, on: "eth0", inNamespaceOf: process)
    }

    package func stop(_ name: String, grace: Duration) async throws {
        let seconds = max(0, grace.components.seconds) + (grace.components.attoseconds > 0 ? 1 : 0)
        // A grace of nothing is a kill: lxc-stop takes -t 0 as "wait for ever".
        let how = seconds > 0 ? ["-t", String(seconds)] : ["-k"]
        let stopped = try? await runner.run(
            "lxc-stop", ["-P", containersDirectory, "-n", name] + how, timeout: .seconds(seconds) + LXCRuntime.toolTimeout)
        if stopped?.succeeded != true {
            _ = try? await runner.run(
                "lxc-stop", ["-P", containersDirectory, "-n", name, "-k"], timeout: LXCRuntime.toolTimeout)
        }
        ControlGroups.removeLeftovers(server: server, container: name)
        if let still = try await firstProcess(of: name) {
            throw DriverError(
                .failed, "container \(name) did not end: process \(still) still runs after a kill; look at its state")
        }
    }

    package func remove(_ name: String) async throws {
        try Names.check(name, "container")
        ControlGroups.removeLeftovers(server: server, container: name)
        let directory = directory(of: name)
        guard FileManager.default.fileExists(atPath: directory) else { return }
        do { try FileManager.default.removeItem(atPath: directory) } catch {
            throw DriverError(.storage, "\(directory) can't be removed: \(error.localizedDescription)")
        }
    }

    package func find(_ name: String) async throws -> ManagedContainer? {
        try Names.check(name, "container")
        guard var container = try DurableFile.read(ManagedContainer.self, fromJSON: record(of: name)) else { return nil }
        // LXC's own word counts here, so that a record an agent had no time to write is made good.
        container.processID = try await firstProcess(of: name)
        return container
    }

    package func list() throws -> [ManagedContainer] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: containersDirectory)) ?? []
        return try names.sorted().filter(Names.isValid).compactMap { name in
            guard var container = try DurableFile.read(ManagedContainer.self, fromJSON: record(of: name)) else { return nil }
            if let process = container.processID, ProcessIdentity.startTicks(of: process) != container.startTicks {
                container.processID = nil
            }
            return container
        }
    }

    private func directory(of name: String) -> String { "\(containersDirectory)/\(name)" }
    /// Beside the containers, as it outlives them.
    private func volumes(of name: String) -> String {
        "\((containersDirectory as NSString).deletingLastPathComponent)/volumes/\(name)"
    }
    private func record(of name: String) -> String { directory(of: name) + "/container.json" }

    private func lowerDirectory(of name: String, _ image: ContainerImage) throws(DriverError) -> String {
        switch image.base {
        case .rootfs:
            let rootfs = "\(imagesDirectory)/\(name)/rootfs"
            guard FileManager.default.fileExists(atPath: rootfs) else {
                throw DriverError(
                    .missing, "image \(name) has no root: put its files into \(rootfs), or write 'base = minimal'")
            }
            return rootfs
        case .minimal:
            let root = "\((containersDirectory as NSString).deletingLastPathComponent)/bases/\(name)"
            try MinimalRoot.make(at: root, extra: image.directories + image.volumes + image.mounts.map(\.target))
            return root
        }
    }

    /// The first process of a running container, nil for one that does not run.
    private func firstProcess(of name: String) async throws -> Int32? {
        let answer = try await runner.run(
            "lxc-info", ["-P", containersDirectory, "-n", name, "-p", "-H"], timeout: LXCRuntime.toolTimeout)
        let text = answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let process = Int32(text), process > 0 else { return nil }
        return process
    }

    /// The messages of an LXC log without times and places in its source.
    static func reasons(inLog text: String) -> String {
        let messages = text.split(separator: "\n").compactMap { line -> Substring? in
            guard let end = line.range(of: " - ", options: .backwards) else { return nil }
            // "file.c:function:line - message": what comes before is no use to an operator.
            return line[end.upperBound...]
        }
        var seen: Set<Substring> = []
        return messages.filter { seen.insert($0).inserted }.prefix(3).joined(separator: "; ")
    }
}
