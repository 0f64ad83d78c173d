internal import Telemetry

/// The exemplars in memory: a ring of all, oldest first, and for each series a chain through it.
struct ExemplarStore: Sendable {
    private struct Entry {
        var series: [UInt8]
        var exemplar: Exemplar
        /// The number of the next exemplar of the same series.
        var next = UInt64.max
    }

    /// The numbers of a series' oldest and newest exemplar. Numbers grow with each exemplar; one stands at its number modulo the size.
    private struct Chain {
        var oldest: UInt64
        var newest: UInt64
    }

    private let capacity: Int
    private var ring: [Entry] = []
    private var first: UInt64 = 0
    private var end: UInt64 = 0
    private var chains: [[UInt8]: Chain] = [:]

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { Int(end - first) }
    var seriesCount: Int { chains.count }
    /// Canonical labels of all series that have exemplars.
    var series: some Collection<[UInt8]> { chains.keys }

    /// The newest exemplar of a series.
    func newest(of series: [UInt8]) -> Exemplar? { chains[series].map { ring[place($0.newest)].exemplar } }

    /// All exemplars of a series, in the order they came in, which is that of their times.
    func exemplars(of series: [UInt8]) -> [Exemplar] {
        var result: [Exemplar] = []
        var number = chains[series]?.oldest ?? .max
        while number != .max {
            result.append(ring[place(number)].exemplar)
            number = ring[place(number)].next
        }
        return result
    }

    /// Takes one in; where all places are taken the oldest goes.
    mutating func add(_ exemplar: Exemplar, to series: [UInt8]) {
        if count == capacity { removeFirst() }
        let entry = Entry(series: series, exemplar: exemplar)
        if ring.count < capacity, place(end) == ring.count { ring.append(entry) } else { ring[place(end)] = entry }
        if let chain = chains[series] {
            ring[place(chain.newest)].next = end
            chains[series]?.newest = end
        } else {
            chains[series] = Chain(oldest: end, newest: end)
        }
        end += 1
    }

    /// Forgets those that came first as long as they are older.
    mutating func forget(before cutoff: Milliseconds) {
        while count > 0, ring[place(first)].exemplar.timestamp < cutoff { removeFirst() }
    }

    /// Takes away the exemplars of a range from the series that pass all matchers.
    mutating func delete(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) {
        let concerned = Set(chains.keys.filter { matchers.allMatch(Labels(canonical: $0)) })
        guard !concerned.isEmpty else { return }
        var kept = ExemplarStore(capacity: capacity)
        for number in first..<end {
            let entry = ring[place(number)]
            if concerned.contains(entry.series), range.contains(entry.exemplar.timestamp) { continue }
            kept.add(entry.exemplar, to: entry.series)
        }
        self = kept
    }

    private func place(_ number: UInt64) -> Int { Int(number % UInt64(capacity)) }

    private mutating func removeFirst() {
        let series = ring[place(first)].series
        let next = ring[place(first)].next
        if next == .max { chains[series] = nil } else { chains[series]?.oldest = next }
        first += 1
    }
}
