extension OpenAPIDocument {
    private static let evaluation: [APIOperation.Parameter] = [
        .optional("timeout", "Longest time to evaluate, at most the server's own."), .limit,
        .optional("lookback_delta", "How old the last sample of a series may be."),
        .optional("stats", "`true` or `all`: tell how long it took."),
        .optional("nocache", "`1`: compute all of it anew, reuse nothing of earlier answers."),
    ]
    private static let selection: [APIOperation.Parameter] = [.start, .end, .match, .limit]

    /// Prometheus' API.
    static let prometheus: [APIOperation] = [
        APIOperation(
            "get post", "/api/v1/query", "Evaluates a query at one time.",
            [.query, .optional("time", "When; now where it is absent.")] + evaluation),
        APIOperation(
            "get post", "/api/v1/query_range", "Evaluates a query at each step of a range.",
            [
                .query, .required("start", "First time."), .required("end", "Last time."),
                .required("step", "Seconds, or a duration such as 1m."),
            ] + evaluation),
        APIOperation(
            "get post", "/api/v1/query_exemplars", "Exemplars of the series that a query selects.", [.query, .start, .end],
            answer: .envelope("array")),
        APIOperation("get post", "/api/v1/format_query", "Formats a query.", [.query], answer: .envelope("string")),
        APIOperation("get post", "/api/v1/parse_query", "The syntax tree of a query.", [.query]),
        APIOperation("get post", "/api/v1/series", "Label sets of series.", selection, answer: .envelope("array")),
        APIOperation("get post", "/api/v1/labels", "Names of labels.", selection, answer: .envelope("array")),
        APIOperation(
            "get", "/api/v1/label/{name}/values", "Values of a label; a name with other characters is escaped as U__a_2e_b.",
            selection, answer: .envelope("array")),
        APIOperation(
            "get", "/api/v1/metadata", "Types and help texts of metrics.",
            [.limit, .optional("limit_per_metric", "Most entries a metric."), .optional("metric", "Only this one.")]),
        APIOperation(
            "get", "/api/v1/targets", "Scrape targets and how they are.",
            [.optional("state", "`active`, `dropped` or `any`."), .optional("scrapePool", "Only targets of this job.")]),
        APIOperation(
            "get", "/api/v1/targets/metadata", "Types and help texts by target.",
            [.optional("match_target", "Conditions on the target's labels."), .optional("metric", "Only this one."), .limit],
            answer: .envelope("array")),
        APIOperation("get", "/api/v1/scrape_pools", "Jobs that are scraped."),
        APIOperation(
            "get", "/api/v1/rules", "Rules and the alerts they raise.",
            [
                .optional("type", "`alert` or `record`."), .list("rule_name[]", "Only rules of these names."),
                .list("rule_group[]", "Only these groups."), .list("file[]", "Only groups of these files."),
                .optional("exclude_alerts", "`true` leaves the alerts out."), .match,
                .optional("group_limit", "Most groups."), .optional("group_next_token", "Where the last answer ended."),
            ]),
        APIOperation("get", "/api/v1/alerts", "Alerts that are pending or firing."),
        APIOperation("get", "/api/v1/alertmanagers", "Where alerts are sent."),
        APIOperation("get", "/api/v1/notifications", "Notices about the server itself.", answer: .envelope("array")),
        APIOperation("get", "/api/v1/notifications/live", "Not streamed here.", answer: nil),
        APIOperation("get", "/api/v1/features", "What is switched on."),
    ]

    /// What the server is, and what it is told.
    static let server: [APIOperation] = [
        APIOperation("get", "/api/v1/status/buildinfo", "Version."),
        APIOperation("get", "/api/v1/status/runtimeinfo", "Start, series, retention."),
        APIOperation("get", "/api/v1/status/flags", "Settings by name."),
        APIOperation("get", "/api/v1/status/config", "The configuration in force."),
        APIOperation(
            "get", "/api/v1/status/tsdb", "Series in memory by metric, label and pair.",
            [.optional("limit", "Entries of each list, 10 where it is absent.")]),
        APIOperation("get", "/api/v1/status/walreplay", "How far the replay of the log is: done, as the port opens after it."),
        APIOperation(
            "post", "/api/v1/read", "Raw samples for other servers (remote read): snappy protobuf, or a stream of chunks.",
            answer: .binary("application/x-protobuf")),
        APIOperation(
            "get", "/federate", "Newest samples of the selected series, Prometheus text format.",
            [.list("match[]", "A selector; at least one for any sample.")], answer: .text),
        APIOperation(
            "post put", "/api/v1/admin/tsdb/delete_series", "Deletes samples. Only where api.admin is true.",
            [.list("match[]", "A selector; at least one."), .start, .end], answer: nil),
        APIOperation(
            "post put", "/api/v1/admin/tsdb/snapshot", "Copies metrics and logs as they run. Only where api.admin is true.",
            [.optional("skip_head", "`true` leaves out samples that stand in no block yet.")]),
        APIOperation(
            "post put", "/api/v1/admin/tsdb/clean_tombstones", "Frees deleted samples' space. Only where api.admin is true.",
            answer: nil),
        APIOperation("get", "/api/v1/openapi.yaml", "This document (JSON, which YAML readers take).", answer: .json),
        APIOperation("get head", "/-/healthy", "Answers while the process serves.", answer: .text),
        APIOperation("get head", "/-/ready", "Answers once queries are.", answer: .text),
    ]
}
