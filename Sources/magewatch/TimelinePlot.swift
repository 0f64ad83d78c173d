/// Peak demand (█) and capacity (▔ above it) over time, in characters.
struct TimelinePlot {
    let demand: [Double]
    let capacity: [Int]
    var columns = 96
    var rows = 16

    var text: String {
        guard !demand.isEmpty, !capacity.isEmpty else { return "" }
        let width = min(columns, demand.count)
        let peaks = (0..<width).map { demand[range($0, width)].max() ?? 0 }
        let tops = (0..<width).map { Double(capacity[range($0, width)].max() ?? 0) }
        let highest = max(1, peaks.max() ?? 1, tops.max() ?? 1)
        var lines: [String] = []
        for row in (1...rows).reversed() {
            let level = highest * Double(row) / Double(rows)
            let below = highest * Double(row - 1) / Double(rows)
            var line = row == rows ? label(highest) : row == 1 ? label(0) : label(nil)
            for column in 0..<width {
                if peaks[column] >= level {
                    line += peaks[column] > tops[column] ? "▓" : "█"
                } else if tops[column] > below, tops[column] <= level {
                    line += "▔"
                } else {
                    line += peaks[column] > below ? "▄" : " "
                }
            }
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        lines.append(label(nil) + "█ peak demand in servers   ▔ capacity   ▓ demand above capacity")
        return lines.joined(separator: "\n")
    }

    private func range(_ column: Int, _ width: Int) -> Range<Int> {
        let first = column * demand.count / width
        return first..<max(first + 1, (column + 1) * demand.count / width)
    }

    private func label(_ value: Double?) -> String {
        let text = value.map { "\(Int($0.rounded()))" } ?? ""
        return String(repeating: " ", count: max(0, 6 - text.count)) + text + " "
    }
}
