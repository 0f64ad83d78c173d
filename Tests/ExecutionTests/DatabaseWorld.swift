import AgentContract
import Planning
import TestKit
import Topology

/// Servers, networks and databases as a model: what each step does, what its driver refuses, what clients are told.
///
/// A log is what a database has, in its order. A replica's is a beginning of its primary's. A write is acknowledged once the primary's rule
/// says so; one that waits for a replica is pending. A crash drops what is pending, as a server does that starts as a replica. A crashed
/// replica keeps what it has received: losing that together with the primary is the fault that is not survived.
struct DatabaseWorld {
    struct Refused: Error {
        var why: String
    }

    struct Member {
        var server: String
        var isRunning = true
        var isReadOnly = true
        var isStrict = false
        var follows: String?
        var listens = true
        /// As a server's configuration has it; one told to follow does not until it is told to.
        var acknowledges = true
        var holdsAddress = false
        var log: [Int] = []
        var pending: Set<Int> = []
    }

    var members: [String: Member] = [:]
    /// Servers that nobody reaches; what runs on them runs on.
    var cutOff: Set<String> = []
    /// On each server, the members to and from whom it lets nothing pass.
    var fences: [String: Set<String>] = [:]
    var acknowledged: Set<Int> = []
    var nextWrite = 0
    var random: SeededGenerator

    init(_ containers: [Container], seed: UInt64) {
        random = SeededGenerator(seed: seed)
        for container in containers {
            members[container.name] = Member(server: container.server, follows: container.backupOf)
            if container.kind == .active {
                members[container.name]?.isReadOnly = false
                members[container.name]?.isStrict = true
                members[container.name]?.holdsAddress = true
            }
        }
    }

    // MARK: - What is so

    func isReachable(_ name: String) -> Bool { members[name].map { $0.isRunning && !cutOff.contains($0.server) } ?? false }

    /// The replica hears the primary.
    func hears(_ replica: String, _ primary: String) -> Bool {
        guard let own = members[replica] else { return false }
        return own.follows == primary && own.listens && reaches(replica, primary)
    }

    /// Both run, and nothing between them lets nothing pass.
    func reaches(_ one: String, _ other: String) -> Bool {
        guard let own = members[one], let peer = members[other] else { return false }
        let fenced = fences[own.server, default: []].union(fences[peer.server, default: []])
        return own.isRunning && peer.isRunning && fenced.isDisjoint(with: [one, other])
            && (own.server == peer.server || cutOff.isDisjoint(with: [own.server, peer.server]))
    }

    func isFenced(_ name: String) -> Bool { members[name].map { fences[$0.server]?.contains(name) == true } ?? false }

    func replicas(of primary: String) -> [String] { members.keys.filter { hears($0, primary) }.sorted() }

    func acknowledgers(of primary: String) -> [String] { replicas(of: primary).filter { members[$0]?.acknowledges == true } }

    func isPrimary(_ name: String) -> Bool { members[name].map { $0.isRunning && !$0.isReadOnly && $0.follows == nil } ?? false }

    /// Whoever could tell a client right now that a write succeeded. One that is cut off has clients beside it.
    var acknowledging: [String] {
        members.keys.sorted().filter { name in
            guard let member = members[name], isPrimary(name), !isFenced(name) else { return false }
            return !member.isStrict || !acknowledgers(of: name).isEmpty
        }
    }

    // MARK: - Clients

    /// Clients write to whoever takes it.
    mutating func write() {
        for name in members.keys.sorted() where isPrimary(name) && !isFenced(name) {
            nextWrite += 1
            members[name]?.log.append(nextWrite)
            members[name]?.pending.insert(nextWrite)
            let listening = replicas(of: name)
            var synced = listening.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
            if synced.isEmpty, members[name]?.isStrict == true {
                synced = Array(acknowledgers(of: name).shuffled(using: &random).prefix(1))
            }
            for replica in synced { sync(replica, name) }
            if members[name]?.isStrict == false { acknowledgePending(of: name) }
        }
    }

    /// The replica gets all that its primary has, and so the primary's clients their answers, if it acknowledges.
    private mutating func sync(_ replica: String, _ primary: String) {
        guard let log = members[primary]?.log, let own = members[replica], log.starts(with: own.log) else { return }
        members[replica]?.log = log
        if own.acknowledges { acknowledgePending(of: primary) }
    }

    private mutating func acknowledgePending(of name: String) {
        acknowledged.formUnion(members[name]?.pending ?? [])
        members[name]?.pending = []
    }

    // MARK: - Faults

    mutating func crash(_ name: String) {
        guard var member = members[name] else { return }
        let pending = member.pending
        member.isRunning = false
        member.holdsAddress = false
        member.log.removeAll { pending.contains($0) }
        member.pending = []
        members[name] = member
    }

    /// What an operator does with one that has writes of its own: it is seeded anew.
    mutating func seed(_ name: String, from primary: String) {
        crash(name)
        let log = members[primary]?.log ?? []
        members[name]?.log = log
        members[name]?.follows = nil
    }

    // MARK: - Steps

    /// - Returns: whether it was not so already.
    mutating func carryOut(_ step: Step, on server: String) throws -> Bool {
        guard !cutOff.contains(server) else { throw Refused(why: "\(server) is cut off") }
        let before = (flags, fences, members.mapValues(\.follows))
        switch step {
        case .startContainer(let specification): start(specification.name)
        case .stopContainer(let name, _): crash(name)
        // Addresses end in the member's number.
        case .fence(let address): fences[server, default: []].insert("db\(address.last ?? "0")")
        case .unfence(let address): fences[server]?.remove("db\(address.last ?? "0")")
        case .waitUntilHealthy: break
        case .claimServiceAddress(_, let name):
            try need(name)
            members[name]?.holdsAddress = true
        case .releaseServiceAddress(_, let name): members[name]?.holdsAddress = false
        default: try lead(step)
        }
        return before != (flags, fences, members.mapValues(\.follows))
    }

    private var flags: [String: [Bool]] {
        members.mapValues {
            [$0.isRunning, $0.isReadOnly, $0.listens, $0.isStrict, $0.acknowledges, $0.holdsAddress]
        }
    }

    private mutating func start(_ name: String) {
        guard members[name]?.isRunning == false else { return }
        members[name]?.isRunning = true
        members[name]?.isReadOnly = true
        members[name]?.isStrict = false
        // Nobody listens by itself, least of all to a primary that is none any more.
        members[name]?.listens = false
        members[name]?.acknowledges = true
    }

    private func need(_ name: String) throws {
        guard members[name]?.isRunning == true else { throw Refused(why: "\(name) does not run") }
    }

    private mutating func lead(_ step: Step) throws {
        guard let name = step.database?.container else { return }
        if case .demoteDatabase(_, let seconds) = step { return try demote(name, mustRun: seconds > 0) }
        if case .resumeReplica = step, members[name]?.isRunning != true { return }
        try need(name)
        switch step {
        case .promoteDatabase(_, let promotion): try promote(name, promotion)
        case .severReplica(_, let expectsLoss):
            if expectsLoss, let primary = members[name]?.follows, hears(name, primary) { throw Refused(why: "it is heard") }
            members[name]?.listens = false
        case .resumeReplica:
            guard members[name]?.follows != nil else { throw Refused(why: "\(name) follows nobody") }
            members[name]?.listens = true
            members[name]?.acknowledges = true
        case .followPrimary(_, let primary): try follow(name, primary.container)
        case .awaitReplica(_, let primary, _):
            guard reaches(name, primary.container) else { throw Refused(why: "\(primary.container) is not reached") }
            if hears(name, primary.container) { sync(name, primary.container) }
            guard members[name]?.log.count ?? 0 >= members[primary.container]?.log.count ?? 0 else {
                throw Refused(why: "\(name) does not get all")
            }
        case .requireReplica:
            guard isPrimary(name), !acknowledgers(of: name).isEmpty else { throw Refused(why: "no replica acknowledges") }
            members[name]?.isStrict = true
        case .waiveReplica:
            guard isPrimary(name) else { throw Refused(why: "no primary") }
            members[name]?.isStrict = false
            acknowledgePending(of: name)
        default: break
        }
    }

    private mutating func demote(_ name: String, mustRun: Bool) throws {
        guard members[name]?.isRunning == true else {
            if mustRun { throw Refused(why: "\(name) does not answer") }
            return
        }
        members[name]?.isReadOnly = true
        if members[name]?.follows == nil { members[name]?.isStrict = true }
        // Their connections are ended: they stay in the log, and nobody was told.
        members[name]?.pending = []
    }

    private mutating func promote(_ name: String, _ promotion: DatabasePromotion) throws {
        for lost in promotion.lost where reaches(name, lost.container) && members[lost.container]?.isReadOnly == false {
            throw Refused(why: "\(lost.container) takes writes")
        }
        for peer in promotion.peers.map(\.container) {
            guard reaches(name, peer), let member = members[peer], member.isReadOnly else {
                throw Refused(why: "\(peer) is no peer")
            }
            if let primary = member.follows, member.listens, primary != name { throw Refused(why: "\(peer) listens") }
        }
        guard var own = members[name] else { return }
        if isPrimary(name) {
            if promotion.requiresReplica { members[name]?.isStrict = true }
            return
        }
        guard own.follows == nil || !own.listens else { throw Refused(why: "\(name) listens") }
        for peer in promotion.peers.compactMap({ members[$0.container] }) where peer.log.count > own.log.count {
            guard peer.log.starts(with: own.log) else { throw Refused(why: "\(name) has writes of its own") }
            own.log = peer.log
        }
        own.follows = nil
        own.isStrict = promotion.requiresReplica
        own.isReadOnly = false
        members[name] = own
    }

    private mutating func follow(_ name: String, _ primary: String) throws {
        guard members[name]?.isReadOnly == true else { throw Refused(why: "\(name) takes writes") }
        guard reaches(name, primary), isPrimary(primary), let own = members[name], let other = members[primary] else {
            throw Refused(why: "\(primary) is no primary that is reached")
        }
        guard other.log.starts(with: own.log) else { throw Refused(why: "ahead") }
        members[name]?.follows = primary
        members[name]?.listens = true
        members[name]?.acknowledges = false
        members[name]?.isStrict = false
        members[name]?.pending = []
    }
}
