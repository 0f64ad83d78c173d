import PromQL
import Synchronization
import Telemetry

/// Series in memory that count how often they are read, as if each sample were two bytes on a disk.
final class MemorySource: SeriesSource {
    struct Reader: SeriesReader {
        let labels: Labels
        let columns: SampleColumns
        let owner: MemorySource

        func read(_ range: ClosedRange<Milliseconds>, into target: inout SampleColumns) {
            owner.readCount.add(1, ordering: .relaxed)
            for index in columns.timestamps.indices where range.contains(columns.timestamps[index]) {
                target.append(from: columns, at: index)
            }
        }

        func read(
            _ range: ClosedRange<Milliseconds>, into target: inout SampleColumns, scratch: inout ReadScratch
        ) {
            read(range, into: &target)
            scratch.bytesRead += 2 * target.count
        }
    }

    let series: [(Labels, SampleColumns)]
    let readCount = Atomic(0)

    init(_ series: [(Labels, SampleColumns)]) {
        self.series = series.sorted { $0.0 < $1.0 }
    }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Milliseconds>) -> [any SeriesReader] {
        series.filter { matchers.allMatch($0.0) }.map { Reader(labels: $0.0, columns: $0.1, owner: self) }
    }

    func series(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [Labels] {
        series.map(\.0)
    }

    func labelNames(matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>) -> [String] { [] }

    func labelValues(
        of name: String, matchingAny selectors: [[LabelMatcher]], in range: ClosedRange<Milliseconds>
    ) -> [String] { [] }
}
