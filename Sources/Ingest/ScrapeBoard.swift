package import Parsing
private import Synchronization
package import Telemetry

/// How the last scrape of each target went, for whoever wants to know: written by the scraper, read by the API.
package final class ScrapeBoard: Sendable {
    /// How old what a target says about its metrics gets before it is read again: it hardly ever changes.
    static let metadataAge: Milliseconds = 60_000

    /// One target's entry.
    package struct Entry: Sendable {
        package var target: ScrapeTarget
        /// 0 where it was not scraped yet.
        package var time: Milliseconds = 0
        package var seconds = 0.0
        /// Why the target is down; nil where it is up.
        package var failure: String?
        /// What the target says about its metrics, and when that was read.
        package var metadata: [ExpositionMetadata] = []
        var metadataTime: Milliseconds = 0

        package init(target: ScrapeTarget) {
            self.target = target
        }
    }

    private let state = Mutex<(order: [ScrapeTarget], entries: [ScrapeTarget: Entry])>(([], [:]))

    package init() {}

    /// Every target, in the order in which they were made known.
    package var entries: [Entry] {
        state.withLock { state in state.order.compactMap { state.entries[$0] } }
    }

    /// Makes targets known before their first scrape, in place of those known so far.
    func replace(_ targets: [ScrapeTarget]) {
        state.withLock { state in
            let old = state.entries
            state.order = []
            state.entries = [:]
            for target in targets where state.entries[target] == nil {
                state.order.append(target)
                state.entries[target] = old[target] ?? Entry(target: target)
            }
        }
    }

    /// Notes a scrape; of a target that is not known it is forgotten.
    func note(_ target: ScrapeTarget, at time: Milliseconds, seconds: Double, failure: String?) {
        state.withLock { state in
            guard state.entries[target] != nil else { return }
            state.entries[target]?.time = time
            state.entries[target]?.seconds = seconds
            state.entries[target]?.failure = failure
        }
    }

    /// Reads what an exposition says about its metrics, where that is due.
    func note(_ target: ScrapeTarget, exposition: [UInt8], at time: Milliseconds) {
        let isDue = state.withLock { state in
            state.entries[target].map { time - $0.metadataTime >= ScrapeBoard.metadataAge } ?? false
        }
        guard isDue else { return }
        let metadata = ExpositionMetadata.parse(exposition)
        state.withLock { state in
            state.entries[target]?.metadata = metadata
            state.entries[target]?.metadataTime = time
        }
    }
}
