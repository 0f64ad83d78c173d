import Telemetry

/// The times at which a node is computed.
struct Grid: Sendable, Equatable {
    var start: Milliseconds
    var step: Milliseconds
    var count: Int

    func time(_ index: Int) -> Milliseconds { start &+ step &* Milliseconds(index) }
    var end: Milliseconds { time(count - 1) }

    /// The steps behind the first ones.
    func dropping(_ steps: Int) -> Grid { Grid(start: time(steps), step: step, count: count - steps) }
}

/// An instant vector at each step. No two rows have equal labels.
struct StepVector {
    var rows: [Row] = []
}

/// What a node yields over a grid.
enum StepValue {
    case scalar([Double])
    case vector(StepVector)
    case string(String)
}
