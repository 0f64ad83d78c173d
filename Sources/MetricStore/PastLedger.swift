internal import Telemetry

/// How far readers were told that the past is settled, and how often it changed all the same.
struct PastLedger: Sendable {
    /// Samples younger than this, by the clock, are still expected: senders that lag so far are the rule.
    static let settlingTime: Milliseconds = 300_000

    private var promised = Milliseconds.min
    private var version: UInt64 = 0

    /// Tells a reader what it may rely on.
    mutating func settled(at now: Milliseconds) -> SettledPast {
        let through = now.saturatingAdd(-PastLedger.settlingTime)
        promised = max(promised, through)
        return SettledPast(through: through, version: version)
    }

    /// Samples from a time on have changed.
    mutating func note(changeAt time: Milliseconds) {
        if time <= promised { version += 1 }
    }

    /// Some of the past is gone or hidden.
    mutating func noteLoss() { version += 1 }
}
