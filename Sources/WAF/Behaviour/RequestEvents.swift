import Parsing
import Telemetry
import Topology

/// What a request does, for the scenarios.
enum RequestEvents {
    private static let quiet = [
        ".js", ".css", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".woff", ".woff2", ".ico", ".map", ".avif",
    ].map { Array($0.utf8) }

    static func events(
        of record: AccessRecord, _ judgement: Judgement, by client: NetworkRange, at time: Nanoseconds
    ) -> [BehaviourEvent] {
        let path = record.uri.prefix { $0 != UInt8(ascii: "?") }
        let hash = BehaviourEvent.hash(path)
        var kinds: [BehaviourEvent.Kind] = [.request]
        if [400, 401, 403, 404].contains(record.status) { kinds.append(.refused) }
        if judgement.isAttack { kinds.append(.attack) }
        if !quiet.contains(where: { path.suffix($0.count).elementsEqual($0) }) { kinds.append(.page) }
        if LoginPaths.isAttempt(method: record.method, uri: record.uri) { kinds.append(.loginAttempt) }
        let whole = judgement.isAttack ? BehaviourEvent.hash(record.uri) : hash
        return kinds.map { BehaviourEvent($0, at: time, by: client, path: $0 == .attack ? whole : hash) }
    }
}
