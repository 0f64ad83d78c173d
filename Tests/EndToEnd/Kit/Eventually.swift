/// What a test waited for in vain.
struct NeverHappened: Error, CustomStringConvertible {
    var description: String
}

/// Asks for something again and again until it is there; when the time is over the test fails with what was waited for.
///
/// An error of `find` counts as "not yet"; the last one is told.
@discardableResult
func eventually<Value>(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(30), _ find: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    var last = ""
    while true {
        // Looked at before the question: where other tests kept this one from running, it is asked once more after the end.
        let isOver = ContinuousClock.now >= end
        do {
            if let found = try await find() { return found }
            last = ""
        } catch {
            last = ": \(error)"
        }
        guard !isOver else { throw NeverHappened(description: "waited \(limit) in vain for \(what())\(last)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}
