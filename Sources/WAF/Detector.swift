package import Parsing
import Synchronization
package import Telemetry
package import Topology

/// Judges what arrives: signatures and scenarios over requests, audit records and what services tell of logins; a score by client that
/// fades; an ``AttackLedger`` with the trail of each verdict; what the attacks cost.
///
/// Give it records whose client is known: the load balancer's log, or others with the balancers among the `exempt` networks. Trusted
/// and allow-listed addresses are never judged. State is bounded: ``maximumOffenders`` and the limits of ``ScenarioEngine``.
package final class Detector: Sendable {
    /// Clients that something is held against.
    package static let maximumOffenders = 20_000
    /// Offenders reported as series.
    package static let maximumReported = 500
    /// Nanoseconds that a line's own date may lie from its arrival.
    static let maximumClockError = 86_400e9
    /// Above the threshold by as much as fades in six minutes, so that an offender is one for long enough to be acted upon.
    static let overflowScore = 150.0
    /// What a point of a request's judgement adds to the score of its client: three attacks of the least weight make an offender.
    static let scorePerPoint = 8.0
    /// What one request adds at most, so that none alone makes an offender.
    static let maximumRequestScore = 60.0

    struct State {
        var ledger: AttackLedger
        var scores: [NetworkRange: OffenderScore] = [:]
        var judged: [String: Int] = [:]
        var cost = AttackCost()
        var watch = BanWatch()
        var reported: Set<Labels> = []
        var crawlers: CrawlerBoard
        /// Networks that an operator allows for a time.
        var allowed: [NetworkRange] = []
    }

    private let exempt: [NetworkRange]
    /// Told that there are questions about crawlers to be asked.
    private let onQuestion: @Sendable () -> Void
    let state: Mutex<State>

    /// - Parameters:
    ///   - exempt: networks never judged: own servers, proxies, the operator's allow list.
    ///   - signatures: what requests are searched for.
    ///   - crawlers: whose claims are to be verified; none where nobody asks the name service.
    ///   - onQuestion: told that there are questions to be asked (``takeCrawlerQuestions(limit:)``); must not block.
    package init(
        exempt: [NetworkRange], signatures: SignatureSet = .shipped, crawlers: [Crawler] = [],
        onQuestion: @escaping @Sendable () -> Void = {}
    ) {
        self.exempt = exempt
        self.onQuestion = onQuestion
        state = Mutex(
            State(
                ledger: AttackLedger(signatures: signatures, maximumOffenders: Detector.maximumOffenders),
                crawlers: CrawlerBoard(crawlers)))
    }

    /// Judges what a line of any kind tells.
    /// - Parameter role: the role that its requests are a cost of.
    package func observe(_ record: LogRecord, role: String, at time: Nanoseconds) {
        switch record {
        case .access(let request): observe(request, role: role, at: time)
        case .service(let event): observe(event, at: time)
        case .audit(let transaction): observe(transaction, at: time)
        case .error(let entry): observe(entry, at: time)
        case .connection, .slow: break
        }
    }

    /// Judges one request.
    package func observe(_ record: AccessRecord, role: String = "web", at time: Nanoseconds) {
        // What the balancer refused because of a ban says nothing new.
        if let termination = record.terminationState, termination.first == UInt8(ascii: "P") { return }
        guard let address = address(peer: record.client, forwardedFor: record.forwardedFor) else { return }
        let client = ClientAddress.network(of: address)
        let arrival = time
        let time = Detector.believed(record.timestamp, at: time)
        let hasQuestion = state.withLock { state in
            state.judged["access", default: 0] += 1
            let known = state.verify(record, of: address, at: arrival)
            // What a search engine's crawler follows is what others link to: nothing is held against it.
            if known == .confirmed || state.crawlers.isConfirmed(client, at: arrival) {
                state.ledger.take(record, by: nil, at: time)
                return false
            }
            let sighting = state.ledger.take(record, by: client, at: time, isFalseCrawler: known == .refuted)
            state.watch.take(record, by: client, at: time)
            state.take(sighting, of: client)
            if sighting.isAttack || state.scores[client]?.isOffender == true {
                state.cost.add(role: role, seconds: sighting.busySeconds)
            }
            return state.crawlers.questionCount > 0
        }
        if hasQuestion { onQuestion() }
    }

    /// Judges what a service tells of someone who came.
    package func observe(_ record: ServiceLogRecord, at time: Nanoseconds) {
        guard let source = record.source, let client = ClientAddress.network(of: source), !isExempt(client) else { return }
        state.withLock { state in
            state.judged["service", default: 0] += 1
            state.take(state.ledger.take(record, by: client, at: time), of: client)
        }
    }

    /// Judges what an error log tells of a client: a rule that fired, a request too broken to be logged elsewhere, a login that failed.
    package func observe(_ entry: ErrorLogRecord, at time: Nanoseconds) {
        guard let peer = entry.client, let client = ClientAddress.network(of: peer), !isExempt(client) else { return }
        state.withLock { state in
            guard let sighting = state.ledger.take(entry, by: client, at: time) else { return }
            state.judged["error", default: 0] += 1
            state.take(sighting, of: client)
        }
    }

    /// Judges a request of an audit log.
    package func observe(_ transaction: ModSecurityTransaction, at time: Nanoseconds) {
        let forwarded = transaction.header("x-forwarded-for").map { $0[...] }
        guard let address = address(peer: transaction.client[...], forwardedFor: forwarded) else { return }
        let client = ClientAddress.network(of: address)
        state.withLock { state in
            state.judged["audit", default: 0] += 1
            state.take(state.ledger.take(transaction, by: client, at: time), of: client)
        }
    }

    /// Those at or above the threshold at a time, the worst first.
    package func offenders(at time: Nanoseconds) -> [(address: String, score: OffenderScore)] {
        state.withLock { $0.offenders(at: time) }.map { (address: "\($0.client)", score: $0.score) }
    }

    /// Forgets what is held against a client, once it is banned: what it does after that counts anew.
    package func clear(_ client: NetworkRange) {
        state.withLock { state in state.scores[client] = nil }
    }

    /// Takes the bans in force, so that it is seen whether they hold.
    package func watch(_ bans: [BanSubject: Nanoseconds]) {
        state.withLock { state in state.watch.watch(bans) }
    }

    /// Takes the networks that operators allow for a time: what they do is seen and shown, and makes nobody an offender.
    ///
    /// They are no trusted proxies by it: whom they say that they speak for is not believed.
    package func allow(_ networks: [NetworkRange]) {
        state.withLock { state in state.allowed = networks }
    }

    /// Reads the ledger; keep it short, as nothing is judged meanwhile.
    package func read<Value: Sendable>(_ body: (AttackLedger) -> sending Value) -> Value {
        state.withLock { state in body(state.ledger) }
    }

    /// A line's own date is believed only near its arrival: a clock that is far off must not move everybody's time.
    private static func believed(_ written: Nanoseconds?, at arrival: Nanoseconds) -> Nanoseconds {
        written.flatMap { abs(Double($0) - Double(arrival)) < maximumClockError ? $0 : nil } ?? arrival
    }

    /// The nearest address that is not one of ours: the peer, or, where the peer is a trusted proxy, the last untrusted of
    /// X-Forwarded-For, read from the right.
    private func address(peer: ArraySlice<UInt8>, forwardedFor: ArraySlice<UInt8>?) -> NetworkAddress? {
        guard let peer = NetworkAddress(text: peer) else { return nil }
        guard isExempt(ClientAddress.network(of: peer)) else { return peer }
        guard let forwardedFor else { return nil }
        for part in forwardedFor.split(separator: UInt8(ascii: ",")).reversed() {
            let trimmed = part.drop { $0 == 0x20 }
            guard let address = NetworkAddress(text: trimmed) else { return nil }
            if !isExempt(ClientAddress.network(of: address)) { return address }
        }
        return nil
    }

    private func isExempt(_ client: NetworkRange) -> Bool {
        exempt.contains { $0.overlaps(client) }
    }
}

extension Detector.State {
    /// Weighs a sighting; a client that nothing is held against leaves no trace.
    mutating func take(_ sighting: Sighting, of client: NetworkRange) {
        let hints =
            sighting.isAttack
            ? [] : sighting.judgement.findings.filter { $0.rule.family == .probing && $0.rule.severity != .mark }
        let overflows = sighting.overflows.filter { $0.scenario.mode != .observe }
        guard sighting.isAttack || !hints.isEmpty || !overflows.isEmpty else {
            scores[client]?.fade(to: sighting.time)
            return
        }
        if scores[client] == nil, scores.count >= Detector.maximumOffenders { forgetLeast() }
        var score = scores[client] ?? OffenderScore(at: sighting.time)
        if sighting.isAttack, let family = sighting.family {
            let points = min(Double(sighting.points) * Detector.scorePerPoint, Detector.maximumRequestScore)
            score.add(family, points, at: sighting.time)
        }
        for hint in hints {
            score.add(.probing, Double(hint.rule.severity.points) * Detector.scorePerPoint, at: sighting.time)
        }
        for overflow in overflows {
            score.add(
                overflow.scenario.family, Detector.overflowScore, isDisputed: overflow.scenario.mode == .ask, at: sighting.time)
        }
        scores[client] = score
    }

    func offenders(at time: Nanoseconds) -> [(client: NetworkRange, score: OffenderScore)] {
        scores.compactMap { client, score -> (client: NetworkRange, score: OffenderScore)? in
            // A crawler, or one that may turn out to be one in a moment, is no offender.
            guard score.isOffender, !crawlers.shields(client, at: time), !allowed.contains(where: { $0.overlaps(client) }) else {
                return nil
            }
            var faded = score
            faded.fade(to: time)
            return faded.isOffender ? (client, faded) : nil
        }
        .sorted { $0.score.score > $1.score.score }
    }

    /// A tenth at a time, so that the sweep is rare.
    private mutating func forgetLeast() {
        let least = scores.sorted { ($0.value.score, $0.value.lastSeen) < ($1.value.score, $1.value.lastSeen) }
        for (client, _) in least.prefix(max(1, least.count / 10)) { scores[client] = nil }
    }
}
