package import Telemetry
import Topology

/// Stretches of time that limits go by: the last sixty minutes, the day and the month of the calendar, in UTC as bills are.
package enum SpendingWindow: String, Sendable, CaseIterable {
    case hour, day, month

    /// `in the last hour`, `today`, `this month`.
    var words: String {
        switch self {
        case .hour: "in the last hour"
        case .day: "today"
        case .month: "this month"
        }
    }

    /// When the window that a moment lies in began.
    package func start(at now: Milliseconds) -> Milliseconds {
        switch self {
        case .hour: now - 3_600_000
        case .day: CivilTime.startOfDay(now)
        case .month: CivilTime.startOfMonth(now)
        }
    }
}

/// What a lease was or is, as far as it costs: the ledger's line.
package struct LeaseSpan: Sendable, Equatable {
    package var server: String
    package var from: Milliseconds
    /// Nil while it runs on.
    package var until: Milliseconds?
    package var periodSeconds: Double

    package init(server: String, from: Milliseconds, until: Milliseconds? = nil, periodSeconds: Double) {
        self.server = server
        self.from = from
        self.until = until
        self.periodSeconds = periodSeconds
    }

    /// Periods that began from a time on; a period is owed when it begins, the first at once.
    package func periods(from start: Milliseconds, at now: Milliseconds) -> Int {
        guard from <= now else { return 0 }
        let period = max(1, periodSeconds * 1000)
        func begun(before time: Milliseconds) -> Int {
            let elapsed = Double(time - from)
            return elapsed > 0 ? Int(min(1e9, (elapsed / period).rounded(.up))) : 0
        }
        let all = max(1, begun(before: max(from, min(until ?? now, now))))
        return max(0, all - begun(before: start))
    }
}

/// What the ledger says has been spent, and how many leases have begun.
package struct Spending: Sendable {
    private let ledger: [LeaseSpan]
    private let rails: GuardRails
    private let now: Milliseconds

    package init(_ ledger: [LeaseSpan], _ rails: GuardRails, at now: Milliseconds) {
        self.ledger = ledger
        self.rails = rails
        self.now = now
    }

    /// Money that periods which began in a window cost.
    package func money(in window: SpendingWindow) -> Double { money(since: window.start(at: now)) }

    /// Money that periods which began from a time on cost.
    package func money(since start: Milliseconds) -> Double {
        ledger.reduce(0) { $0 + rails.price(periods: $1.periods(from: start, at: now), of: $1.periodSeconds) }
    }

    /// Leases that began in a window.
    package func leases(in window: SpendingWindow) -> Int {
        let start = window.start(at: now)
        return ledger.count { $0.from >= start && $0.from <= now }
    }
}
