/// Answers selectors over series: what PromQL runs on. Implemented by the metric store.
package protocol SeriesSource: Sendable {
    /// The series that pass all matchers and may have samples in the range, in label order. Values are read later, a series at a time.
    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) throws -> [any SeriesReader]
    /// The same for a purpose, which tells a source that keeps old samples condensed what of them to give.
    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>, for reading: SampleReading) throws
        -> [any SeriesReader]
    /// Label sets of the series that pass any of the selectors (all series if there is none), sorted.
    func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [Labels]
    /// Names of labels in use, sorted.
    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws -> [String]
    /// Values of one label in use, sorted.
    func labelValues(of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) throws
        -> [String]
    /// How far the past is settled, so that what was computed from it need not be computed again; `nil` where that is not known.
    func settledPast() -> SettledPast?
}

extension SeriesSource {
    package func settledPast() -> SettledPast? { nil }

    package func select(
        _ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>, for reading: SampleReading
    ) throws -> [any SeriesReader] {
        try select(matchers, in: range)
    }
}

/// A promise about the samples of the past: those up to ``through`` are the same for as long as ``version`` is.
package struct SettledPast: Sendable, Equatable {
    package var through: Milliseconds
    package var version: UInt64

    package init(through: Milliseconds, version: UInt64) {
        self.through = through
        self.version = version
    }
}

/// One series of a selection.
package protocol SeriesReader: Sendable {
    var labels: Labels { get }
    /// Appends the samples of the range (both ends included) to the columns, in order of time, each time once.
    func read(_ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns) throws
    /// The same for who reads one series after the other, in room that is made once.
    func read(_ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns, scratch: inout ReadScratch) throws
    /// Whether some of what it reads may stand for several samples each.
    var isCondensed: Bool { get }
    /// Reads the same samples in another aspect.
    func reading(_ aspect: SampleReading.Aspect) -> any SeriesReader
}

/// Room that readers decode in, used again by the next.
package struct ReadScratch: Sendable {
    package var bytes: [UInt8] = []
    package var integers: [Int64] = []
    /// Bytes that were read from disk for it.
    package var bytesRead = 0

    package init() {}

    /// How many bytes were read since this was asked last.
    package mutating func takeBytesRead() -> Int {
        defer { bytesRead = 0 }
        return bytesRead
    }
}

extension SeriesReader {
    package func read(
        _ range: ClosedRange<Milliseconds>, into columns: inout SampleColumns, scratch: inout ReadScratch
    ) throws { try read(range, into: &columns) }

    package var isCondensed: Bool { false }
    package func reading(_ aspect: SampleReading.Aspect) -> any SeriesReader { self }
}

/// Answers selectors over log streams: what LogQL runs on. Implemented by the log store.
package protocol LogSource: Sendable {
    /// The streams that pass all matchers and may have entries in the range, in label order.
    func select(_ selection: LogSelection) throws -> [any LogStreamReader]
    /// Label sets of the streams that pass any of the selectors (all if there is none), sorted.
    func streams(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [Labels]
    /// Names of stream labels in use, sorted.
    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [String]
    /// Values of one stream label in use, sorted.
    func labelValues(of name: String, matchingAny selectors: [[LabelMatcher]], in range: Range<Nanoseconds>) throws -> [String]
    /// How much the streams that pass all matchers have in each step of the range, in label order; streams that have nothing are left out.
    /// The range is shorter than 292 years, the step positive, and the caller sees to it that there are not too many steps.
    func volumes(matching matchers: [LabelMatcher], in range: Range<Nanoseconds>, step: Nanoseconds) throws -> [LogVolume]
}

/// What to read from a log store.
package struct LogSelection: Sendable {
    /// Order of the entries.
    package enum Direction: String, Sendable { case forward, backward }

    package var matchers: [LabelMatcher]
    /// From the first nanosecond up to, and without, the last.
    package var range: Range<Nanoseconds>
    package var direction: Direction
    /// Literals that every wanted line contains. A source may use them to skip what can't match; the reader still checks each line.
    package var requiredLiterals: [[UInt8]]

    package init(
        matchers: [LabelMatcher], range: Range<Nanoseconds>, direction: Direction = .forward, requiredLiterals: [[UInt8]] = []
    ) {
        self.matchers = matchers
        self.range = range
        self.direction = direction
        self.requiredLiterals = requiredLiterals
    }
}

/// One stream of a log selection.
package protocol LogStreamReader: Sendable {
    var labels: Labels { get }
    /// Hands each entry of the selection to `visit` in the order asked for, until it returns false.
    func forEach(_ visit: (LogRow) throws -> Bool) throws
    /// Hands out the entries of the selection in groups of one message shape, until `visit` returns false. Groups come in no order; each
    /// entry stands in one.
    func forEachGroup(_ visit: (any LogRowGroup) throws -> Bool) throws
    /// Hands out the entries of the selection in groups of any shapes, for questions about times and metadata: each line is a variable as a
    /// whole. Otherwise as ``forEachGroup(_:)``.
    func forEachWholeGroup(_ visit: (any LogRowGroup) throws -> Bool) throws
    /// Whether entries without all the required literals are left out already, so that nobody need look again.
    var checksRequiredLiterals: Bool { get }
}

/// One entry as it is read.
package struct LogRow: Sendable, Equatable {
    package var timestamp: Nanoseconds
    package var line: ArraySlice<UInt8>
    package var metadata: Labels

    package init(timestamp: Nanoseconds, line: ArraySlice<UInt8>, metadata: Labels = .empty) {
        self.timestamp = timestamp
        self.line = line
        self.metadata = metadata
    }
}
