internal import Telemetry

/// Gives aggregates back as samples that functions of samples yield the right results from.
///
/// Each aggregate has its last sample's time, and where more than one sample is needed, the others stand between its first and last
/// sample. An aggregate of a bucket that is too long for the reader is given in parts at even distances:
///
/// | aspect | whole | in k parts |
/// |---|---|---|
/// | course | first, last | between them the straight line, or, where it left the line, its mean |
/// | counter | first, before and after a reset, last | between them straight lines |
/// | least, greatest | the value | k times the value |
/// | sum, count | the value | k times a k-th of it |
struct AggregateReader {
    private let times: [Milliseconds]
    private let aspect: SampleReading.Aspect
    private let parts: Int
    private var columns: [AggregateColumn.Part: [Double]] = [:]

    /// - Returns: `nil` where the column is damaged.
    init?(_ column: AggregateColumn, _ times: [Milliseconds], _ reading: SampleReading, _ resolution: Milliseconds) {
        self.times = times
        aspect = reading.aspect
        parts = AggregateReader.parts(reading, resolution)
        for part in AggregateReader.needed(aspect, parts) {
            guard let values = column.values(of: part) else { return nil }
            columns[part] = values
        }
    }

    init(_ aggregates: [SampleAggregate], _ reading: SampleReading, _ resolution: Milliseconds) {
        times = aggregates.map(\.lastTime)
        aspect = reading.aspect
        parts = AggregateReader.parts(reading, resolution)
        for part in AggregateReader.needed(aspect, parts) { columns[part] = aggregates.map { $0.value(of: part) } }
    }

    /// More parts than these tell nothing new.
    private static let maximumParts: Milliseconds = 240

    private static func parts(_ reading: SampleReading, _ resolution: Milliseconds) -> Int {
        guard reading.spacing > 0 else { return 1 }
        return Int(min((resolution - 1) / reading.spacing + 1, maximumParts))
    }

    private static func needed(_ aspect: SampleReading.Aspect, _ parts: Int) -> [AggregateColumn.Part] {
        switch aspect {
        case .course, .presence: [.last, .first, .length] + (parts > 1 ? [.least, .greatest, .sum, .count] : [])
        case .counter: [.last, .first, .length, .beforeResets, .restart, .restartDelay] + (parts > 1 ? [.count] : [])
        case .least: [.last, .least] + (parts > 1 ? [.length, .count] : [])
        case .greatest: [.last, .greatest] + (parts > 1 ? [.length, .count] : [])
        case .sum: [.last, .sum] + (parts > 1 ? [.length, .count] : [])
        case .count: [.last, .count] + (parts > 1 ? [.length] : [])
        }
    }

    /// - Returns: false where what was read makes no sense.
    func append(to target: inout SampleColumns) -> Bool {
        func column(_ part: AggregateColumn.Part) -> [Double] { columns[part] ?? [] }
        let (last, first, length, count) = (column(.last), column(.first), column(.length), column(.count))
        let (least, greatest, sum) = (column(.least), column(.greatest), column(.sum))
        let (before, restart, delay) = (column(.beforeResets), column(.restart), column(.restartDelay))
        target.timestamps.reserveCapacity(target.count + times.count * (parts + 1))
        target.values.reserveCapacity(target.count + times.count * (parts + 1))
        for (index, time) in times.enumerated() {
            if last[index].bitPattern == SampleBatch.staleMarker.bitPattern {
                target.append(time, last[index])
                continue
            }
            let milliseconds = length.isEmpty ? 0 : length[index]
            guard milliseconds >= 0, milliseconds < 0x1p53 else { return false }
            let shape = Shape(
                end: time, length: Milliseconds(milliseconds),
                parts: parts == 1 ? 1 : min(parts, max(1, Int(clamping: count[index]))))
            switch aspect {
            case .least: shape.repeating(least[index], into: &target)
            case .greatest: shape.repeating(greatest[index], into: &target)
            case .sum: shape.repeating(sum[index] / Double(shape.parts), into: &target)
            case .count: shape.repeating(count[index] / Double(shape.parts), into: &target)
            case .course, .presence:
                let (start, end) = (first[index], last[index])
                let isStraight = parts == 1 || (min(start, end) == least[index] && max(start, end) == greatest[index])
                let mean = isStraight ? nil : sum[index] / count[index]
                shape.line(from: start, through: end, flatAt: mean, into: &target)
            case .counter:
                guard delay[index] > 1, delay[index] <= milliseconds else {
                    shape.line(from: first[index], through: last[index], into: &target)
                    continue
                }
                shape.counter(
                    from: first[index], through: before[index], again: restart[index], after: Milliseconds(delay[index]),
                    through: last[index], into: &target)
            }
        }
        return true
    }
}

/// How the time of an aggregate is parted.
private struct Shape {
    let end: Milliseconds
    let length: Milliseconds
    let parts: Int

    private var start: Milliseconds { end - length }

    private func time(_ part: Int) -> Milliseconds { end - length / Milliseconds(parts) * Milliseconds(parts - part) }

    func repeating(_ value: Double, into columns: inout SampleColumns) {
        for part in 1...parts where part == parts || time(part) > time(part - 1) { columns.append(time(part), value) }
    }

    func line(from first: Double, through last: Double, flatAt mean: Double? = nil, into columns: inout SampleColumns) {
        guard length > 0 else { return columns.append(end, last) }
        columns.append(start, first)
        inner(between: start, first, end, last, flatAt: mean, into: &columns)
        columns.append(end, last)
    }

    func counter(
        from first: Double, through before: Double, again restart: Double, after delay: Milliseconds, through last: Double,
        into columns: inout SampleColumns
    ) {
        let reset = start + delay
        columns.append(start, first)
        inner(between: start, first, reset - 1, before, into: &columns)
        columns.append(reset - 1, before)
        columns.append(reset, restart)
        guard reset < end else { return }
        inner(between: reset, restart, end, last, into: &columns)
        columns.append(end, last)
    }

    private func inner(
        between low: Milliseconds, _ first: Double, _ high: Milliseconds, _ last: Double, flatAt mean: Double? = nil,
        into columns: inout SampleColumns
    ) {
        guard parts > 1 else { return }
        var previous = low
        for part in 1..<parts where time(part) > previous && time(part) < high {
            let share = Double(time(part) - low) / Double(high - low)
            columns.append(time(part), mean ?? first + (last - first) * share)
            previous = time(part)
        }
    }
}

extension SampleAggregate {
    /// Whether no part of it is in any of the ranges.
    func isOutside(_ ranges: [ClosedRange<Milliseconds>]) -> Bool {
        !ranges.contains { $0.overlaps(firstTime...lastTime) }
    }
}

extension Int {
    /// The nearest integer there is; 0 for NaN.
    fileprivate init(clamping value: Double) {
        self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -1e15), 1e15))
    }
}
