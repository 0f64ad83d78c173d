/// Where the series of a store come from and what their samples cost: what `magewatch metrics stats` and `/api/v1/status/tsdb` show.
package struct Cardinality: Sendable, Equatable, Codable {
    /// A name and how often it occurs.
    package struct Count: Sendable, Equatable, Codable {
        package var name: String
        package var count: Int

        package init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// The samples of one encoding of values.
    package struct Encoding: Sendable, Equatable, Codable {
        /// `patterns`, `decimals`, `decimals with drift`, `aggregates` (of condensed samples), or `histograms` (and numbers that know when they began); see the metric store's page about chunks.
        package var name: String
        package var chunks = 0
        package var samples = 0
        /// Bytes of values; times are shared between series and not in it.
        package var bytes = 0

        package init(name: String) {
            self.name = name
        }

        /// Bytes that the value of a sample costs.
        package var bytesPerSample: Double { samples == 0 ? 0 : Double(bytes) / Double(samples) }
    }

    /// The blocks of one resolution.
    package struct Resolution: Sendable, Equatable, Codable {
        /// Length of the buckets that samples were condensed to, 0 where they are as they came.
        package var milliseconds: Milliseconds
        package var blocks = 0
        /// Samples, or buckets of samples.
        package var samples = 0
        package var bytes = 0
        /// Bounds of their times.
        package var span: ClosedRange<Milliseconds>

        package init(milliseconds: Milliseconds, span: ClosedRange<Milliseconds>) {
            self.milliseconds = milliseconds
            self.span = span
        }
    }

    /// Series in memory.
    package var series = 0
    /// Different pairs of a name and a value among their labels.
    package var labelPairs = 0
    /// Bounds of the times of what is in memory; `nil` where nothing is.
    package var span: ClosedRange<Milliseconds>?
    /// Metrics with most series.
    package var byMetric: [Count] = []
    /// Labels with most values.
    package var byLabel: [Count] = []
    /// Labels whose values take most bytes.
    package var bytesByLabel: [Count] = []
    /// Pairs `name=value` that most series have.
    package var byLabelPair: [Count] = []
    /// Sources that brought in most series.
    package var bySource: [Count] = []
    /// Encodings of the chunks of blocks, the newest blocks first, as far as ``inspectedBytes`` goes.
    package var encodings: [Encoding] = []
    /// Bytes of the blocks that ``encodings`` tells of.
    package var inspectedBytes = 0
    /// Bytes of all blocks.
    package var blockBytes = 0
    /// Blocks by resolution, the finest first.
    package var resolutions: [Resolution] = []

    /// Of a store that holds nothing.
    package init() {}
}

/// Tells where its series come from. Implemented by the metric store.
package protocol CardinalitySource: Sendable {
    /// Counts series by what makes them many, and bytes by what encodes them.
    /// - Parameter top: entries of each list, the greatest first.
    func cardinality(top: Int) -> Cardinality
}
