import Telemetry

/// What one query has used of what it may use, by the limits of `PromQLEngine.Options`.
///
/// Memory is what was made of rows in all, whether or not it was let go since: an upper bound that costs nothing to keep.
struct QueryBudget {
    /// What a row, a group or a reader takes beside its values.
    private static let rowBytes = 256
    /// What a histogram takes beside its buckets, and a bucket.
    private static let (histogramBytes, bucketBytes) = (160, 8)

    /// What a part of a query used that another thread evaluated.
    struct Use {
        var samples = 0
        var bytes = 0
        var memory = 0
    }

    private let options: PromQLEngine.Options
    private let deadline: ContinuousClock.Instant?
    private var used = Use()

    init(_ options: PromQLEngine.Options) {
        self.options = options
        deadline = options.deadline.map { ContinuousClock.now.advanced(by: $0) }
    }

    /// The same limits and the same deadline, nothing used.
    init(besides other: QueryBudget) {
        options = other.options
        deadline = other.deadline
    }

    /// What was used since this was asked last.
    mutating func take() -> Use {
        defer { used = Use() }
        return used
    }

    /// Counts what another thread's part used.
    mutating func add(_ other: Use) throws(PromQLError) {
        used.bytes += other.bytes
        used.memory += other.memory
        try checkBytes()
        try checkMemory()
        try use(samples: other.samples)
    }

    /// Counts samples read or made.
    mutating func use(samples count: Int) throws(PromQLError) {
        used.samples += count
        guard used.samples <= options.maximumSamples else {
            throw PromQLError(
                .limit, "query uses more than \(options.maximumSamples) samples; select fewer series or a shorter range")
        }
        if let deadline, ContinuousClock.now > deadline {
            throw PromQLError(
                .timeout, "query took longer than \(options.deadline ?? .zero); select fewer series or a shorter range")
        }
    }

    /// Counts bytes that the store read.
    mutating func use(bytes count: Int) throws(PromQLError) {
        used.bytes += count
        try checkBytes()
    }

    /// Counts rows or groups that are kept.
    mutating func hold(rows count: Int, steps: Int) throws(PromQLError) {
        used.memory += count * (QueryBudget.rowBytes + steps * MemoryLayout<Double>.size)
        try checkMemory()
    }

    /// Counts a row that is kept.
    mutating func hold(_ row: Row) throws(PromQLError) {
        for case let histogram? in row.histograms {
            used.memory += QueryBudget.histogramBytes + histogram.bucketCount * QueryBudget.bucketBytes
        }
        try hold(rows: 1, steps: row.values.count)
    }

    private func checkBytes() throws(PromQLError) {
        guard used.bytes > options.maximumBytes else { return }
        throw PromQLError(
            .limit, "query reads more than \(options.maximumBytes >> 20) MiB of blocks; select fewer series or a shorter range")
    }

    private func checkMemory() throws(PromQLError) {
        guard used.memory > options.maximumMemoryBytes else { return }
        throw PromQLError(
            .limit,
            "query needs more than \(options.maximumMemoryBytes >> 20) MiB of memory; select fewer series, or a longer step")
    }
}
