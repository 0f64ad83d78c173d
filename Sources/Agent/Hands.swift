package import AgentContract
package import Drivers

/// The drivers of one server, and which of them does which step.
package struct Hands: Sendable {
    package var containers: any ContainerRuntime
    /// Nil on a server without a load balancer.
    package var loadBalancer: (any LoadBalancer)?
    package var sharedFiles: any SharedFileSystem
    package var addresses: any AddressFailover
    package var prober: HealthProber
    package var replication: any DatabaseReplication
    package var fence: any Fence
    /// Nil on a server whose packet filter bans nobody.
    package var packetFilter: NftablesBans?

    package init(
        containers: any ContainerRuntime, loadBalancer: (any LoadBalancer)?, sharedFiles: any SharedFileSystem,
        addresses: any AddressFailover, prober: HealthProber = HealthProber(),
        replication: any DatabaseReplication = MariaDBReplication(), fence: any Fence = NftablesFence(),
        packetFilter: NftablesBans? = nil
    ) {
        self.containers = containers
        self.loadBalancer = loadBalancer
        self.sharedFiles = sharedFiles
        self.addresses = addresses
        self.prober = prober
        self.replication = replication
        self.fence = fence
        self.packetFilter = packetFilter
    }

    /// The real ones.
    package init(options: AgentOptions) throws {
        let balancer: (any LoadBalancer)? =
            if let socket = options.haproxySocket {
                try HAProxyRuntime(
                    socketPath: socket, banMaps: options.banMaps, ledgerPath: options.dataDirectory + "/haproxy.json")
            } else {
                try options.nginx.map { try NginxBalancer($0, ledgerPath: options.dataDirectory + "/nginx.json") }
            }
        self.init(
            containers: LXCRuntime(
                server: options.name, dataDirectory: options.dataDirectory, imagesDirectory: options.imagesDirectory,
                bridge: options.bridge, gateway: options.gateway),
            loadBalancer: balancer, sharedFiles: BindMount(), addresses: LinuxAddresses(),
            packetFilter: options.bansByNftables
                ? try NftablesBans(ledgerPath: options.dataDirectory + "/nftables-bans.json") : nil)
    }

    /// Does the step now.
    /// - Throws: ``DriverError``.
    package func carryOut(_ step: Step) async throws -> DriverOutcome {
        switch step {
        case .startContainer(let specification): try await containers.ensureRunning(specification)
        case .stopContainer(let name, let grace):
            try await containers.ensureGone(name, grace: Hands.duration(grace))
        case .mountSharedFiles(let files): try await sharedFiles.attach(files)
        case .unmountSharedFiles(let files): try await sharedFiles.detach(files)
        case .waitUntilHealthy(let probe): try await prober.wait(for: probe)
        case .addBackend(let backend): try await balancer(step).add(backend)
        case .drainBackend(let backend, let deadline):
            try await balancer(step).drain(backend, deadline: Hands.duration(deadline))
        case .removeBackend(let backend): try await balancer(step).remove(backend)
        case .claimAddress(let address, let interface): try await addresses.claim(address, on: interface)
        case .releaseAddress(let address, let interface): try await addresses.release(address, from: interface)
        case .ban, .unban: try await carryOutBan(step)
        case .fence(let address): try await fence.raise(address)
        case .unfence(let address): try await fence.lower(address)
        case .claimServiceAddress, .releaseServiceAddress: try await carryOutInContainer(step)
        case .promoteDatabase, .demoteDatabase, .severReplica, .resumeReplica, .followPrimary, .awaitReplica, .requireReplica,
            .waiveReplica:
            try await carryOutOnDatabase(step)
        }
    }

    /// What a step works on: two steps on one object never run at the same time.
    static func object(of step: Step) -> String {
        switch step {
        case .startContainer(let specification): "container/\(specification.name)"
        case .stopContainer(let name, _): "container/\(name)"
        case .mountSharedFiles(let files), .unmountSharedFiles(let files): "files/\(files.target)"
        case .waitUntilHealthy(let probe): "probe/\(probe.url)"
        case .addBackend(let backend), .removeBackend(let backend): "backend/\(backend.pool)/\(backend.name)"
        case .drainBackend(let backend, _): "backend/\(backend.pool)/\(backend.name)"
        case .claimAddress(let address, _), .releaseAddress(let address, _): "address/\(address)"
        case .ban(let address, _, _), .unban(let address): "ban/\(address)"
        case .fence(let address), .unfence(let address): "fence/\(address)"
        case .claimServiceAddress(let address, _), .releaseServiceAddress(let address, _): "address/\(address)"
        case .promoteDatabase, .demoteDatabase, .severReplica, .resumeReplica, .followPrimary, .awaitReplica, .requireReplica,
            .waiveReplica:
            "database/\(step.database?.container ?? "")"
        }
    }

    /// The driver a step's failure is counted for.
    static func driver(of step: Step) -> String {
        switch step {
        case .startContainer, .stopContainer: "containers"
        case .mountSharedFiles, .unmountSharedFiles: "shared_files"
        case .waitUntilHealthy: "probe"
        case .addBackend, .drainBackend, .removeBackend, .ban, .unban: "load_balancer"
        case .claimAddress, .releaseAddress, .claimServiceAddress, .releaseServiceAddress: "addresses"
        case .fence, .unfence: "fence"
        case .promoteDatabase, .demoteDatabase, .severReplica, .resumeReplica, .followPrimary, .awaitReplica, .requireReplica,
            .waiveReplica:
            "database"
        }
    }

    func balancer(_ step: Step) throws(DriverError) -> any LoadBalancer {
        guard let loadBalancer else {
            throw DriverError(
                .missing,
                "\(step.name): this server has no load balancer; start its agent with --haproxy-socket PATH or --nginx-directory PATH, or send the step to "
                    + "the server that has one")
        }
        return loadBalancer
    }

    /// Seconds from outside, within reason.
    static func duration(_ seconds: Double) -> Duration {
        .milliseconds(Int64((seconds.isFinite ? min(max(seconds, 0), 3600) : 0) * 1000))
    }
}
