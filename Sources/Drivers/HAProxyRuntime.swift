package import AgentContract
import Foundation
package import Telemetry
import Topology

/// HAProxy by its runtime socket: servers and bans change without a reload, so no connection is ever dropped for it.
///
/// Bans are entries of a map file that the configuration consults (`http-request deny if { src,map_ip(FILE) -m found }`), as
/// maps, unlike lists, take thousands of entries in one exchange and can be swapped as a whole.
package actor HAProxyRuntime: LoadBalancer {
    /// How servers are watched that are added here.
    static let checkParameters = "check inter 200ms fastinter 50ms downinter 200ms fall 2 rise 1"
    /// How long a removal waits for connections to end before it cuts them, and again before it gives up.
    static let removalGrace = Duration.seconds(1)
    /// Entries told in one exchange; they have to fit HAProxy's 16 kB buffer.
    static let entriesAtOnce = 200

    private let socket: HAProxySocket
    private let banMap: String?
    private let ledgerPath: String
    private var ledger: HAProxyLedger
    /// The process that was last known to hold all bans.
    private var knownProcess: String?

    /// Takes up the ledger an earlier run left at `ledgerPath`.
    package init(socketPath: String, banMap: String?, ledgerPath: String) throws {
        socket = HAProxySocket(path: socketPath)
        self.banMap = banMap
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

    package func ban(_ address: String, until: Milliseconds) async throws -> DriverOutcome {
        let map = try bannedAddress(address)
        guard until > HAProxyRuntime.now() else { return .unchanged("the ban of \(address) is over already") }
        guard ledger.bans.count < HAProxyLedger.maximumBans || ledger.bans[address] != nil else {
            throw DriverError(
                .failed, "\(HAProxyLedger.maximumBans) addresses are banned, the most; unban some or ban by network")
        }
        let wasSo = ledger.bans[address] == until
        let value = until / 1000
        let answer = try await socket.ask("set map \(map) \(address) \(value)")
        if answer == "entry not found." {
            try expectEmpty(try await socket.ask("add map \(map) \(address) \(value)"), "ban of \(address)")
        } else {
            try expectEmpty(answer, "ban of \(address)")
            if wasSo { return .unchanged("\(address) is banned already") }
        }
        ledger.bans[address] = until
        try save()
        return .done("\(address) banned")
    }

    package func unban(_ address: String) async throws -> DriverOutcome {
        let map = try bannedAddress(address)
        if ledger.bans.removeValue(forKey: address) != nil { try save() }
        let answer = try await socket.ask("del map \(map) \(address)")
        if answer == "Key not found." { return .unchanged("\(address) is not banned") }
        try expectEmpty(answer, "unban of \(address)")
        return .done("\(address) unbanned")
    }

    package func statistics() async throws -> [BackendStatistics] {
        // Bits of the type: 2 is backends, 4 is servers.
        HAProxyTables.statistics(try await socket.ask("show stat -1 6 -1"))
    }

    package func reconcile(at now: Milliseconds) async throws -> Reconciliation {
        var result = Reconciliation()
        let process = HAProxyTables.information("Pid", in: try await socket.ask("show info"))
        let expired = ledger.removeExpired(at: now)
        result.bansExpired = expired.count
        if !expired.isEmpty { try save() }
        if let banMap {
            for address in expired { _ = try await socket.ask("del map \(banMap) \(address)") }
            if process != knownProcess {
                try await replaceBans(of: banMap)
                result.bansRestored = ledger.bans.count
            }
        }
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

    /// Swaps the whole map for the bans of the ledger; requests see the old or the new one, never half.
    private func replaceBans(of map: String) async throws {
        let answer = try await socket.ask("prepare map \(map)")
        guard let version = answer.split(separator: " ").last, answer.hasPrefix("New version created") else {
            throw refused("prepare map \(map)", answer)
        }
        let entries = ledger.bans.sorted { $0.key < $1.key }
        for start in stride(from: 0, to: entries.count, by: HAProxyRuntime.entriesAtOnce) {
            let part = entries[start..<min(start + HAProxyRuntime.entriesAtOnce, entries.count)]
            let lines = part.map { "\($0.key) \($0.value / 1000)\n" }.joined()
            try expectEmpty(try await socket.ask("add map @\(version) \(map) <<\n\(lines)"), "bans")
        }
        try expectEmpty(try await socket.ask("commit map @\(version) \(map)"), "commit of the bans")
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

    /// The map, once `address` is known to be fit for it.
    private func bannedAddress(_ address: String) throws(DriverError) -> String {
        guard let banMap else {
            throw DriverError(
                .missing, "bans need a map: start the agent with --haproxy-map FILE as HAProxy's configuration names it")
        }
        guard NetworkRange(address) != nil else {
            throw DriverError(.invalidRequest, "'\(address.prefix(60))' is no IP address or network that could be banned")
        }
        return banMap
    }

    private func save() throws(DriverError) { try DurableFile.write(ledger, asJSONTo: ledgerPath) }

    private func expectEmpty(_ answer: String, _ what: String) throws(DriverError) {
        guard answer.isEmpty else { throw refused(what, answer) }
    }

    private func refused(_ what: String, _ answer: String) -> DriverError {
        DriverError(
            .failed,
            "HAProxy at \(socket.path) refused \(what): \(answer.prefix(300)). Compare its configuration with the stack's")
    }

    private static func meansAbsent(_ answer: String) -> Bool {
        answer.hasPrefix("No such server") || answer.hasPrefix("No such backend")
    }

    private static func now() -> Milliseconds { Int64(Date().timeIntervalSince1970 * 1000) }
}
