import Telemetry

extension Evaluation {
    /// Seconds of series that are read with a query, below which it is done before others could help.
    private static let leastSeconds: Milliseconds = 1_000_000
    /// Numbers that are held while rows wait for their turn.
    private static let maximumWaiting = 1 << 20

    /// Makes a row of each series and hands them on in the readers' order, which is what makes sums come out the same however many work.
    func forEachRow(
        of readers: [any SeriesReader], in range: ClosedRange<Milliseconds>, steps: Int, make: @escaping SeriesLane.Make,
        to body: RowBody
    ) throws(PromQLError) {
        guard let workers = options.workers, workers.count > 1, readers.count > 2 * SeriesLane.portion,
            (range.upperBound - range.lowerBound) / 1000 >= Evaluation.leastSeconds / Int64(readers.count)
        else {
            let lane = SeriesLane(self)
            for reader in readers {
                if let row = try lane.row(of: reader, in: range, make) { try body(row) }
            }
            return
        }
        let lanes = (0..<workers.count).map { _ in SeriesLane(Evaluation(besides: self)) }
        let wave = max(Evaluation.maximumWaiting / max(steps, 1), workers.count * SeriesLane.portion)
        var rest = readers[...]
        while !rest.isEmpty {
            let readers = rest.prefix(wave)
            let next = PortionCounter(count: (readers.count + SeriesLane.portion - 1) / SeriesLane.portion)
            workers.perform { lanes[$0].work(on: readers, in: range, next, make) }
            for lane in lanes { try take(over: lane.evaluation) }
            if let failure = lanes.compactMap(\.failure).min(by: { $0.portion < $1.portion }) { throw failure.error }
            for (_, rows) in lanes.flatMap({ $0.takeMade() }).sorted(by: { $0.portion < $1.portion }) {
                for row in rows { try body(row) }
            }
            rest = rest.dropFirst(wave)
        }
    }

    /// Counts what another thread's part of this query used, and says what it has to say.
    private func take(over part: Evaluation) throws(PromQLError) {
        notes.add(part.notes)
        part.notes = Notes()
        try budget.add(part.budget.take())
    }
}
