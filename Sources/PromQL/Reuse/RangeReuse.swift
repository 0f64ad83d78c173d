internal import Synchronization
import Telemetry

/// What range queries found for steps whose samples change no more: a dashboard that asks again for the last day has only the last minutes
/// computed.
///
/// An answer is kept for as long as the source says that its past is the same (see ``Telemetry/SettledPast``), and only up to where it is
/// settled. The least recently used go where more than ``maximumSamples`` are kept.
package final class RangeReuse: Sendable {
    /// How much was reused.
    package struct Statistics: Sendable, Equatable {
        /// Steps of range queries that were asked for, and those of them that were there.
        package var steps = 0
        package var reusedSteps = 0
        /// Samples kept.
        package var samples = 0
    }

    private struct Entry {
        var found: RangeResult
        var version: UInt64
        var lastUse: UInt64
    }

    private struct State {
        var entries: [ReusableQuery: Entry] = [:]
        var statistics = Statistics()
        var uses: UInt64 = 0
    }

    /// Most samples that are kept in all; one answer may have a quarter. 16 bytes each.
    package let maximumSamples: Int
    /// Most answers that are kept.
    package static let maximumEntries = 1000
    private let state = Mutex(State())

    package init(maximumSamples: Int = 1_000_000) {
        self.maximumSamples = maximumSamples
    }

    package var statistics: Statistics { state.withLock { $0.statistics } }

    /// The answer to a query, the part of it that is known from memory.
    func result(
        of query: ReusableQuery, over grid: Grid, _ past: SettledPast,
        _ evaluate: (Grid) throws(PromQLError) -> QueryResult
    ) throws(PromQLError) -> QueryResult {
        let known = take(query, past.version, over: grid)
        state.withLock { state in
            state.statistics.steps += grid.count
            state.statistics.reusedSteps += known?.grid.count ?? 0
        }
        let rest = known.map { grid.dropping($0.grid.count) } ?? grid
        var found: RangeResult
        if rest.count > 0 {
            guard let computed = RangeResult(try evaluate(rest), over: rest) else { return try evaluate(grid) }
            found = known.map { $0.joined(with: computed) } ?? computed
        } else if let known {
            found = known
        } else {
            return try evaluate(grid)
        }
        let answer = found.result
        found.keep(through: past.through)
        put(found, query, past.version)
        return answer
    }

    /// The longest beginning of the grid that is known.
    private func take(_ query: ReusableQuery, _ version: UInt64, over grid: Grid) -> RangeResult? {
        state.withLock { state in
            guard let entry = state.entries[query], entry.version == version else { return nil }
            state.uses += 1
            state.entries[query]?.lastUse = state.uses
            return entry.found.part(over: grid)
        }
    }

    private func put(_ found: RangeResult, _ query: ReusableQuery, _ version: UInt64) {
        state.withLock { state in
            var found = found
            if let old = state.entries[query], old.version == version {
                if old.found.covers(found.grid) { return }
                // A panel of an hour must not take from one of a day what is known of the rest of the day.
                let joined = old.found.extended(with: found)
                if let joined, joined.sampleCount <= maximumSamples / 4 { found = joined }
            }
            guard found.grid.count > 0, found.sampleCount <= maximumSamples / 4 else { return }
            state.uses += 1
            state.statistics.samples += found.sampleCount - (state.entries[query]?.found.sampleCount ?? 0)
            state.entries[query] = Entry(found: found, version: version, lastUse: state.uses)
            while state.statistics.samples > maximumSamples || state.entries.count > RangeReuse.maximumEntries {
                guard let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
                state.statistics.samples -= oldest.value.found.sampleCount
                state.entries[oldest.key] = nil
            }
        }
    }
}
