/// Takes samples in. Returns only when they are durable: what a sender is told is kept, is kept.
package protocol SampleSink: Sendable {
    /// - Throws: ``SinkError`` where nothing of the batch was kept.
    func append(_ batch: SampleBatch) async throws -> AppendOutcome
}

/// Takes log entries in. Returns only when they are durable.
package protocol LogSink: Sendable {
    /// - Throws: ``SinkError`` where nothing of the batch was kept.
    func append(_ batch: LogBatch) async throws -> AppendOutcome
}

/// What became of a batch: how many were kept, and why others were not.
package struct AppendOutcome: Sendable, Equatable {
    package var accepted: Int
    /// How many of those are native histograms.
    package var histograms = 0
    /// Exemplars kept, or known already.
    package var exemplars = 0
    /// Refused for good (sending them again would not help), by reason.
    package var refused: [String: Int]
    /// By entry of the batch, whether it was stored just now: neither refused nor known already; nil where all were.
    package var stored: [Bool]?

    package init(accepted: Int = 0, refused: [String: Int] = [:], stored: [Bool]? = nil) {
        self.accepted = accepted
        self.refused = refused
        self.stored = stored
    }

    package var refusedCount: Int { refused.values.reduce(0, +) }
}

/// Why a sink kept nothing of a batch.
package struct SinkError: Error, Sendable, CustomStringConvertible {
    /// What the sender should do about it.
    package enum Code: String, Sendable {
        /// Too much at once: send again later (HTTP 429).
        case overloaded
        /// Disk full, store closed or failing: send again later (HTTP 503).
        case unavailable
        /// Will never be taken (HTTP 400).
        case invalid
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
