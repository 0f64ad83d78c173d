import LogQL
import Synchronization
import Telemetry

/// Entries of a tail on their way to a client that may be slower than they come: bounded, the oldest make room and are told as dropped.
final class TailBuffer: Sendable {
    /// Most entries that wait.
    static let maximumEntries = 10_000
    /// Most bytes of lines that wait.
    static let maximumBytes = 16 << 20
    /// Most dropped entries told one by one in a frame.
    static let maximumDropped = 100

    /// An entry that the client did not get.
    struct Dropped: Equatable {
        var labels: Labels
        var timestamp: Nanoseconds
    }

    /// What goes to the client at once.
    struct Frame: Equatable {
        var streams: [LogStreamResult] = []
        var dropped: [Dropped] = []
    }

    fileprivate struct State {
        var waiting: [(labels: Labels, entry: LogEntryResult)] = []
        /// Entries before this one were dropped; removed when half of what is there is gone, so that dropping stays cheap.
        var first = 0
        var bytes = 0
        var dropped: [Dropped] = []
    }

    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    /// Speaks up when something waits.
    let arrivals: AsyncStream<Void>

    init() {
        (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds what arrived; answers how many older entries had to go.
    @discardableResult
    func append(_ streams: [LogStreamResult]) -> Int {
        guard !streams.isEmpty else { return 0 }
        let dropped = state.withLock { state in
            for stream in streams {
                for entry in stream.entries {
                    state.waiting.append((stream.labels, entry))
                    state.bytes += entry.line.count
                }
            }
            return state.makeRoom()
        }
        signal.yield()
        return dropped
    }

    /// Nothing more will come.
    func finish() { signal.finish() }

    /// Takes all that waits, in the order of time.
    func take() -> Frame? {
        state.withLock { state in
            guard state.waiting.count > state.first || !state.dropped.isEmpty else { return nil }
            let entries = state.waiting[state.first...].enumerated().sorted {
                ($0.element.entry.timestamp, $0.offset) < ($1.element.entry.timestamp, $1.offset)
            }
            defer { state = State() }
            return Frame(streams: LogStreamResult.grouped(entries.map(\.element)), dropped: state.dropped)
        }
    }
}

extension TailBuffer.State {
    fileprivate mutating func makeRoom() -> Int {
        var count = 0
        while waiting.count - first > TailBuffer.maximumEntries || bytes > TailBuffer.maximumBytes {
            let (labels, entry) = waiting[first]
            bytes -= entry.line.count
            if dropped.count < TailBuffer.maximumDropped {
                dropped.append(TailBuffer.Dropped(labels: labels, timestamp: entry.timestamp))
            }
            first += 1
            count += 1
        }
        if first > waiting.count / 2 {
            waiting.removeFirst(first)
            first = 0
        }
        return count
    }
}
