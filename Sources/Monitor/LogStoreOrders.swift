import LogStore
import MonitorAPI
import NIOPosix
import StateStore
import Telemetry

/// Orders of the API to the log store. A deletion is carried out before it is acknowledged, so there is never one to cancel.
struct LogStoreOrders: LogDeletions {
    let store: LogStore
    let state: StateStore

    func request(_ query: String, matching matchers: [LabelMatcher], in range: ClosedRange<Nanoseconds>) async throws {
        // The store's ranges have no end of their own; its threads wait for the disk.
        let end = range.upperBound == .max ? range.upperBound : range.upperBound + 1
        try await NIOThreadPool.singleton.runIfActive {
            try store.delete(matching: matchers, in: range.lowerBound..<max(end, range.lowerBound))
            try state.addLogDeletion(
                LogDeletionRecord(query: query, range: range, time: SystemClock.milliseconds() * 1_000_000))
        }
    }

    func all() async throws -> [LogDeletionReport] {
        try state.logDeletions().map {
            LogDeletionReport(id: "\($0.id)", query: $0.query, range: $0.range, createdAt: $0.time, state: .processed)
        }
    }

    func cancel(_ id: String) async throws {
        guard try state.logDeletions().contains(where: { "\($0.id)" == id }) else {
            throw APIError(.notFound, "there is no deletion \"\(id)\": GET /loki/api/v1/delete lists them")
        }
        throw APIError(.badData, "deletion \"\(id)\" is carried out: the entries are gone")
    }
}
