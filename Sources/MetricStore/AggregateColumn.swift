internal import Compression
internal import Telemetry

/// Aggregates of a chunk in columns; stands where a ``ValueColumn`` would, and the times of the chunk are those of their last samples.
///
/// ```
/// 192 + 1 if some counter began again
/// (length | value column) ...     last, first, least, greatest, sum, count, time from first to last sample in ms
///                                 and with resets: held before them, value after the last one, its time after the first sample in ms
/// ```
/// A reader decodes only the columns it needs.
struct AggregateColumn {
    /// The columns in their order.
    enum Part: Int, CaseIterable {
        case last, first, least, greatest, sum, count, length, beforeResets, restart, restartDelay
    }

    private static let marker: UInt8 = 192
    private static let partsWithoutResets = 7

    private let count: Int
    private var parts: [ArraySlice<UInt8>] = []

    /// Whether bytes are such a column.
    static func isMarked(_ bytes: ArraySlice<UInt8>) -> Bool { (bytes.first ?? 0) & marker == marker }

    static func encode(_ aggregates: [SampleAggregate]) -> [UInt8] {
        let hasResets = aggregates.contains(where: \.hasResets)
        var bytes = [marker | (hasResets ? 1 : 0)]
        for part in Part.allCases.prefix(hasResets ? Part.allCases.count : partsWithoutResets) {
            bytes.append(counted: ValueColumn.encode(aggregates.map { $0.value(of: part) }))
        }
        return bytes
    }

    /// - Returns: `nil` where the bytes are damaged.
    init?(_ bytes: ArraySlice<UInt8>, count: Int) {
        guard let form = bytes.first, form & ~1 == AggregateColumn.marker else { return nil }
        self.count = count
        var position = bytes.startIndex + 1
        for _ in 0..<(form & 1 == 1 ? Part.allCases.count : AggregateColumn.partsWithoutResets) {
            guard let part = bytes.counted(at: &position) else { return nil }
            parts.append(part)
        }
        guard position == bytes.endIndex else { return nil }
    }

    /// One column; `nil` where it is damaged.
    func values(of part: Part) -> [Double]? {
        guard part.rawValue < parts.count else { return Array(repeating: 0, count: count) }
        return ValueColumn.decode(parts[part.rawValue], count: count)
    }

    /// All of it; `nil` where it is damaged.
    func aggregates(_ times: [Milliseconds]) -> [SampleAggregate]? {
        var columns: [[Double]] = []
        for part in Part.allCases {
            guard let values = values(of: part) else { return nil }
            columns.append(values)
        }
        var result: [SampleAggregate] = []
        for (index, time) in times.enumerated() {
            func value(_ part: Part) -> Double { columns[part.rawValue][index] }
            guard let length = Milliseconds(exactly: value(.length)), length >= 0,
                let delay = Milliseconds(exactly: value(.restartDelay)), (0...length).contains(delay),
                let first = Milliseconds(exactly: time.saturatingAdd(-length)), first <= time
            else { return nil }
            result.append(
                SampleAggregate(
                    times: first...time, first: value(.first), last: value(.last), least: value(.least),
                    greatest: value(.greatest), sum: value(.sum), count: value(.count), beforeResets: value(.beforeResets),
                    restart: value(.restart), restartTime: first + delay))
        }
        return result
    }
}

extension SampleAggregate {
    func value(of part: AggregateColumn.Part) -> Double {
        switch part {
        case .last: last
        case .first: first
        case .least: least
        case .greatest: greatest
        case .sum: sum
        case .count: isStaleMarker ? 0 : count
        case .length: Double(lastTime - firstTime)
        case .beforeResets: beforeResets
        case .restart: restart
        case .restartDelay: Double(restartTime - firstTime)
        }
    }
}
