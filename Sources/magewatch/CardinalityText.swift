import Foundation
import Telemetry

/// A store's cardinality as text.
enum CardinalityText {
    static func lines(_ found: Cardinality) -> [String] {
        var lines = ["\(found.series) series in memory, \(found.labelPairs) pairs of label and value"]
        if let span = found.span {
            lines.append("times in memory: \(time(span.lowerBound)) to \(time(span.upperBound))")
        }
        lines.append("blocks: \(found.blockBytes) bytes")
        lines += found.resolutions.map(line)
        let lists = [
            ("metrics with most series", found.byMetric), ("labels with most values", found.byLabel),
            ("labels whose values take most bytes", found.bytesByLabel), ("pairs that most series have", found.byLabelPair),
            ("sources that brought in most series", found.bySource),
        ]
        for (title, entries) in lists where !entries.isEmpty {
            lines += ["", title]
            let width = "\(entries[0].count)".count
            lines += entries.map { "  \(padded("\($0.count)", width)) \($0.name)" }
        }
        guard !found.encodings.isEmpty else { return lines }
        let isPart = found.inspectedBytes < found.blockBytes
        lines += ["", "encodings of values" + (isPart ? ", in the newest \(found.inspectedBytes) bytes of blocks" : "")]
        let rows = found.encodings.map { encoding in
            [
                encoding.name, "\(encoding.chunks) chunks", "\(encoding.samples) samples", "\(encoding.bytes) bytes",
                String(format: "%.3f bytes a sample", encoding.bytesPerSample),
            ]
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column == 0 ? cell + String(repeating: " ", count: widths[0] - cell.count) : padded(cell, widths[column])
            }
            lines.append("  " + cells.joined(separator: "  "))
        }
        return lines
    }

    private static func line(_ resolution: Cardinality.Resolution) -> String {
        let (name, unit) =
            resolution.milliseconds == 0
            ? ("as they came", "samples") : ("condensed to \(resolution.milliseconds / 60_000)m", "buckets")
        let bytes = resolution.samples == 0 ? 0 : Double(resolution.bytes) / Double(resolution.samples)
        return "  \(name): \(resolution.blocks) blocks, \(resolution.samples) \(unit), \(resolution.bytes) bytes ("
            + String(format: "%.2f", bytes)
            + " each), \(time(resolution.span.lowerBound)) to \(time(resolution.span.upperBound))"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func time(_ milliseconds: Milliseconds) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}
