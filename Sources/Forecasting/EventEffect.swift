internal import Glibc
package import Telemetry

/// What an event does to demand: a multiple of the usual, with how sure that is.
///
/// Each past time of the event is compared with the same hours of the days around it that had no event. What somebody declared counts as much
/// as one time; with none of both there is no effect.
package struct EventEffect: Sendable, Equatable {
    /// The expected lift, and what it lies between in eight cases of ten.
    package var lift: Double
    package var low: Double
    package var high: Double
    /// Past times that it rests on.
    package var times: Int

    /// Days before and after that are compared with.
    static let comparedDays = 7
    /// Spread of lifts that is assumed where too few times are known to tell, as a logarithm.
    static let assumedSpread = 0.3

    /// - Parameters:
    ///   - values: one a step, NaN where there is none.
    ///   - end: end of the last step.
    ///   - others: events in which a day is not usual; `event` itself may be among them.
    package init?(
        of event: KnownEvent, values: [Double], end: Milliseconds, stepSeconds: Double, others: [KnownEvent]
    ) {
        let history = SteppedValues(values: values, end: end, stepSeconds: max(1, stepSeconds))
        var logarithms = event.starts.compactMap { start in
            EventEffect.lift(from: start, event, history, others + [event]).map { log($0) }
        }
        times = logarithms.count
        if let declared = event.declaredLift, KnownEvent.liftRange.contains(declared) { logarithms.append(log(declared)) }
        guard !logarithms.isEmpty else { return nil }
        let mean = logarithms.reduce(0, +) / Double(logarithms.count)
        // An assumed spread counts as two times, so that two that happen to agree do not look sure.
        let squares = logarithms.reduce(2 * EventEffect.assumedSpread * EventEffect.assumedSpread) {
            $0 + ($1 - mean) * ($1 - mean)
        }
        let spread = (squares / Double(logarithms.count + 1)).squareRoot()
        // Of the next time, not of the mean.
        let reach = 1.28 * spread * (1 + 1 / Double(logarithms.count)).squareRoot()
        lift = EventEffect.clamped(exp(mean))
        low = EventEffect.clamped(exp(mean - reach))
        high = EventEffect.clamped(exp(mean + reach))
    }

    private static func clamped(_ lift: Double) -> Double {
        min(KnownEvent.liftRange.upperBound, max(KnownEvent.liftRange.lowerBound, lift))
    }

    private static func lift(
        from start: Milliseconds, _ event: KnownEvent, _ history: SteppedValues, _ others: [KnownEvent]
    ) -> Double? {
        guard let during = history.mean(from: start, seconds: event.seconds, without: []) else { return nil }
        let usual = (1...comparedDays).flatMap { [-Int64($0), Int64($0)] }.compactMap { days in
            history.mean(from: start + days * 86_400_000, seconds: event.seconds, without: others)
        }
        guard usual.count >= 2 else { return nil }
        let reference = usual.sorted()[usual.count / 2]
        guard reference > 0, during > 0, (during / reference).isFinite else { return nil }
        return clamped(during / reference)
    }
}

/// Values on even steps, by time.
private struct SteppedValues {
    let values: [Double]
    let end: Milliseconds
    let stepSeconds: Double

    /// The mean of a stretch; nil where less than half of it is known or it reaches beyond what is.
    func mean(from start: Milliseconds, seconds: Double, without events: [KnownEvent]) -> Double? {
        let step = stepSeconds * 1000
        let first = Double(values.count) - Double(end - start) / step
        let last = first + seconds * 1000 / step
        guard first >= 0, last <= Double(values.count) + 1e-9, last - first >= 1 else { return nil }
        guard
            !events.contains(where: { event in
                event.starts.contains {
                    Double($0) < Double(start) + seconds * 1000 && Double($0) + event.seconds * 1000 > Double(start)
                }
            })
        else { return nil }
        let known = values[Int(first)..<min(values.count, Int(last))].filter(\.isFinite)
        guard known.count * 2 >= Int(last) - Int(first), !known.isEmpty else { return nil }
        return known.reduce(0, +) / Double(known.count)
    }
}
