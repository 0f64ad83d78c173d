private import Glibc
package import Telemetry

extension MetricStore {
    /// The limits of a store.
    package struct Options: Sendable {
        /// Length of a block as it is first written; head data of a whole span goes to disk once it is also out of the out-of-order
        /// window. Blocks of a past day (twelve spans) are merged. Default 2 h.
        package var blockSpan: Milliseconds = 2 * 3_600_000
        /// Blocks whose newest sample is older than this are removed; `nil` keeps all. Default 15 days.
        package var retention: Milliseconds? = 15 * 24 * 3_600_000
        /// To what samples of some age are condensed, the finest first; each level is made from the one before it. Default: none.
        package var downsampling: [Downsampling] = []
        /// Bytes that blocks and the write-ahead log may take: beyond it the oldest blocks are removed, whatever their age; `nil` sets no
        /// limit. While blocks are merged they take up to ``maximumMergeBytes`` more. Default: no limit.
        package var maximumDiskBytes: Int?
        /// Time between two writings of blocks, unless ``earlyFlushSamples`` wait. Default: none.
        package var minimumFlushInterval: Milliseconds = 0
        /// Samples in memory with which blocks are written all the same. Default 2,000,000.
        package var earlyFlushSamples = 2_000_000
        /// How much older than a series' newest sample a sample may be; older ones are refused as `too_old`. Default 1 h.
        package var outOfOrderWindow: Milliseconds = 3_600_000
        /// How far ahead of the clock a sample may be; later ones are refused as `too_new`. Default 1 day.
        package var maximumFuture: Milliseconds = 24 * 3_600_000
        /// Series in memory; samples of more are refused as `too_many_series`. Default 1,000,000.
        package var maximumSeries = 1_000_000
        /// Series in memory of one metric name; samples of more are refused as `too_many_series_of_metric`. Default 200,000.
        package var maximumSeriesPerMetric = 200_000
        /// Series in memory that one source brought in, see `SampleBatch.source`; samples of more are refused as
        /// `too_many_series_of_source`. Less than ``maximumSeries``, so that one source leaves room for the others. Default 500,000.
        package var maximumSeriesPerSource = 500_000
        /// Size at which a segment of the write-ahead log is closed. Default 64 MiB.
        package var maximumWALSegmentBytes = 64 << 20
        /// Samples that may wait for the log, counted as for ``maximumBatchSamples``; beyond it appends are refused as overloaded. Default 2,000,000.
        package var maximumPendingSamples = 2_000_000
        /// Samples of one batch, its exemplars and its histograms' buckets counted too; a larger one is refused whole as invalid. Default
        /// 2,000,000.
        package var maximumBatchSamples = 2_000_000
        /// Bytes of labels of one batch; a larger one is refused whole as invalid. Default 64 MiB.
        package var maximumBatchLabelBytes = 64 << 20
        /// Most bytes of blocks that one merge reads. Default 256 MiB.
        package var maximumMergeBytes = 256 << 20
        /// Deletions that wait for blocks to be written anew; more are refused. Default 1,000.
        package var maximumPendingDeletions = 1000
        /// Exemplars in memory; where there are more, those that came first go. Default 100,000.
        package var maximumExemplars = 100_000
        /// Metrics whose type, help and unit are kept; where there are more, the one told of longest ago goes. Default 20,000.
        package var maximumMetadata = 20_000
        /// The time now, which ``maximumFuture`` counts from. Default: the system's clock.
        package var clock: @Sendable () -> Milliseconds = {
            var time = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &time)
            return Milliseconds(time.tv_sec) * 1000 + Milliseconds(time.tv_nsec) / 1_000_000
        }

        package init() {}
    }

    /// One level of condensed samples. They are kept beside finer ones until those are past their retention.
    package struct Downsampling: Sendable, Equatable {
        /// Length of a bucket: one of `SampleReading.resolutions`.
        package var resolution: Milliseconds
        /// Age at which samples are condensed as well; whole days at a time, or eight days at a time where they are condensed already.
        package var after: Milliseconds
        /// Age at which the condensed samples go; `nil` keeps them.
        package var retention: Milliseconds?

        package init(resolution: Milliseconds, after: Milliseconds, retention: Milliseconds?) {
            self.resolution = resolution
            self.after = after
            self.retention = retention
        }
    }

    /// What a store holds now.
    package struct Statistics: Sendable, Equatable {
        /// Series in memory.
        package var series = 0
        /// Samples in memory, those on their way into a block not counted.
        package var headSamples = 0
        package var blocks = 0
        /// Samples in blocks.
        package var blockSamples = 0
        /// Bytes of all blocks.
        package var blockBytes = 0
        /// Bytes of the write-ahead log.
        package var walBytes = 0
        package var walSegments = 0
        /// Exemplars in memory.
        package var exemplars = 0
        /// Metrics whose type, help and unit are known.
        package var metadata = 0
        /// Deletions that some block has not carried out yet.
        package var pendingDeletions = 0

        /// Bytes on disk.
        package var diskBytes: Int { blockBytes + walBytes }
    }
}
