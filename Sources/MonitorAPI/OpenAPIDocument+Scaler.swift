extension OpenAPIDocument {
    private static let by = APIOperation.Parameter.optional("by", "Who says so.")
    private static let role = APIOperation.Parameter.optional("role", "Only this role; all where it is absent.")

    /// The scaler's bounds, schedules and reports.
    static let scaler: [APIOperation] = [
        APIOperation(
            "get", "/api/magewatch/v1/scaler", "Modes, guard rails with their figures, freezes and stand-downs.",
            answer: .schema("ScalerStatus", isList: false)),
        APIOperation(
            "post", "/api/magewatch/v1/scaler/freeze", "Has the scaler leave things as they are for a time.",
            [
                .required("for", "How long, such as 2h; at most 90d."), .required("why", "The reason."), role,
                .optional("everything", "`true` leaves failovers, strays and bans to people, too."), by,
            ], answer: .schema("ScalerStatus", isList: false)),
        APIOperation(
            "post", "/api/magewatch/v1/scaler/thaw", "Ends freezes and stand-downs.", [role, by], answer: .json),
        APIOperation(
            "get", "/api/magewatch/v1/scaler/report",
            "Decisions beside what happened after them, and other policies on the same demand.",
            [.optional("since", "How far back, 7d where it is absent, at most 90d."), role],
            answer: .schema("ScalerReport", isList: false)),
        APIOperation(
            "post", "/api/magewatch/v1/plans/{id}/reject", "Drops a proposed plan.", [.optional("why", "The reason."), by],
            answer: .json),
        APIOperation(
            "get", "/api/magewatch/v1/schedules", "Schedules and when each comes next.",
            answer: .schema("Schedule", isList: true)),
        APIOperation(
            "post", "/api/magewatch/v1/schedules", "Adds a schedule.",
            [
                .required("schedule", "For instance `every Friday 18:00 +3 web for 4h`."),
                .optional("name", "What it is removed by; the schedule itself where it is absent."), by,
            ], answer: .schema("Schedule", isList: true)),
        APIOperation(
            "post", "/api/magewatch/v1/schedules/remove", "Removes a schedule that was added.",
            [.required("name", "Which one."), by], answer: .schema("Schedule", isList: true)),
        APIOperation(
            "get", "/api/magewatch/v1/waf/allowed", "Addresses and networks that are not banned for a time.", answer: .json),
        APIOperation(
            "post", "/api/magewatch/v1/waf/allowed",
            "Has nobody of an address or a network banned for a time, and lifts the bans there are.",
            [
                .required("address", "An address or a network."), .required("for", "How long, such as 30d; at most 365d."),
                .required("why", "The reason."), by,
            ], answer: .json),
        APIOperation(
            "post", "/api/magewatch/v1/waf/allowed/remove", "Ends such a time.",
            [.required("address", "As it was given."), by], answer: .json),
    ]
}
