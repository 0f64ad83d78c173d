import Telemetry
import TestKit
import Testing

@testable import LogStore

@Suite("Limits on what comes in")
struct LimitTests {
    private func open(_ directory: TemporaryDirectory, _ change: (inout LogStore.Options) -> Void) throws -> LogStore {
        var options = LogStore.Options()
        options.retention = nil
        change(&options)
        return try LogStore(directory: directory.path + "/logs", options: options, metrics: SelfMetrics())
    }

    @Test("A stream that sends too much is held to its rate, others are not")
    func rate() async throws {
        let directory = try TemporaryDirectory("rate")
        let store = try open(directory) {
            $0.rateLimits = [LogStore.RateLimit(matchers: [.equal("app", "noisy")], bytesPerSecond: 100, burstBytes: 300)]
        }
        let lines = (0..<10).map { (Nanoseconds($0), String(repeating: "x", count: 50)) }
        func send(_ app: String) async throws -> AppendOutcome { try await store.append(batch(lines, ["app": app])) }
        try store.maintain(now: 0)
        #expect(try await send("noisy").refused == ["rate_limited": 4])
        #expect(try await send("quiet").accepted == 10)
        #expect(try await send("noisy").refused == ["rate_limited": 10])
        try store.maintain(now: 10 * second)
        try store.maintain(now: 12 * second)
        #expect(try await send("noisy").accepted == 4)
        try store.maintain(now: 1000 * second)
        #expect(try await send("noisy").accepted == 6)
        #expect(try readAll(store, [.equal("app", "noisy")]).count == 16)
        try store.close()
    }

    @Test(
        "Long lines are cut and marked, or refused, as the configuration wants it", arguments: [LogStore.LongLines.cut, .refuse])
    func longLines(policy: LogStore.LongLines) async throws {
        let directory = try TemporaryDirectory("long")
        let store = try open(directory) {
            $0.maximumLineBytes = 20
            $0.longLines = policy
        }
        let outcome = try await store.append(
            batch([(1, String(repeating: "a", count: 20)), (2, String(repeating: "b", count: 21))]))
        #expect(outcome.refused == (policy == .cut ? [:] : ["line_too_long": 1]))
        let expected = [String(repeating: "a", count: 20), String(repeating: "b", count: 20) + " [cut]"]
        #expect(try texts(readAll(store)) == Array(expected.prefix(policy == .cut ? 2 : 1)))
        try store.close()
    }

    @Test("Entries with too many fields are refused")
    func fields() async throws {
        let directory = try TemporaryDirectory("fields")
        let store = try open(directory) { $0.maximumFields = 3 }
        for count in [3, 4] {
            let metadata = Labels((0..<count).map { Label("f\($0)", "v") })
            let outcome = try await store.append(batch([(1, "x")], metadata: metadata))
            #expect(outcome.refused == (count == 3 ? [:] : ["too_many_fields": 1]))
        }
        try store.close()
    }
}
