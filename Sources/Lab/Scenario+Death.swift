import Foundation

extension Scenario {
    /// 5. A member dies with `web1` and `db1` on it: cable out, then power off. Backups serve elsewhere.
    func serverDeath() async throws -> Result {
        timeline.heading("5. Server s1 dies with web1 and db1 on it; visitors come at \(percentText(Pace.death))")
        let database = try stack.vantage(.client2)
        func databaseAnswers() async -> Bool {
            await database.redisAnswers(AddressPlan.db1, port: AddressPlan.databasePort, timeout: .milliseconds(250))
        }
        let didAnswer = await databaseAnswers()
        async let load = generator(.client1).offer(LoadPhase("death", rate: rate(Pace.death), seconds: pace.deathSeconds))
        try await Task.sleep(for: .seconds(2))
        let died = Timeline.now
        try await stack.network.cut("s1")
        try stack.host(.s1).powerOff()
        timeline.note("s1 is dead", at: died)
        let limit = Double(pace.deathSeconds)
        let isDatabaseBack = try await wait(limit) { await databaseAnswers() }
        let databaseAt = Timeline.now
        if isDatabaseBack { timeline.note("db answers again at \(AddressPlan.db1)", at: databaseAt) }
        func webServes() -> Double? {
            observations.backends.first { $0.appearedAt >= died && $0.firstServedAt != nil }?.firstServedAt
        }
        _ = try await wait(max(1, limit - (Timeline.now - died) / 1000)) { webServes() != nil }
        let summary = try await load
        let webAt = webServes()
        let ends = [isDatabaseBack ? databaseAt : nil, webAt].compactMap(\.self)
        let isWhole = ends.count == 2
        let outage = isWhole ? ((ends.max() ?? died) - died) / 1000 : nil
        return Result(
            verdicts: [
                Verdict(
                    "backups serve elsewhere",
                    "db \(isDatabaseBack ? "after \(durationText(databaseAt - died))" : "not"), web's lost container "
                        + "\(webAt.map { "after \(durationText($0 - died))" } ?? "not"); \(describe(summary))",
                    unless: [
                        (!didAnswer, "db did not answer before"), (!isDatabaseBack, "db did not come back"),
                        (webAt == nil, "web's lost container was not replaced"),
                        (summary.failed > 0, "\(summary.failed) requests failed"),
                    ])
            ],
            measures: [
                Measure(
                    "server death to its roles serving", outage.map { Timeline.seconds($0) } ?? "never", bar: "8 s",
                    held: outage.map { $0 <= 8 } ?? false)
            ])
    }
}
