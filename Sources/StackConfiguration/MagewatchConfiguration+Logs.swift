package import Telemetry

extension MagewatchConfiguration {
    /// What log entries may be like, and how many may come.
    package struct Logs: Sendable, Equatable {
        /// What becomes of lines over the limit.
        package enum LongLines: String, Sendable, CaseIterable {
            /// They are cut there, and marked.
            case cut
            /// They are refused, and counted.
            case refuse
        }

        package var maximumLineBytes = LogBatch.maximumLineBytes
        package var longLines = LongLines.cut
        /// Most labels of an entry's structured metadata.
        package var maximumFields = 128
        package var maximumStreams = 100_000
        /// What each stream may send; the first limit whose selector it passes counts.
        package var rateLimits: [RateLimit] = []

        package init() {}
    }

    /// How much each stream that passes a selector may send.
    package struct RateLimit: Sendable, Equatable {
        package var matchers: [LabelMatcher]
        package var bytesPerSecond: Int
        /// Bytes that may come at once after a quiet time.
        package var burstBytes: Int

        package init(matchers: [LabelMatcher], bytesPerSecond: Int, burstBytes: Int) {
            self.matchers = matchers
            self.bytesPerSecond = bytesPerSecond
            self.burstBytes = burstBytes
        }
    }

    /// How long the streams that pass a selector are kept, and how much room they may take all together; the first rule that a stream
    /// passes counts.
    package struct LogRetentionRule: Sendable, Equatable {
        package var matchers: [LabelMatcher]
        /// Age at which entries go.
        package var keepSeconds: Double
        /// Bytes on disk beyond which the oldest go; no limit where there is none.
        package var diskBytes: Int?

        package init(matchers: [LabelMatcher], keepSeconds: Double, diskBytes: Int?) {
            self.matchers = matchers
            self.keepSeconds = keepSeconds
            self.diskBytes = diskBytes
        }
    }
}
