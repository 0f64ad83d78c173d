package import AgentContract
import Foundation
package import Telemetry
import Topology

/// HAProxy by its runtime socket: servers and bans change without a reload, so no connection is ever dropped for it.
package actor HAProxyRuntime: LoadBalancer {
    /// How servers are watched that are added here.
    static let checkParameters = "check inter 200ms fastinter 50ms downinter 200ms fall 2 rise 1"
    /// How long a removal waits for connections to end before it cuts them, and again before it gives up.
    static let removalGrace = Duration.seconds(1)
    /// Bytes of entries told in one exchange, one more entry included; they have to fit HAProxy's 16 kB buffer.
    static let maximumTextAtOnce = 12_000

    let socket: HAProxySocket
    let banMaps: BanMaps
    private let ledgerPath: String
    var ledger: HAProxyLedger
    /// The process that was last known to hold all bans.
    private var knownProcess: String?

    /// Takes up the ledger an earlier run left at `ledgerPath`.
    package init(socketPath: String, banMaps: BanMaps, ledgerPath: String) throws {
        socket = HAProxySocket(path: socketPath)
        self.banMaps = banMaps
        self.ledgerPath = ledgerPath
        ledger = try DurableFile.read(HAProxyLedger.self, fromJSON: ledgerPath) ?? HAProxyLedger()
    }

    package func add(_ backend: Backend) async throws -> DriverOutcome {
        try check(backend)
        let outcome = try await put(backend)
        guard ledger.servers[HAProxyLedger.key(backend)] != backend else { return outcome }
        guard ledger.servers.count < HAProxyLedger.maximumServers else {
            throw DriverError(
                .failed, "the load balancer has \(HAProxyLedger.maximumServers) added servers, the most; remove some")
        }
        ledger.servers[HAProxyLedger.key(backend)] = backend
        try save()
        return outcome
    }

    package func drain(_ backend: Backend, deadline: Duration) async throws -> DriverOutcome {
        try check(backend)
        let name = HAProxyLedger.key(backend)
        // After a restart of HAProxy a server that is on its way out must not come back.
        if ledger.servers.removeValue(forKey: name) != nil { try save() }
        let answer = try await socket.ask("set server \(name) state drain")
        if HAProxyRuntime.meansAbsent(answer) { return .unchanged("\(name) is not in the load balancer") }
        try expectEmpty(answer, "drain \(name)")
        let end = ContinuousClock.now + deadline
        var pause = Duration.milliseconds(5)
        while true {
            let sessions = try await sessions(of: backend)
            if sessions == 0 { return .done("\(name) drained") }
            guard ContinuousClock.now < end else {
                return .done("\(name) takes nothing new; \(sessions) sessions were still open at the deadline")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    package func remove(_ backend: Backend) async throws -> DriverOutcome {
        try check(backend)
        let name = HAProxyLedger.key(backend)
        if ledger.servers.removeValue(forKey: name) != nil { try save() }
        let answer = try await socket.ask("set server \(name) state maint")
        if HAProxyRuntime.meansAbsent(answer) { return .unchanged("\(name) is not in the load balancer") }
        try expectEmpty(answer, "maintenance of \(name)")
        for attempt in 0..<2 {
            let end = ContinuousClock.now + HAProxyRuntime.removalGrace
            repeat {
                let answer = try await socket.ask("del server \(name)")
                if answer == "Server deleted." || HAProxyRuntime.meansAbsent(answer) { return .done("\(name) removed") }
                guard answer.contains("connections attached") else { throw refused("del server \(name)", answer) }
                try await Task.sleep(for: .milliseconds(20))
            } while ContinuousClock.now < end
            if attempt == 0 { _ = try await socket.ask("shutdown sessions server \(name)") }
        }
        throw DriverError(
            .timedOut, "\(name) is in maintenance, but HAProxy does not delete it: connections are still attached; repeat later")
    }

    package func statistics() async throws -> [BackendStatistics] {
        // Bits of the type: 2 is backends, 4 is servers.
        HAProxyTables.statistics(try await socket.ask("show stat -1 6 -1"))
    }

    package func reconcile(at now: Milliseconds) async throws -> Reconciliation {
        var result = Reconciliation()
        let process = HAProxyTables.information("Pid", in: try await socket.ask("show info"))
        result.bansExpired = try await endExpiredBans(at: now)
        if process != knownProcess { result.bansRestored = try await replaceBans() }
        let present = Set(
            HAProxyTables.serverStates(try await socket.ask("show servers state")).map { "\($0.pool)/\($0.name)" })
        for (name, backend) in ledger.servers.sorted(by: { $0.key < $1.key }) where !present.contains(name) {
            // A removal may come between any two exchanges; what it took out must not come back.
            guard ledger.servers[name] == backend else { continue }
            _ = try await put(backend)
            if ledger.servers[name] == nil { _ = try await remove(backend) } else { result.serversRestored.append(name) }
        }
        knownProcess = process
        return result
    }

    /// Makes HAProxy's server as asked, whatever it is now.
    private func put(_ backend: Backend) async throws -> DriverOutcome {
        let name = HAProxyLedger.key(backend)
        let limit = backend.maximumConnections > 0 ? " maxconn \(backend.maximumConnections)" : ""
        let added = try await socket.ask(
            "add server \(name) \(backend.host):\(backend.port) \(HAProxyRuntime.checkParameters)\(limit)")
        if added.hasPrefix("New server registered") {
            let answer = try await socket.ask("enable health \(name); enable server \(name)")
            try expectEmpty(answer, "enabling \(name)")
            return .done("\(name) added")
        }
        guard added.hasPrefix("Already exists") else {
            if added.hasPrefix("No such backend") {
                throw DriverError(
                    .missing, "HAProxy at \(socket.path) has no backend '\(backend.pool)': write it into its configuration")
            }
            throw refused("add server \(name)", added)
        }
        let states = HAProxyTables.serverStates(try await socket.ask("show servers state \(backend.pool)"))
        guard let present = states.first(where: { $0.name == backend.name }) else { throw refused("add server \(name)", added) }
        var changed = false
        if present.host != backend.host || present.port != backend.port {
            let answer = try await socket.ask("set server \(name) addr \(backend.host) port \(backend.port)")
            guard answer.contains("changed from") else { throw refused("moving \(name)", answer) }
            changed = true
        }
        if present.administrativeState != 0 {
            try expectEmpty(try await socket.ask("set server \(name) state ready"), "readying \(name)")
            changed = true
        }
        return changed ? .done("\(name) readied at \(backend.host):\(backend.port)") : .unchanged("\(name) is there already")
    }

    private func sessions(of backend: Backend) async throws -> Int {
        let table = HAProxyTables.statistics(try await socket.ask("show stat \(backend.pool) 4 -1"))
        return table.first { $0.pool == backend.pool && $0.server == backend.name }?.sessions ?? 0
    }

    private func check(_ backend: Backend) throws(DriverError) {
        try Names.check(backend.pool, "backend")
        try Names.check(backend.name, "server")
        guard let address = IPv4Address(backend.host), address.prefixLength == nil, (1...65535).contains(backend.port) else {
            throw DriverError(
                .invalidRequest,
                "server \(backend.pool)/\(backend.name): '\(backend.host):\(backend.port)' is no IPv4 address and port")
        }
    }

    func save() throws(DriverError) { try DurableFile.write(ledger, asJSONTo: ledgerPath) }

    func expectEmpty(_ answer: String, _ what: String) throws(DriverError) {
        guard answer.isEmpty else { throw refused(what, answer) }
    }

    func refused(_ what: String, _ answer: String) -> DriverError {
        DriverError(
            .failed,
            "HAProxy at \(socket.path) refused \(what): \(answer.prefix(300)). Compare its configuration with the stack's")
    }

    private static func meansAbsent(_ answer: String) -> Bool {
        answer.hasPrefix("No such server") || answer.hasPrefix("No such backend")
    }

    static func now() -> Milliseconds { Int64(Date().timeIntervalSince1970 * 1000) }
}
