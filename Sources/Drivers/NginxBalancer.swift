package import AgentContract
import Foundation
package import Telemetry
package import Topology

/// nginx as load balancer: servers and bans are files that its configuration includes, and a change is a graceful reload.
///
/// Workers of before finish the requests under way, so that none is cut; but they close connections that clients keep open for
/// a next request, and a client that sends one in that very moment has to repeat it. HAProxy needs no reload and is the first choice.
package actor NginxBalancer: LoadBalancer {
    /// Where nginx and the files are.
    package struct Options: Sendable, Equatable {
        /// Directory of `POOL.servers` and `bans.geo`.
        package var directory: String
        package var program = "nginx"
        package var configurationPath = "/etc/nginx/nginx.conf"
        package var pidPath = "/run/nginx.pid"

        package init(directory: String) { self.directory = directory }
    }

    private let options: Options
    private let reload: NginxReload
    private let ledgerPath: String
    private var ledger: NginxLedger
    /// The end of the last change; the next waits for it, as each that fails goes back to what it found.
    private var turn: Task<Void, Never>?

    /// Takes up the ledger an earlier run left at `ledgerPath`.
    package init(_ options: Options, ledgerPath: String) throws {
        self.options = options
        self.ledgerPath = ledgerPath
        reload = NginxReload(
            program: options.program, configurationPath: options.configurationPath, pidPath: options.pidPath,
            runner: CommandRunner())
        ledger = try DurableFile.read(NginxLedger.self, fromJSON: ledgerPath) ?? NginxLedger()
    }

    package func add(_ backend: Backend) async throws -> DriverOutcome {
        try NginxBalancer.check(backend)
        let key = NginxLedger.key(backend)
        guard ledger.servers[key] != .init(backend: backend) else { return .unchanged("\(key) is in the load balancer") }
        guard ledger.servers.count < NginxLedger.maximumServers || ledger.servers[key] != nil else {
            throw DriverError(.failed, "the load balancer has \(NginxLedger.maximumServers) servers, the most; remove some")
        }
        try await change { ledger in
            ledger.servers[key] = .init(backend: backend)
            ledger.pools.insert(backend.pool)
        }
        return .done("\(key) added")
    }

    package func drain(_ backend: Backend, deadline: Duration) async throws -> DriverOutcome {
        try NginxBalancer.check(backend)
        let key = NginxLedger.key(backend)
        guard ledger.servers[key] != nil else { return .unchanged("\(key) is not in the load balancer") }
        let workers = try await change { $0.servers[key]?.isDrained = true }
        let left = try await reload.wait(forEndOf: workers, deadline: deadline)
        return .done(
            left == 0
                ? "\(key) drained" : "\(key) takes nothing new; \(left) workers of before still had requests at the deadline")
    }

    package func remove(_ backend: Backend) async throws -> DriverOutcome {
        try NginxBalancer.check(backend)
        let key = NginxLedger.key(backend)
        guard ledger.servers[key] != nil else { return .unchanged("\(key) is not in the load balancer") }
        try await change { $0.servers[key] = nil }
        return .done("\(key) removed")
    }

    package func ban(_ subject: String, until: Milliseconds) async throws -> DriverOutcome {
        let key = try NginxBalancer.address(subject)
        guard until > Milliseconds(Date().timeIntervalSince1970 * 1000) else {
            return .unchanged("the ban of \(subject) is over already")
        }
        guard ledger.bans[key] != until else { return .unchanged("\(subject) is banned already") }
        guard ledger.bans.count < NginxLedger.maximumBans || ledger.bans[key] != nil else {
            throw DriverError(.failed, "\(NginxLedger.maximumBans) addresses are banned, the most; unban some or ban by network")
        }
        try await change { $0.bans[key] = until }
        return .done("\(subject) banned")
    }

    package func unban(_ subject: String) async throws -> DriverOutcome {
        let key = try NginxBalancer.address(subject)
        guard ledger.bans[key] != nil else { return .unchanged("\(subject) is not banned") }
        try await change { $0.bans[key] = nil }
        return .done("\(subject) unbanned")
    }

    package var banKinds: [BanSubject.Kind] { [.address] }

    /// The free nginx counts nothing by server: what is told is who is in traffic.
    package func statistics() async throws -> [BackendStatistics] {
        ledger.servers.values.map { server in
            BackendStatistics(
                pool: server.backend.pool, server: server.backend.name, sessions: 0, queue: 0, requests: 0, responseErrors: 0,
                status: server.isDrained ? "DRAIN" : "UP")
        }.sorted { ($0.pool, $0.server ?? "") < ($1.pool, $1.server ?? "") }
    }

    package func reconcile(at now: Milliseconds) async throws -> Reconciliation {
        var result = Reconciliation()
        let expired = ledger.bans.filter { $0.value <= now }.map(\.key)
        result.bansExpired = expired.count
        let strange = files(of: ledger).filter { FileManager.default.contents(atPath: $0.key) != Data($0.value.utf8) }
        result.serversRestored = strange.keys.sorted().map { ($0 as NSString).lastPathComponent }
        guard !expired.isEmpty || !strange.isEmpty else { return result }
        try await change { ledger in for key in expired { ledger.bans[key] = nil } }
        return result
    }

    /// Changes the ledger, its files and nginx, in this order, one change at a time; where nginx refuses, all three are as before.
    @discardableResult
    private func change(_ body: @escaping @Sendable (inout NginxLedger) -> Void) async throws -> Set<pid_t> {
        let earlier = turn
        // Unstructured on purpose: a caller that hangs up must not leave nginx and the files apart.
        let mine = Task {
            await earlier?.value
            return try await apply(body)
        }
        turn = Task { _ = try? await mine.value }
        return try await mine.value
    }

    private func apply(_ body: (inout NginxLedger) -> Void) async throws -> Set<pid_t> {
        let before = ledger
        body(&ledger)
        do {
            try DurableFile.write(ledger, asJSONTo: ledgerPath)
            for (path, text) in files(of: ledger) { try DurableFile.write(Data(text.utf8), to: path) }
            return try await reload.perform()
        } catch {
            ledger = before
            try DurableFile.write(before, asJSONTo: ledgerPath)
            for (path, text) in files(of: before) { try DurableFile.write(Data(text.utf8), to: path) }
            throw error
        }
    }

    private func files(of ledger: NginxLedger) -> [String: String] {
        var files = Dictionary(
            uniqueKeysWithValues: ledger.pools.map { ("\(options.directory)/\($0).servers", ledger.servers(of: $0)) })
        files["\(options.directory)/bans.geo"] = ledger.bannedAddresses()
        return files
    }

    /// What could become another line of the configuration is refused.
    private static func check(_ backend: Backend) throws(DriverError) {
        try Names.check(backend.pool, "backend")
        try Names.check(backend.name, "server")
        guard let address = IPv4Address(backend.host), address.prefixLength == nil, (1...65_535).contains(backend.port) else {
            throw DriverError(
                .invalidRequest,
                "server \(backend.pool)/\(backend.name): '\(backend.host):\(backend.port)' is no IPv4 address and port")
        }
    }

    private static func address(_ subject: String) throws(DriverError) -> String {
        guard case .network(let network)? = BanSubject(subject) else {
            throw DriverError(.invalidRequest, "\"\(subject)\" is neither an address nor a network; nginx is told no other bans")
        }
        return "\(network)"
    }
}
