internal import Compression
internal import Telemetry

/// The values of a chunk in which some sample is more than a number; stands where a ``ValueColumn`` would.
///
/// ```
/// 128 + 1 if there are histograms + 2 if there are start times
/// start times   integer frame, 0 where unknown
/// histograms    number of runs | numbers, histograms, numbers ... in a row | length | value column of the numbers | HistogramColumn
/// numbers       value column, where there are no histograms
/// ```
enum DetailColumn {
    private static let marker: UInt8 = 128
    private static let histogramFlag: UInt8 = 1
    private static let startFlag: UInt8 = 2

    /// Whether bytes are such a column.
    static func isMarked(_ bytes: ArraySlice<UInt8>) -> Bool { (bytes.first ?? 0) & marker != 0 }

    /// The values of a chunk, whatever they are.
    static func encodeValues(_ columns: SampleColumns) -> [UInt8] {
        guard columns.hasDetails else { return ValueColumn.encode(columns.values) }
        let hasHistograms = columns.histograms.contains { $0 != nil }
        let hasStarts = columns.startTimestamps.contains { $0 != 0 }
        guard hasHistograms || hasStarts else { return ValueColumn.encode(columns.values) }
        var bytes = [marker | (hasHistograms ? histogramFlag : 0) | (hasStarts ? startFlag : 0)]
        if hasStarts { IntegerFrame.encode(columns.startTimestamps, into: &bytes) }
        guard hasHistograms else { return bytes + ValueColumn.encode(columns.values) }
        var columns = columns
        // A hint costs next to nothing, and to find it out again whenever the chunk is read would cost much.
        columns.detectResets()
        let runs = runs(columns.histograms)
        Varint.append(UInt64(runs.count), to: &bytes)
        for run in runs { Varint.append(UInt64(run), to: &bytes) }
        let numbers = zip(columns.values, columns.histograms).filter { $1 == nil }.map(\.0)
        bytes.append(counted: numbers.isEmpty ? [] : ValueColumn.encode(numbers))
        HistogramColumn.encode(columns.histograms.compactMap(\.self), into: &bytes)
        return bytes
    }

    /// The samples of a chunk, whatever they are; `nil` where the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, times: [Milliseconds]) -> SampleColumns? {
        guard isMarked(bytes) else {
            return ValueColumn.decode(bytes, count: times.count).map { SampleColumns(timestamps: times, values: $0) }
        }
        let flags = bytes[bytes.startIndex] & ~marker
        guard flags & ~(histogramFlag | startFlag) == 0 else { return nil }
        var position = bytes.startIndex + 1
        var columns = SampleColumns(timestamps: times)
        if flags & startFlag != 0 {
            guard let starts = IntegerFrame.decode(bytes, at: &position, count: times.count) else { return nil }
            columns.startTimestamps = starts
        }
        guard flags & histogramFlag != 0 else {
            guard let values = ValueColumn.decode(bytes[position...], count: times.count) else { return nil }
            columns.values = values
            return columns
        }
        return decodeHistograms(bytes, at: position, into: &columns) ? columns : nil
    }

    /// Lengths of the runs of numbers and of histograms by turns, numbers first.
    private static func runs(_ histograms: [NativeHistogram?]) -> [Int] {
        var runs = [0]
        for histogram in histograms {
            // Runs at even places are of numbers.
            if (histogram == nil) != (runs.count % 2 == 1) { runs.append(0) }
            runs[runs.count - 1] += 1
        }
        return runs
    }

    private static func decodeHistograms(
        _ bytes: ArraySlice<UInt8>, at start: Int, into columns: inout SampleColumns
    ) -> Bool {
        var position = start
        let count = columns.count
        guard let runCount = Varint.read(bytes, at: &position), runCount <= count + 1 else { return false }
        var areHistograms: [Bool] = []
        for run in 0..<runCount {
            guard let length = Varint.read(bytes, at: &position), length <= UInt64(count - areHistograms.count) else {
                return false
            }
            areHistograms += Array(repeating: run % 2 == 1, count: Int(length))
        }
        let histogramCount = areHistograms.count { $0 }
        guard areHistograms.count == count, let numberBytes = bytes.counted(at: &position),
            let numbers = ValueColumn.decode(numberBytes, count: count - histogramCount),
            let histograms = HistogramColumn.decode(bytes, at: &position, count: histogramCount)
        else { return false }
        var (number, histogram) = (0, 0)
        columns.values.reserveCapacity(count)
        columns.histograms.reserveCapacity(count)
        for isHistogram in areHistograms {
            columns.values.append(isHistogram ? SampleBatch.staleMarker : numbers[number])
            columns.histograms.append(isHistogram ? histograms[histogram] : nil)
            if isHistogram { histogram += 1 } else { number += 1 }
        }
        return true
    }
}
