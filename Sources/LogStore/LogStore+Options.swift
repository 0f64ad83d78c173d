package import Telemetry

extension LogStore {
    /// The metadata label that names an entry for retries: used to drop what was sent again, and not stored.
    ///
    /// Two entries of equal stream, time, line and identity are one entry, in one batch or in many. An entry without identity is never
    /// dropped. See the documentation of the module for what senders' decoders should put here.
    package static let retryIdentityLabel = LogBatch.retryIdentityLabel

    /// How a store behaves; the defaults suit one stack.
    package struct Options: Sendable {
        /// Entries older than this are removed, and refused as `too_old`; nil keeps everything.
        package var retention: Nanoseconds? = 14 * 86_400 * 1_000_000_000
        /// Most bytes that all blocks take on disk, those under rules of their own not counted; beyond it the oldest go.
        package var maximumBytes: Int?
        /// Streams that are kept for longer or shorter than the others.
        package var retentionRules: [RetentionRule] = []
        /// Lines of one stream after which its head is written to a block; also the most lines of one block.
        package var blockLines = 65_536
        /// Age after which a head is written to a block though it has fewer lines.
        package var blockAge: Nanoseconds = 2 * 3600 * 1_000_000_000
        /// Bytes of text after which a head is written to a block; also about the most text of one block.
        package var blockBytes = 8 << 20
        /// Bytes of text in all heads after which maintenance writes the largest ones, until half is left.
        package var headBytes = 28 << 20
        /// Bytes of text in all heads after which senders wait until the largest are written.
        package var urgentHeadBytes = 40 << 20
        /// Heads with so many bytes of text in all are written when nothing came for this long: a store at rest has nothing in its
        /// write-ahead log, and answers from blocks.
        package var quietBytes = 1 << 20
        package var quietAge: Nanoseconds = 3 * 1_000_000_000
        /// Bytes of write-ahead log after which the heads that keep it from being shortened are written.
        package var maximumLogBytes = 96 << 20
        /// Most streams; entries of further ones are refused as `too_many_streams`.
        package var maximumStreams = 100_000
        /// Longest line kept whole.
        package var maximumLineBytes = LogBatch.maximumLineBytes
        /// What becomes of longer ones.
        package var longLines = LongLines.cut
        /// Most labels of an entry's structured metadata; entries with more are refused as `too_many_fields`.
        package var maximumFields = 128
        /// How much each stream may send; what is over it is refused as `rate_limited`. A stream that passes none has no limit.
        package var rateLimits: [RateLimit] = []
        /// Most bytes of text in all heads, reached where blocks can't be written; beyond it batches are refused as overloaded.
        package var maximumHeadBytes = 128 << 20
        /// Most bytes of batches that wait to be written; beyond it batches are refused as overloaded.
        package var maximumPendingBytes = 64 << 20
        /// How many entries with a retry identity are remembered: at least half of it, and at most all of it.
        package var duplicateWindow = 1_000_000

        package init() {}
    }

    /// What the store holds.
    package struct Statistics: Sendable, Equatable {
        package var streams = 0
        package var headLines = 0
        package var headBytes = 0
        package var blocks = 0
        package var blockLines = 0
        /// Text that stands in blocks, before compression.
        package var blockTextBytes = 0
        /// Files of blocks, and their size on disk.
        package var files = 0
        package var fileBytes = 0
        /// Write-ahead log on disk.
        package var logBytes = 0
        /// Entries sent again and stored once, since start.
        package var duplicates = 0
        /// Damaged parts found and passed over, since start.
        package var corruptions = 0
    }
}
