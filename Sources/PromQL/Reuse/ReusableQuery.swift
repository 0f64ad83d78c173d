import Telemetry

/// A range query whose value at a step depends on nothing but samples up to that step: as good as the same query of another time, where
/// the steps are the same.
struct ReusableQuery: Hashable, Sendable {
    private let text: String
    private let step: Milliseconds
    /// Where steps lie between two multiples of the step.
    private let phase: Milliseconds
    private let lookback: Milliseconds

    /// - Returns: `nil` where the query looks ahead, or asks when or for how long it is asked.
    init?(_ expression: Expression, _ options: PromQLEngine.Options, over grid: Grid) {
        guard ReusableQuery.dependsOnStepsAlone(expression) else { return nil }
        text = expression.description
        step = grid.step
        phase = grid.start % grid.step
        lookback = options.lookback
    }

    private static func dependsOnStepsAlone(_ expression: Expression) -> Bool {
        let isFine =
            switch expression.kind {
            case .selector(let selector): isFine(selector.shift) && selector.reach != .smoothed
            case .range(let selector, let window):
                isFine(selector.shift) && selector.reach != .smoothed && window.literalSeconds != nil
            case .subquery(let subquery):
                isFine(subquery.shift) && subquery.window.literalSeconds != nil
                    && (subquery.step == nil || subquery.step?.literalSeconds != nil)
            case .call(let name, _): !["start", "end", "range"].contains(name)
            // Which series are the first ones, or in what order they come, depends on all that are selected.
            case .aggregation(let aggregation): aggregation.aggregator != .limitk
            case .number, .string, .binary, .unary, .parenthesized: true
            }
        return isFine && expression.kind.children.allSatisfy(dependsOnStepsAlone)
    }

    private static func isFine(_ shift: TimeShift) -> Bool {
        guard shift.pin == nil else { return false }
        guard let offset = shift.offset else { return true }
        return (offset.literalSeconds ?? -1) >= 0
    }
}
