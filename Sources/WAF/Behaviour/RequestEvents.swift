import Parsing
import Telemetry
import Topology

/// What a request does, for the scenarios.
enum RequestEvents {
    /// Hands over the request's events.
    static func forEach(
        of record: AccessRecord, _ judgement: Judgement, by client: NetworkRange, at time: Nanoseconds,
        isFalseCrawler: Bool = false, _ body: (BehaviourEvent) -> Void
    ) {
        let uri = record.uri
        let path = uri.prefix { $0 != UInt8(ascii: "?") }
        var event = BehaviourEvent(.request, at: time, by: client)
        // A request line without a path is its own.
        event.path = BehaviourEvent.hash(path.isEmpty ? record.request : path)
        event.request = path.count == uri.count ? event.path : BehaviourEvent.hash(uri)
        event.status = record.status
        event.isSending = isSending(record.method)
        event.isPage = !isQuiet(path)
        func tell(_ kind: BehaviourEvent.Kind) {
            event.kind = kind
            body(event)
        }
        tell(.request)
        if [400, 401, 403, 404].contains(record.status) { tell(.refused) }
        if judgement.isAttack { tell(.attack) }
        if event.isPage { tell(.page) }
        if LoginPaths.isAttempt(method: record.method, uri: uri) { tell(.loginAttempt) }
        if isFalseCrawler { tell(.falseCrawler) }
        if LoginPaths.isAdminEntry(method: record.method, uri: uri, status: record.status) {
            event.account = BehaviourEvent.hash(record.host ?? [])
            tell(.adminEntered)
            event.account = nil
        }
        if let version = record.version, !isVersion(version) { tell(.badVersion) }
        for finding in judgement.findings {
            event.rule = finding.rule.hash
            event.family = finding.rule.family
            tell(.finding)
        }
    }

    /// Pictures, styles, scripts and fonts: what a page brings along.
    static func isQuiet(_ path: ArraySlice<UInt8>) -> Bool {
        var length = 0
        for byte in path.reversed() {
            if byte == UInt8(ascii: ".") { break }
            length += 1
            guard length <= 5, byte != UInt8(ascii: "/") else { return false }
        }
        guard length > 0, length < path.count else { return false }
        let key = path.suffix(length).reduce(UInt64(0)) { $0 << 8 | UInt64($1 | 0x20) }
        return quiet.contains(key)
    }

    private static let quiet = Set(
        ["js", "css", "png", "jpg", "jpeg", "gif", "webp", "svg", "woff", "woff2", "ico", "map", "avif"].map {
            $0.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1 | 0x20) }
        })

    private static func isSending(_ method: ArraySlice<UInt8>) -> Bool {
        !method.elementsEqual("GET".utf8) && !method.elementsEqual("HEAD".utf8) && !method.elementsEqual("OPTIONS".utf8)
    }

    /// The digits behind `HTTP/` of a version that exists.
    private static func isVersion(_ version: ArraySlice<UInt8>) -> Bool {
        ["1.1", "2.0", "1.0", "3.0", "2", "3", "0.9"].contains { version.elementsEqual($0.utf8) }
    }
}
