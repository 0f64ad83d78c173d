import Synchronization
import Telemetry

/// What one thread needs to make rows of series, one series after the other.
///
/// Lanes of one query hold nothing in common but what never changes. `@unchecked Sendable`: a lane goes from the thread that
/// evaluates to the worker of its number and back, and ``QueryWorkers/perform(_:)`` has each number on one thread at a time.
final class SeriesLane: @unchecked Sendable {
    /// Makes a row of the samples in ``columns``; `nil` where it would be empty.
    typealias Make = @Sendable (SeriesLane, Labels, _ reader: any SeriesReader) throws(PromQLError) -> Row?

    /// Series that a lane takes at a time.
    static let portion = 8

    let evaluation: Evaluation
    /// The samples of the series at hand.
    var columns = SampleColumns()
    /// Where windows lie among the times of the series before.
    var timeline: WindowTimeline?
    /// The rows made, by the portion that they are of.
    private(set) var made: [(portion: Int, rows: [Row])] = []
    private(set) var failure: (portion: Int, error: PromQLError)?

    init(_ evaluation: Evaluation) {
        self.evaluation = evaluation
    }

    /// Reads a series and makes its row.
    func row(
        of reader: any SeriesReader, in range: ClosedRange<Milliseconds>, _ make: Make
    ) throws(PromQLError) -> Row? {
        try evaluation.read(reader, range, into: &columns)
        return try make(self, reader.labels, reader)
    }

    /// Takes one portion of the readers after the other, until all are taken or something failed.
    func work(
        on readers: ArraySlice<any SeriesReader>, in range: ClosedRange<Milliseconds>, _ next: PortionCounter, _ make: Make
    ) {
        while let portion = next.take() {
            let start = readers.startIndex + portion * SeriesLane.portion
            do throws(PromQLError) {
                var rows: [Row] = []
                for index in start..<min(start + SeriesLane.portion, readers.endIndex) {
                    guard let row = try row(of: readers[index], in: range, make) else { continue }
                    try evaluation.budget.hold(row)
                    rows.append(row)
                }
                made.append((portion, rows))
            } catch {
                failure = (portion, error)
                return next.end()
            }
        }
    }

    /// Gives away what was made.
    func takeMade() -> [(portion: Int, rows: [Row])] {
        defer { made = [] }
        return made
    }
}

/// Which portion is next, for several threads.
final class PortionCounter: Sendable {
    private let next = Atomic<Int>(0)
    private let isEnded = Atomic<Bool>(false)
    private let count: Int

    init(count: Int) {
        self.count = count
    }

    /// The next portion that nobody has; `nil` where there is none, or after the end.
    func take() -> Int? {
        guard !isEnded.load(ordering: .relaxed) else { return nil }
        let portion = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return portion < count ? portion : nil
    }

    /// Nobody is to take another one.
    func end() { isEnded.store(true, ordering: .relaxed) }
}
