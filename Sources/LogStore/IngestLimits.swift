package import Telemetry

extension LogStore {
    /// What becomes of lines over the limit.
    package enum LongLines: String, Sendable {
        /// They are cut there, and marked with `LogBatch.cutMarker`.
        case cut
        /// They are refused as `line_too_long`.
        case refuse
    }

    /// How much the streams that pass a selector may send, each for itself. The first limit that a stream passes counts.
    package struct RateLimit: Sendable {
        package var matchers: [LabelMatcher]
        /// Bytes of text a second, over time.
        package var bytesPerSecond: Int
        /// Bytes of text that may come at once after a quiet time.
        package var burstBytes: Int

        package init(matchers: [LabelMatcher], bytesPerSecond: Int, burstBytes: Int) {
            self.matchers = matchers
            self.bytesPerSecond = bytesPerSecond
            self.burstBytes = burstBytes
        }
    }
}

/// What a stream may still send. Filled up by maintenance, so that taking entries in needs no clock.
struct RateAllowance: Sendable {
    private let limit: LogStore.RateLimit?
    private var bytes: Int
    private var filled: Nanoseconds?

    init(_ limit: LogStore.RateLimit?) {
        self.limit = limit
        bytes = limit?.burstBytes ?? .max
    }

    /// Takes an entry of so many bytes; false where it is too much.
    mutating func take(_ count: Int) -> Bool {
        guard limit != nil else { return true }
        guard bytes >= count else { return false }
        bytes -= count
        return true
    }

    /// Adds what the time since the last call gives.
    mutating func fill(now: Nanoseconds) {
        guard let limit else { return }
        defer { filled = now }
        guard let filled, now > filled else { return }
        // Nobody gains from more seconds than the burst takes; the product stays small.
        let seconds = min(Double(now - filled) / 1e9, Double(limit.burstBytes) / Double(max(1, limit.bytesPerSecond)) + 1)
        bytes = min(limit.burstBytes, bytes + Int(seconds * Double(limit.bytesPerSecond)))
    }
}
