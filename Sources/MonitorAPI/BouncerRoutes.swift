import AgentContract
import HTTPTypes
import Hummingbird
import Synchronization
import Telemetry
import Topology

/// What CrowdSec's bouncers ask for, from the bans in force: `/v1/decisions/stream` and `/v1/decisions`.
///
/// Each bouncer names itself by its key, in the header `X-Api-Key`. Keys are the operator's, and without one nobody is told anything.
struct BouncerRoutes: Sendable {
    let services: APIServices
    let now: @Sendable () -> Milliseconds
    private let feed = BouncerFeedHolder()

    init(services: APIServices, now: @escaping @Sendable () -> Milliseconds) {
        self.services = services
        self.now = now
    }

    func register(_ router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/v1/decisions/stream", method: method) { request, _ in await guarded(request, stream) }
            router.on("/v1/decisions", method: method) { request, _ in await guarded(request, decisions) }
        }
    }

    /// Answers those who have a key; failures are told as bouncers read them.
    private func guarded(
        _ request: Request, _ work: @escaping (String, Bool, RequestParameters) async throws -> Response
    ) async -> Response {
        guard let bouncer = bouncer(of: request) else {
            services.metrics.add("magewatch_bouncer_pulls_total", ["bouncer": "unknown"])
            return BouncerRoutes.message("access forbidden", status: .forbidden)
        }
        services.metrics.add("magewatch_bouncer_pulls_total", ["bouncer": bouncer])
        return await answer(request, failure: { BouncerRoutes.message($0.message, status: $0.status) }) { parameters in
            try await work(bouncer, request.method == .head, parameters)
        }
    }

    private static let keyName = HTTPField.Name("X-Api-Key")

    private func bouncer(of request: Request) -> String? {
        guard let name = BouncerRoutes.keyName, let key = request.headers[name], !key.isEmpty else { return nil }
        return services.bouncerKeys.first { BouncerRoutes.isEqual($0.value, key) }?.key
    }

    /// Takes as long for a key that is nearly right as for one that is all wrong.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var difference = UInt8(left.count == right.count ? 0 : 1)
        for index in right.indices { difference |= right[index] ^ (left.isEmpty ? 0 : left[index % left.count]) }
        return difference == 0 && !left.isEmpty
    }

    private static func message(_ text: String, status: HTTPResponse.Status) -> Response {
        var writer = JSONWriter()
        writer.map([("message", text)])
        return APIResponse.json(writer.bytes, status: status)
    }

    // MARK: What they are told

    private func stream(_ bouncer: String, _ isHead: Bool, _ parameters: RequestParameters) async throws -> Response {
        let time = now()
        let bans = try await services.bansSince(time - BouncerFeed.recentMilliseconds).filter(BouncerDecision.isTold)
        let filter = DecisionFilter(parameters)
        // Asking for the head is to see whether one is let in: it must not use changes up.
        guard !isHead else { return APIResponse.json([]) }
        let isStarting = parameters["startup"] == "true"
        let changes = feed.changes(for: bouncer, isStarting: isStarting, bans: bans, at: time, accepts: filter.accepts)
        var writer = JSONWriter(reserving: 256 * (changes.new.count + changes.deleted.count + 1))
        writer.object { writer in
            writer.key("deleted")
            writer.array { writer in for decision in changes.deleted { writer.decision(decision, at: time) } }
            writer.key("new")
            writer.array { writer in for decision in changes.new { writer.decision(decision, at: time) } }
        }
        return APIResponse.json(writer.bytes)
    }

    /// A list, or `null` where nothing is decided: so it is CrowdSec's way, and bouncers tell a clean address by it.
    private func decisions(_ bouncer: String, _ isHead: Bool, _ parameters: RequestParameters) async throws -> Response {
        let time = now()
        let filter = DecisionFilter(parameters)
        let asked = try AskedAddress(parameters)
        let found = try await services.bansSince(time).filter { BouncerDecision.isTold($0) && $0.from <= time && time < $0.until }
            .map(BouncerDecision.init).filter { filter.accepts($0) && asked.isMet(by: $0.ban.address) }
        guard !isHead else { return APIResponse.json([]) }
        var writer = JSONWriter()
        if found.isEmpty {
            writer.null()
        } else {
            writer.array { writer in for decision in found { writer.decision(decision, at: time) } }
        }
        return APIResponse.json(writer.bytes)
    }
}

/// The feed of all bouncers, shared by requests.
private final class BouncerFeedHolder: Sendable {
    private let feed = Mutex(BouncerFeed())

    func changes(
        for bouncer: String, isStarting: Bool, bans: [BanReport], at now: Milliseconds,
        accepts: (BouncerDecision) -> Bool
    ) -> BouncerFeed.Changes {
        feed.withLock { $0.changes(for: bouncer, isStarting: isStarting, bans: bans, at: now, accepts: accepts) }
    }
}
