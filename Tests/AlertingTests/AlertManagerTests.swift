import Alerting
import Foundation
import StateStore
import Synchronization
import Telemetry
import TestKit
import Testing

private final class Memory: SampleSink {
    let batches = Mutex<[SampleBatch]>([])

    func append(_ batch: SampleBatch) async throws -> AppendOutcome {
        batches.withLock { $0.append(batch) }
        return AppendOutcome(accepted: batch.sampleCount)
    }

    var written: [(String, Double)] {
        batches.withLock { batches in
            batches.flatMap { batch in
                batch.series.map { (batch.labels(of: $0).description, batch.values[$0.samples.lowerBound]) }
            }
        }
    }
}

@Suite struct AlertManagerTests {
    private func manager(
        _ state: StateStore, sink: Memory = Memory(), notifier: Notifier? = nil, metrics: SelfMetrics = SelfMetrics(),
        rules: String = RuleTests.simple, query: @escaping RuleQuery = { _, _ in [RuleElement(["role": "web"], 0.9)] }
    ) throws -> AlertManager {
        try AlertManager(
            groups: [try RuleTests.group(rules)], query: query, state: state, sink: sink,
            notifier: notifier ?? Notifier(receivers: [], metrics: metrics), metrics: metrics)
    }

    @Test("A restart does not begin the wait anew")
    func restart() async throws {
        let state = try StateStore()
        try await manager(state).evaluate(at: 10_000)
        let second = try manager(state)
        try await second.evaluate(at: 30_000)
        #expect(await second.active().map(\.state) == [.firing])
        #expect(await second.active().map(\.activeAt) == [10_000])
        let third = try manager(state)
        #expect(await third.orders(at: 30_000).count == 1)
    }

    @Test("A silence takes away the order, and gives it back when it ends")
    func silenced() async throws {
        let manager = try manager(try StateStore())
        try await manager.evaluate(at: 0)
        try await manager.evaluate(at: 20_000)
        let id = try await manager.putSilence(
            SilenceRecord(
                id: "", matchers: [.equal("role", "web")], startsAt: 0, endsAt: 90_000, createdBy: "me", comment: ""))
        #expect(await manager.orders(at: 20_000).isEmpty)
        #expect(await manager.active().count == 1)
        try await manager.expireSilence(id, at: 30_000)
        #expect(await manager.orders(at: 30_000).count == 1)
        await #expect(throws: AlertingError.self) { try await manager.expireSilence("no", at: 1) }
    }

    @Test("Recorded series and ALERTS are written; those that end get a stale marker")
    func series() async throws {
        let isTrue = Mutex(true)
        let sink = Memory()
        let manager = try manager(
            try StateStore(), sink: sink, rules: "  - {record: 'a:b', expr: x}\n  - {alert: A, expr: 'a:b > 0'}\n",
            query: { _, _ in isTrue.withLock { $0 } ? [RuleElement(["role": "web"], 2)] : [] })
        try await manager.evaluate(at: 0)
        #expect(sink.batches.withLock { $0.count } == 2)
        #expect(sink.written.first?.0 == "a:b{role=\"web\"}")
        isTrue.withLock { $0 = false }
        try await manager.evaluate(at: 5000)
        #expect(sink.written.count == 3)
        try await manager.evaluate(at: 10_000)
        #expect(sink.written.count == 6)
        #expect(sink.written.suffix(3).allSatisfy { $0.1.bitPattern == SampleBatch.staleMarker.bitPattern })
    }

    @Test("A rule that fails is counted, and the others go on")
    func failing() async throws {
        let metrics = SelfMetrics()
        let manager = try manager(
            try StateStore(), metrics: metrics, rules: "  - {alert: A, expr: bad}\n  - {alert: B, expr: good}\n",
            query: { expression, _ in
                if expression == "bad" { throw SinkError(.unavailable, "no store") }
                return [RuleElement(.empty, 1)]
            })
        try await manager.evaluate(at: 0)
        #expect(await manager.active().map(\.name) == ["B"])
        #expect(metrics.value("magewatch_rule_failures_total", ["group": "g", "rule": "A"]) == 1)
    }

    @Test("Alerts from outside are orders until they end or are no longer sent")
    func external() async throws {
        let manager = try manager(try StateStore(), query: { _, _ in [] })
        let alert = Alert(labels: ["alertname": "X", "action": "scale"], state: .firing, value: 1, activeAt: 0)
        try await manager.receive([alert], at: 0)
        #expect(await manager.orders(at: 0).count == 1)
        try await manager.evaluate(at: 299_999)
        #expect(await manager.orders(at: 299_999).count == 1)
        try await manager.evaluate(at: 300_000)
        #expect(await manager.orders(at: 300_000).isEmpty)
        await #expect(throws: AlertingError.self) {
            try await manager.receive([Alert(labels: .empty, state: .firing, value: 1, activeAt: 0)], at: 0)
        }
    }

    @Test("A receiver is told once, again at its interval, and when it is over; failures are tried again")
    func notifications() async throws {
        let isTrue = Mutex(true)
        let bodies = Mutex<[String]>([])
        let attempts = Mutex(0)
        let metrics = SelfMetrics()
        let notifier = Notifier(
            receivers: [Receiver(name: "r", url: "http://x", repeatSeconds: 100)], metrics: metrics,
            transport: { _, body in
                let attempt = attempts.withLock { count in
                    count += 1
                    return count
                }
                if attempt == 1 { return 503 }
                bodies.withLock { $0.append(String(decoding: body, as: UTF8.self)) }
                return 200
            }, sleep: { _ in })
        let manager = try manager(
            try StateStore(), notifier: notifier, rules: "  - {alert: A, expr: up}\n",
            query: { _, _ in isTrue.withLock { $0 } ? [RuleElement(["role": "web"], 1)] : [] })
        for time in stride(from: Int64(0), through: 100_000, by: 10_000) { try await manager.evaluate(at: time) }
        isTrue.withLock { $0 = false }
        try await manager.evaluate(at: 110_000)
        try await manager.evaluate(at: 120_000)
        await notifier.finish()
        await notifier.run()
        let texts = bodies.withLock { $0 }
        #expect(texts.count == 3)
        #expect(texts.first?.contains("\"startsAt\":\"1970-01-01T00:00:00.000Z\"") == true)
        #expect(texts.first?.contains("\"version\":\"4\"") == true)
        #expect(texts.last?.contains("\"status\":\"resolved\"") == true)
        #expect(metrics.value("magewatch_notifications_total", ["receiver": "r", "outcome": "sent"]) == 3)
    }
}
