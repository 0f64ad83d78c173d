extension OpenAPIDocument {
    private static let times: [APIOperation.Parameter] = [
        .optional("start", "Earliest time: nanoseconds, seconds or RFC 3339."), .optional("end", "Latest time."),
        .optional("since", "How far back from the end."),
    ]
    private static let lines: [APIOperation.Parameter] = [
        .optional("limit", "Most entries."), .optional("direction", "`forward` or `backward`."),
    ]

    private static let selector = APIOperation.Parameter.optional("query", "A selector; all streams where it is absent.")
    private static let volumes: [APIOperation.Parameter] = [
        .optional("targetLabels", "Labels to group by, separated by commas; else those of the selector."),
        .optional("aggregateBy", "`series` or `labels`."), .limit,
    ]
    private static let fields: [APIOperation.Parameter] = [
        .query, .optional("line_limit", "Most lines looked at."), .limit,
    ]

    /// Loki's API.
    static let loki: [APIOperation] = [
        APIOperation(
            "get post", "/loki/api/v1/query", "Evaluates a LogQL query at one time.",
            [.query, .optional("time", "When; now where it is absent.")] + lines),
        APIOperation(
            "get post", "/loki/api/v1/query_range", "Evaluates a LogQL query over a range.",
            [.query, .optional("step", "Of metric queries.")] + times + lines),
        APIOperation(
            "get post", "/loki/api/v1/series", "Label sets of streams.", [.match] + times, answer: .envelope("array")),
        APIOperation(
            "get", "/loki/api/v1/labels", "Names of stream labels.", [.optional("query", "A selector.")] + times,
            answer: .envelope("array")),
        APIOperation(
            "get", "/loki/api/v1/label", "Names of stream labels.", [.optional("query", "A selector.")] + times,
            answer: .envelope("array")),
        APIOperation(
            "get", "/loki/api/v1/label/{name}/values", "Values of a stream label.",
            [.optional("query", "A selector.")] + times, answer: .envelope("array")),
        APIOperation(
            "get post", "/loki/api/v1/format_query", "The query's one form.", [.query], answer: .envelope("string")),
        APIOperation(
            "get post", "/loki/api/v1/index/stats", "Streams, blocks, entries and bytes of a selector.", [selector] + times,
            answer: .json),
        APIOperation(
            "get post", "/loki/api/v1/index/volume", "Bytes by labels, the largest first.", [selector] + volumes + times),
        APIOperation(
            "get post", "/loki/api/v1/index/volume_range", "Bytes by labels and steps.",
            [selector, .optional("step", "Of the result.")] + volumes + times),
        APIOperation(
            "get post", "/loki/api/v1/detected_labels", "Stream labels and how many values each has.", [selector] + times,
            answer: .json),
        APIOperation(
            "get post", "/loki/api/v1/detected_fields", "Fields that lines turn out to have.", fields + times, answer: .json),
        APIOperation(
            "get post", "/loki/api/v1/detected_field/{name}/values", "Values of such a field.", fields + times,
            answer: .json),
        APIOperation(
            "get post", "/loki/api/v1/patterns", "Message shapes and how often each was seen, by steps.",
            [.query, .optional("step", "Of the result.")] + times, answer: .envelope("array")),
        APIOperation(
            "get", "/loki/api/v1/tail", "Follows a log query over WebSocket.",
            [
                .query, .optional("delay_for", "Seconds to wait for entries out of order, 0 to 5."),
                .optional("limit", "Most entries from before."), .optional("start", "From when on."),
            ], answer: .json),
        APIOperation(
            "post put", "/loki/api/v1/delete", "Removes entries, for good, before it answers.",
            [.query, .required("start", "From when on."), .optional("end", "Until when; now where it is absent.")], answer: nil),
        APIOperation("get", "/loki/api/v1/delete", "What was removed, the latest first.", answer: .json),
        APIOperation(
            "delete", "/loki/api/v1/delete", "Withdraws a request that was not carried out yet.",
            [.required("request_id", "Which one.")], answer: nil),
        APIOperation("get", "/loki/api/v1/status/buildinfo", "Version.", answer: .json),
        APIOperation("get", "/ready", "Answers once queries are.", answer: .text),
    ]

    /// Alertmanager's API.
    static let alertmanager: [APIOperation] = [
        APIOperation("get", "/api/v2/status", "Version and cluster.", answer: .json),
        APIOperation("get", "/api/v2/receivers", "Names of receivers.", answer: .json),
        APIOperation(
            "get", "/api/v2/alerts", "Alerts that fire.",
            [
                .list("filter", "A condition on labels."), .optional("active", "`false` leaves active ones out."),
                .optional("silenced", "`false` leaves silenced ones out."),
            ], answer: .json),
        APIOperation("post", "/api/v2/alerts", "Takes alerts from outside.", answer: .json),
        APIOperation(
            "get", "/api/v2/silences", "Silences.", [.list("filter", "A condition that a silence must have.")], answer: .json),
        APIOperation("post", "/api/v2/silences", "Makes a silence, or changes the one of its `id`.", answer: .json),
        APIOperation("get delete", "/api/v2/silence/{id}", "One silence; deleting ends it now.", answer: .json),
    ]

    private static let decisionFilters: [APIOperation.Parameter] = [
        .optional("scopes", "`ip` or `range`, or both, separated by commas."), .optional("scope", "The same, one of them."),
        .optional("origins", "Only decisions of these; all are of `crowdsec`."), .optional("type", "`ban`, which all are."),
        .optional("value", "The address or network exactly as banned."),
        .optional("scenarios_containing", "Only reasons that contain one of these, separated by commas."),
        .optional("scenarios_not_containing", "Only reasons that contain none of these."),
    ]

    /// CrowdSec's local API, as far as bouncers use it. All of it wants the header `X-Api-Key`.
    static let bouncers: [APIOperation] = [
        APIOperation(
            "get head", "/v1/decisions/stream",
            "Bans that a bouncer, known by the key in its header X-Api-Key, has not been told of, and those that are over.",
            [.optional("startup", "`true` for everything in force, as a bouncer that starts wants it.")] + decisionFilters,
            answer: .schema("DecisionStream", isList: false)),
        APIOperation(
            "get head", "/v1/decisions", "Bans of an address or a network, or all of them; null where there is none.",
            [
                .optional("ip", "An address."), .optional("range", "A network."),
                .optional("contains", "`false` for bans within the network, instead of those that it lies in."),
            ] + decisionFilters, answer: .schema("Decision", isList: true)),
    ]

    /// Magewatch's own API.
    static let own: [APIOperation] = [
        APIOperation(
            "get", "/api/magewatch/v1/stack", "Servers, containers and leases as the monitor knows them.",
            answer: .schema("Stack", isList: false)),
        APIOperation(
            "get", "/api/magewatch/v1/plans", "Plans, the newest first, each with its decision and journal.",
            [.optional("limit", "Most plans, 100 where it is absent.")], answer: .schema("PlanReport", isList: true)),
        APIOperation("get", "/api/magewatch/v1/plans/{id}", "One plan.", answer: .schema("PlanReport", isList: false)),
        APIOperation(
            "post", "/api/magewatch/v1/plans/{id}/approve", "Lets a proposed plan run, or is one word of those it needs.",
            [.optional("by", "Who says so.")],
            answer: .schema("PlanReport", isList: false)),
        APIOperation(
            "post", "/api/magewatch/v1/plans/{id}/cancel", "Stops a plan; what it has done is taken back.",
            [.optional("by", "Who says so.")], answer: .json),
        APIOperation(
            "get", "/api/magewatch/v1/plans/{id}/follow",
            "The plan now and again after each change, until it is over: a PlanReport a line (application/x-ndjson).",
            answer: .binary("application/x-ndjson")),
        APIOperation(
            "get", "/api/magewatch/v1/orders", "Orders that hold for a time.", answer: .schema("HeldOrder", isList: true)),
        APIOperation(
            "post", "/api/magewatch/v1/orders", "Makes the plan of an operator's order and has it carried out.",
            [
                .required(
                    "order",
                    "`restart`, `stop`, `start`, `move`, `drain`, `scale`, `rollout`, `drain-server`, `evacuate-server` or `return-server`."
                ),
                .optional("container", "Of the first five."), .optional("server", "Of the last three; where to, of `move`."),
                .optional("role", "Of `scale` and `rollout`."), .optional("count", "Of `scale`: +2, -1."),
                .optional("for", "Of `scale`: how long more of them are kept, such as 3h."),
                .optional("image", "Of `rollout`."), .optional("force", "`true` goes below a role's minimum."),
                .optional("dry_run", "`true` tells the plan, state `planned`, and does nothing."),
                .optional("by", "Who orders it."),
            ], answer: .schema("PlanReport", isList: false)),
        APIOperation(
            "get", "/api/magewatch/v1/audit", "The latest lines of the audit log, newest first.",
            [.optional("limit", "Most lines, 100 where it is absent."), .optional("before", "Only lines of a lower number.")],
            answer: .schema("AuditLine", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/audit/verify",
            "Looks through the whole audit log and tells the first line that is not as written.",
            [.optional("noted", "The head that an earlier look told, which has to be in it.")],
            answer: .schema("AuditFinding", isList: false)),
        APIOperation(
            "get", "/api/magewatch/v1/forecasts",
            "The latest forecast of each signal and role; with a horizon, a role's whole paths.",
            [
                .optional("role", "Only this role's."),
                .optional("horizon", "How far ahead, for instance `24h`, at most two weeks; needs `role`."),
            ], answer: .schema("Forecast", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/capacity", "What a container of each role can serve, and what binds it.",
            [.optional("role", "Only this role's.")], answer: .schema("Capacity", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/bans",
            "Bans in force: `address` is an address or network, `session/DIGEST`, or `limit/REQUESTS-A-MINUTE/ADDRESS/PATH`.",
            answer: .schema("Ban", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/waf/summary",
            "Counts of requests, attacks and offenders, finds by rule, attacks by hour and family.",
            answer: .schema("AttackSummary", isList: false)),
        APIOperation(
            "get", "/api/magewatch/v1/waf/offenders", "Clients that attacked, the worst first.",
            [.optional("limit", "Most offenders, 100 where it is absent.")], answer: .schema("Offender", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/waf/offender", "Why a client counts as an offender.",
            [.required("address", "The client's address.")], answer: .schema("Offender", isList: false)),
        APIOperation(
            "get", "/api/magewatch/v1/waf/campaigns", "Offenders that attack in the same way, the largest group first.",
            answer: .schema("Campaign", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/waf/unparsed", "Lines of access logs that no parser took, the latest last.", answer: .json),
        APIOperation(
            "get", "/api/magewatch/v1/metrics/stats", "Where the metric store's series come from, and what their samples cost.",
            [.optional("limit", "Entries of each list, 10 where it is absent.")], answer: .json),
        APIOperation("get", "/api/magewatch/v1/openapi.json", "This document.", answer: .json),
        APIOperation("get", "/health", "Answers while the process serves.", answer: .text),
        APIOperation("get", "/metrics", "The monitor's own metrics, Prometheus text format.", answer: .text),
    ]
}
