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
    repeat {
        do {
            if let found = try await find() { return found }
            last = ""
        } catch {
            last = ": \(error)"
        }
        try await Task.sleep(for: .milliseconds(20))
    } while ContinuousClock.now < end
    throw NeverHappened(description: "waited \(limit) in vain for \(what())\(last)")
}
