package import Parsing
import Synchronization
package import Telemetry
package import Topology

/// Judges requests as they arrive: signatures on the request line and the user agent, buckets for what only repetition makes an
/// attack (refused paths, login attempts), a score by address.
///
/// Give it records whose client is known: the load balancer's log, or others with the balancers among the `trusted` networks. Trusted
/// and allow-listed addresses are never judged. State is bounded: beyond ``maximumAddresses`` those unseen for longest are forgotten.
package final class Detector: Sendable {
    /// Addresses remembered.
    package static let maximumAddresses = 100_000
    /// Offenders reported as series.
    package static let maximumReported = 500
    /// Refused requests of different paths: ten in ten seconds overflow.
    static let probing = LeakyBucket.Shape(capacity: 10, leakSeconds: 1)
    /// Login attempts: five in ten seconds overflow; one drains every ten seconds, so a person who mistypes is left alone.
    static let logins = LeakyBucket.Shape(capacity: 5, leakSeconds: 10)
    /// Nanoseconds that a line's own date may lie from its arrival.
    static let maximumClockError = 86_400e9
    /// Above the threshold by as much as fades in six minutes, so that an offender is one for long enough to be acted upon.
    static let overflowScore = 150.0
    /// What a point of a request's judgement adds to the score of its address: three attacks of the least weight make an offender.
    static let scorePerPoint = 8.0
    /// What one request adds at most, so that none alone makes an offender.
    static let maximumRequestScore = 60.0

    private struct State {
        var inspector: Inspector
        var scores: [String: OffenderScore] = [:]
        var findings: [AttackFamily: Int] = [:]
        var judged = 0
        var reported: Set<String> = []

        init(_ signatures: SignatureSet) { inspector = Inspector(signatures: signatures) }
    }

    private let exempt: [NetworkRange]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - exempt: networks never judged: own servers, proxies, the operator's allow list.
    ///   - signatures: what requests are searched for.
    package init(exempt: [NetworkRange], signatures: SignatureSet = .shipped) {
        self.exempt = exempt
        state = Mutex(State(signatures))
    }

    /// Judges one request.
    package func observe(_ record: AccessRecord, at time: Nanoseconds) {
        guard let address = client(of: record) else { return }
        // A line's own date is believed only near its arrival: a clock that is far off must not move everybody's time.
        let time = record.timestamp.flatMap { abs(Double($0) - Double(time)) < Detector.maximumClockError ? $0 : nil } ?? time
        // What the balancer refused because of a ban says nothing new.
        if let termination = record.terminationState, termination.first == UInt8(ascii: "P") { return }
        state.withLock { state in
            if state.scores.count >= Detector.maximumAddresses, state.scores[address] == nil { Detector.forgetOldest(&state) }
            var score = state.scores[address] ?? OffenderScore(at: time)
            score.countRequest(at: time)
            state.judged += 1
            judge(record, time, &score, &state)
            state.scores[address] = score
        }
    }

    /// Those at or above the threshold at a time, the worst first.
    package func offenders(at time: Nanoseconds) -> [(address: String, score: OffenderScore)] {
        state.withLock { state in
            state.scores.compactMap { address, score -> (address: String, score: OffenderScore)? in
                guard score.score >= OffenderScore.threshold else { return nil }
                var faded = score
                faded.fade(to: time)
                return faded.score >= OffenderScore.threshold ? (address, faded) : nil
            }
        }
        .sorted { $0.score.score > $1.score.score }
    }

    /// Forgets what is held against an address, once it is banned: what it does after that counts anew.
    package func clear(_ address: String) {
        state.withLock { state in state.scores[address] = nil }
    }

    /// The detector's series at a time: `magewatch_waf_offender_score{address, family}`, ended where an address is no offender any
    /// more, `magewatch_waf_findings_total{family}`, `magewatch_waf_requests_judged_total`.
    package func snapshot(at time: Milliseconds) -> SampleBatch {
        let offenders = self.offenders(at: time.multipliedReportingOverflow(by: 1_000_000).partialValue).prefix(
            Detector.maximumReported)
        return state.withLock { state in
            var batch = SampleBatch()
            let keys = offenders.map { "\($0.score.family.rawValue) \($0.address)" }
            for gone in state.reported.subtracting(keys) {
                let parts = gone.split(separator: " ").map(String.init)
                batch.append(Detector.labels(address: parts[1], family: parts[0]), SampleBatch.staleMarker, at: time)
            }
            for (address, score) in offenders {
                batch.append(Detector.labels(address: address, family: score.family.rawValue), score.score.rounded(), at: time)
            }
            state.reported = Set(keys)
            for family in AttackFamily.allCases {
                batch.append(
                    ["__name__": "magewatch_waf_findings_total", "family": family.rawValue], Double(state.findings[family] ?? 0),
                    at: time)
            }
            batch.append(["__name__": "magewatch_waf_requests_judged_total"], Double(state.judged), at: time)
            return batch
        }
    }

    private static func labels(address: String, family: String) -> Labels {
        ["__name__": "magewatch_waf_offender_score", "address": address, "family": family]
    }

    private func judge(_ record: AccessRecord, _ time: Nanoseconds, _ score: inout OffenderScore, _ state: inout State) {
        let judgement = state.inspector.judge(request: RequestText(record))
        if judgement.isAttack, let family = judgement.family,
            let finding = judgement.findings.first(where: { $0.rule.family == family })
        {
            state.findings[family, default: 0] += 1
            score.add(
                family, min(Double(judgement.score) * Detector.scorePerPoint, Detector.maximumRequestScore),
                "\(finding.rule.id): \"\(Detector.text(finding.matched[...]))\" in \(Detector.text(record.uri))", at: time)
        } else {
            for finding in judgement.findings where finding.rule.family == .probing {
                score.add(.probing, Double(finding.rule.severity.points) * Detector.scorePerPoint, finding.rule.id, at: time)
            }
        }
        if LoginPaths.isAttempt(method: record.method, uri: record.uri), score.logins.add(at: time, Detector.logins) {
            state.findings[.bruteForce, default: 0] += 1
            score.add(
                .bruteForce, Detector.overflowScore, "logins in quick succession, the last at \(Detector.text(record.uri))",
                at: time)
        }
        guard [400, 401, 403, 404].contains(record.status) else { return }
        let path = Detector.hash(record.uri.prefix { $0 != UInt8(ascii: "?") })
        guard !score.refusedPaths.contains(path) else { return }
        score.refusedPaths = score.refusedPaths.suffix(31) + [path]
        if score.probing.add(at: time, Detector.probing) {
            state.findings[.probing, default: 0] += 1
            score.add(
                .probing, Detector.overflowScore, "many different paths refused, the last \(Detector.text(record.uri))", at: time)
        }
    }

    /// The nearest address that is not one of ours: the peer, or, where the peer is a trusted proxy, the last untrusted of
    /// X-Forwarded-For, read from the right.
    private func client(of record: AccessRecord) -> String? {
        guard let peer = ClientAddress.network(of: record.client) else { return nil }
        guard isExempt(peer) else { return "\(peer)" }
        guard let forwarded = record.forwardedFor else { return nil }
        for part in forwarded.split(separator: UInt8(ascii: ",")).reversed() {
            let trimmed = part.drop { $0 == 0x20 }
            guard let address = ClientAddress.network(of: trimmed) else { return nil }
            if !isExempt(address) { return "\(address)" }
        }
        return nil
    }

    private func isExempt(_ client: NetworkRange) -> Bool {
        exempt.contains { $0.overlaps(client) }
    }

    private static func forgetOldest(_ state: inout State) {
        let times = state.scores.values.map(\.lastSeen).sorted()
        // A tenth at a time, so that the sweep is rare.
        let limit = times[times.count / 10]
        state.scores = state.scores.filter { $0.value.lastSeen > limit }
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(160), as: UTF8.self)
    }
}
