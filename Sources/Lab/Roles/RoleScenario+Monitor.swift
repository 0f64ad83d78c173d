import Foundation
import Topology

extension RoleScenario {
    /// One program sends more than it may: what is over its limit is refused and told of, and what others send at the same time is kept, line by line.
    func saturateMonitor(_ result: inout Result) async throws {
        timeline.heading("monitor: a program sends more than it may")
        let began = Timeline.now
        let watch = try witness(of: .monitor)
        let calm = RoleScenario.sender("calm", lines: 1, bytes: 60)
        let loud = RoleScenario.sender(RoleMonitorConfiguration.limitedApplication, lines: 100, bytes: 1000)
        let others = Witness("calm")
        let floods = (0..<2).map { Witness("flood \($0)") }
        others.start(from: try stack.vantage(), calm)
        for flood in floods { flood.start(from: try stack.vantage(), beat: .milliseconds(20), loud) }
        defer { for witness in [watch, others] + floods { witness.stop() } }
        var fired: Double?
        _ = try await wait(20) {
            fired = observations.alerts(RoleRules.monitorAlert, after: began).first.map { ($0.from - began) / 1000 }
            return fired != nil
        }
        try await Task.sleep(for: .seconds(3))
        for witness in [others] + floods { witness.stop() }
        let sent = others.account(since: began)
        let kept = sent.attempts.count - sent.failures
        let query = "{app=\"calm\"}"
        let isKept = try await wait(10, every: .milliseconds(200)) {
            (try? await monitor.lines(query, limit: 5000).count) ?? 0 >= kept
        }
        let refused = floods.map { $0.account(since: began).failures }.reduce(0, +)
        let api = watch.account(since: began)
        let text = fired.map { "alert after \(durationText($0 * 1000))" } ?? "no alert"
        result.verdicts.append(
            Verdict(
                "monitor is saturated",
                "lines over a program's limit: \(text); \(refused) batches refused, \(kept) of others kept",
                unless: [
                    (fired == nil, "the alert \(RoleRules.monitorAlert) did not fire"), (refused == 0, "nothing was refused"),
                    (sent.failures > 0, "others were refused: \(sent.firstFailure ?? "")"),
                    (!isKept, "lines of others that were acknowledged are not found"),
                    (api.failures > 0, "its API did not answer: \(api.firstFailure ?? "")"),
                ]))
        result.update(.monitor) {
            $0.saturates = .init(
                "lines over a limit: \(text)", seconds: fired, barSeconds: RoleScenario.alertSeconds,
                held: fired.map { $0 <= RoleScenario.alertSeconds } ?? false)
            $0.scales = .init("alert only: the sender is told to wait")
        }
    }

    /// Sends a batch of lines by Loki's protocol; fails where it is not acknowledged.
    private static func sender(_ application: String, lines: Int, bytes: Int) -> @Sendable () throws -> Void {
        let filling = String(repeating: "x", count: bytes)
        return {
            let now = Int64(Timeline.now * 1_000_000)
            let values = (0..<lines).map { "[\"\(now + Int64($0))\",\"\($0) \(filling)\"]" }.joined(separator: ",")
            var request = PlainHTTP.Request(
                "POST", address: RoleMachine.monitorAddress, port: AddressPlan.ingestPort, path: "/loki/api/v1/push")
            request.headers = [("Content-Type", "application/json")]
            request.body = "{\"streams\":[{\"stream\":{\"app\":\"\(application)\"},\"values\":[\(values)]}]}"
            request.timeout = .seconds(2)
            let answer = try PlainHTTP.exchange(request)
            guard (200..<300).contains(answer.status) else {
                throw LabError(.answer, "status \(answer.status): \(answer.text.prefix(80))")
            }
        }
    }
}
