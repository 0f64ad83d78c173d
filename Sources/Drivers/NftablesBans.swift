import Foundation
package import Telemetry
import Topology

/// Bans of addresses by nftables: what a banned address or network sends is dropped before anything on this server sees it, whatever the
/// port. A table of our own, `magewatch_bans`, with a set for each family; rules of others are not touched.
///
/// The kernel ends each ban by itself when its time is over, also where the agent is not there any more. What it forgets, at a restart of the
/// server or when someone flushes its rules, is told again from the ledger: all bans in one transaction, so that packets see the old set
/// or the new one.
package actor NftablesBans {
    /// The table's name.
    package static let table = "magewatch_bans"
    /// Most bans held; a further one is refused.
    static let maximumBans = 20_000
    /// Between two looks at every element; that the table is there is seen at each reconciliation.
    static let fullLookInterval: Milliseconds = 60_000

    private let runner = CommandRunner()
    private let command: [String]
    private let ledgerPath: String
    /// End of each ban, by its network.
    private var bans: [NetworkRange: Milliseconds] = [:]
    /// What the kernel was told; nil where it is not known what it holds.
    private var told: [NetworkRange: Milliseconds]?
    private var lastFullLook: Milliseconds?
    /// One change of the kernel's sets at a time.
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Takes up the ledger an earlier run left at `ledgerPath`.
    /// - Parameter namespace: the path of another network namespace than this process's.
    package init(ledgerPath: String, inNamespace namespace: String? = nil) throws {
        self.ledgerPath = ledgerPath
        command = namespace.map { ["nsenter", "--net=\($0)", "nft"] } ?? ["nft"]
        let stored = try DurableFile.read([String: Milliseconds].self, fromJSON: ledgerPath) ?? [:]
        for (text, until) in stored { if let network = NetworkRange(text) { bans[network] = until } }
    }

    /// Drops all that a `BanSubject`, given as its text, sends until a time.
    /// - Throws: ``DriverError`` for sessions and paths, which no packet shows.
    package func ban(_ subject: String, until: Milliseconds) async throws -> DriverOutcome {
        let network = try NftablesBans.network(subject)
        await begin()
        defer { end() }
        let now = HAProxyRuntime.now()
        guard until > now else { return .unchanged("the ban of \(network) is over already") }
        guard bans.count < NftablesBans.maximumBans || bans[network] != nil else {
            throw DriverError(.failed, "\(NftablesBans.maximumBans) addresses are banned, the most; unban some or ban by network")
        }
        if bans[network] == until, told != nil { return .unchanged("\(network) is dropped already") }
        let before = bans[network]
        bans[network] = until
        do { try await enforce(at: now) } catch {
            bans[network] = before
            throw error
        }
        try save()
        return .done("\(network) dropped by nftables")
    }

    /// Lets a subject's packets in again.
    package func unban(_ subject: String) async throws -> DriverOutcome {
        let network = try NftablesBans.network(subject)
        await begin()
        defer { end() }
        guard bans.removeValue(forKey: network) != nil else { return .unchanged("\(network) is not dropped") }
        try save()
        try await enforce(at: HAProxyRuntime.now())
        return .done("\(network) dropped no longer")
    }

    /// Ends bans whose time is over, and tells the kernel all it should know and does not.
    package func reconcile(at now: Milliseconds) async throws -> Reconciliation {
        await begin()
        defer { end() }
        var result = Reconciliation()
        let over = bans.filter { $0.value <= now }.keys
        for network in over { bans[network] = nil }
        result.bansExpired = over.count
        if !over.isEmpty { try save() }
        let holds = try await kernelHolds(at: now)
        if !holds { told = nil }
        if !over.isEmpty || !holds { try await enforce(at: now) }
        if !holds { result.bansRestored = bans.count }
        return result
    }

    // MARK: the kernel's sets

    /// Whether the kernel holds what it was told. All of it is read once a minute; else only that the rules are there.
    private func kernelHolds(at now: Milliseconds) async throws -> Bool {
        guard let told else { return false }
        guard !told.isEmpty else { return true }
        let chain = try await nft(["list", "chain", "inet", NftablesBans.table, "refuse"])
        guard chain.succeeded, chain.output.contains("@v4"), chain.output.contains("@v6") else { return false }
        if let last = lastFullLook, now - last < NftablesBans.fullLookInterval { return true }
        lastFullLook = now
        var found: Set<NetworkRange> = []
        for set in ["v4", "v6"] {
            let listed = try await nft(["-s", "list", "set", "inet", NftablesBans.table, set])
            guard listed.succeeded else { return false }
            found.formUnion(NftablesBans.elements(in: listed.output))
        }
        // One whose time is over in this second may be gone there already.
        let wanted = NftablesBans.widest(of: bans, at: now + 2_000)
        return wanted.keys.allSatisfy { found.contains($0) }
    }

    /// Makes the kernel's sets what the ledger says: by what has changed, and, where that is not known or fails, all of it anew.
    private func enforce(at now: Milliseconds) async throws {
        let wanted = NftablesBans.widest(of: bans, at: now)
        // Without bans the table goes.
        if let told, !wanted.isEmpty {
            let text = NftablesBans.changes(from: told, to: wanted, at: now)
            if text.isEmpty { return self.told = wanted }
            if try await load(text).succeeded { return self.told = wanted }
        }
        told = nil
        let result = try await load(NftablesBans.whole(wanted, at: now))
        guard result.succeeded else {
            throw DriverError(
                .failed, "bans are not in force: nft says \(result.complaint). The agent needs root and a kernel with nftables")
        }
        told = wanted
    }

    private func nft(_ arguments: [String]) async throws -> CommandRunner.Result {
        try await runner.run(command[0], command.dropFirst() + arguments)
    }

    /// One transaction; from a file, as thousands of elements are more than a program is given as input.
    private func load(_ text: String) async throws -> CommandRunner.Result {
        let path = ledgerPath + ".nft"
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
            throw DriverError(.storage, "\(path) can't be written: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await nft(["-f", path])
    }

    private func save() throws(DriverError) {
        var stored: [String: Milliseconds] = [:]
        for (network, until) in bans { stored["\(network)"] = until }
        try DurableFile.write(stored, asJSONTo: ledgerPath)
    }

    private static func network(_ subject: String) throws(DriverError) -> NetworkRange {
        guard let parsed = BanSubject(subject) else {
            throw DriverError(.invalidRequest, "'\(subject.prefix(60))' is no IP address or network that could be dropped")
        }
        guard case .network(let network) = parsed else {
            throw DriverError(.missing, "nftables drops addresses only, no \(parsed.kind.rawValue): these need HAProxy's maps")
        }
        return network
    }

    // MARK: one at a time

    private func begin() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func end() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }
}
