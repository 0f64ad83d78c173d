package import Telemetry

/// Removal of log entries on request: what `/loki/api/v1/delete` calls, where the operator allowed it.
package protocol LogDeletions: Sendable {
    /// Asks for the entries of the range to be removed from all streams that pass the matchers. A request can be cancelled until it is
    /// carried out; after that the bytes are gone.
    /// - Parameter query: the matchers as they were written.
    func request(_ query: String, matching matchers: [LabelMatcher], in range: ClosedRange<Nanoseconds>) async throws
    /// All requests known, the newest first.
    func all() async throws -> [LogDeletionReport]
    /// Withdraws a request; throws where there is none, or it is too late.
    func cancel(_ id: String) async throws
}

/// A request to remove entries.
package struct LogDeletionReport: Sendable, Equatable {
    /// How far it is.
    package enum State: String, Sendable { case received, processed }

    package var id: String
    package var query: String
    package var range: ClosedRange<Nanoseconds>
    package var createdAt: Nanoseconds
    package var state: State

    package init(id: String, query: String, range: ClosedRange<Nanoseconds>, createdAt: Nanoseconds, state: State) {
        self.id = id
        self.query = query
        self.range = range
        self.createdAt = createdAt
        self.state = state
    }
}
