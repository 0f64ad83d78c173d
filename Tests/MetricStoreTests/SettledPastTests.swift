import Synchronization
import Telemetry
import TestKit
import Testing

@testable import MetricStore

@Suite("What the store says of its past") struct SettledPastTests {
    @Test("What was settled is the same for as long as the version is", arguments: 1...4)
    func promiseHolds(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory("past")
        let clock = Mutex<Milliseconds>(10_000_000)
        let now: @Sendable () -> Milliseconds = { clock.withLock { $0 } }
        let fixture = try StoreFixture(directory.path) { options in
            options.clock = now
            options.retention = nil
        }
        var seen: (past: SettledPast, contents: Contents)?
        var broken = 0
        for _ in 0..<200 {
            clock.withLock { $0 += 60_000 }
            // Most samples come in time, some late.
            let lag = Milliseconds([0, 0, 0, 10_000, 400_000, 3_000_000].randomElement(using: &random) ?? 0)
            _ = try await fixture.append(series(Int.random(in: 0..<4, using: &random)), Double(now()), at: now() - lag)
            if Int.random(in: 0..<40, using: &random) == 0 {
                try fixture.store.delete(matching: [.equal("instance", "i1")], in: now() - 2_000_000...now() - 1_000_000)
            }
            guard let past = fixture.store.settledPast() else { continue }
            if let seen, seen.past.version == past.version {
                let range = Milliseconds(-1_000_000_000)...seen.past.through
                #expect(try fixture.contents(range) == seen.contents, "seed \(seed)")
            } else {
                broken += 1
            }
            seen = (past, try fixture.contents(-1_000_000_000...past.through))
        }
        #expect(broken > 1 && broken < 200, "seed \(seed): the version changed \(broken) times")
        try fixture.store.close()
    }
}
