import Telemetry

/// The past of a signal and its forecast with bands, in characters: `•` what was and the median, `▒` the 80 % band, `░` the 95 % band.
struct ForecastPlot {
    /// Distance to the moment of the forecast (negative) and value, ascending.
    let past: [(seconds: Double, value: Double)]
    /// How far back the plot begins.
    let pastSeconds: Double
    let forecast: Forecast
    var columns = 90
    var rows = 16

    private struct Column {
        var line: Double?
        var inner: ClosedRange<Double>?
        var outer: ClosedRange<Double>?
    }

    var text: String {
        let ahead = max(1, forecast.leadsSeconds.last ?? 1)
        let behind = max(0, pastSeconds)
        let split = Int((Double(columns) * behind / (behind + ahead)).rounded())
        var cells = [Column](repeating: Column(), count: columns)
        for (seconds, value) in past where value.isFinite && behind > 0 && seconds >= -behind {
            cells[min(split - 1, max(0, Int((seconds + behind) / behind * Double(split))))].line = value
        }
        for column in split..<columns {
            let seconds = ahead * (Double(column - split) + 1) / Double(columns - split)
            cells[column] = self.column(at: seconds)
        }
        let top = max(1e-9, cells.flatMap { [$0.line ?? 0, $0.outer?.upperBound ?? 0] }.max() ?? 1)
        var lines = (0..<rows).reversed().map { row in
            let low = top * Double(row) / Double(rows)
            let high = top * Double(row + 1) / Double(rows)
            let label = row == rows - 1 ? ForecastText.share(top) : row == 0 ? "0 %" : ""
            return pad(label) + line(cells, low..<high, split)
        }
        lines.append(pad("") + axis(split, behind, ahead))
        return lines.joined(separator: "\n")
    }

    private func line(_ cells: [Column], _ level: Range<Double>, _ split: Int) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            if index == split { text += "│" }
            if let value = cell.line, level.contains(value) || (value >= level.upperBound && isTop(level, cells)) {
                text += "•"
            } else if let inner = cell.inner, inner.overlaps(level) {
                text += "▒"
            } else if let outer = cell.outer, outer.overlaps(level) {
                text += "░"
            } else {
                text += " "
            }
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The uppermost value belongs into the uppermost row.
    private func isTop(_ level: Range<Double>, _ cells: [Column]) -> Bool {
        !cells.contains { ($0.line ?? 0) > level.upperBound || ($0.outer?.upperBound ?? 0) > level.upperBound }
    }

    private func column(at seconds: Double) -> Column {
        func value(_ quantile: Double) -> Double? {
            guard let path = forecast.paths.first(where: { $0.quantile == quantile }), !path.values.isEmpty else { return nil }
            let next = forecast.leadsSeconds.firstIndex { $0 >= seconds } ?? path.values.count - 1
            guard next > 0, next < path.values.count else { return path.values[min(next, path.values.count - 1)] }
            let before = forecast.leadsSeconds[next - 1]
            let share = min(1, (seconds - before) / max(1e-9, forecast.leadsSeconds[next] - before))
            return path.values[next - 1] + (path.values[next] - path.values[next - 1]) * share
        }
        func band(_ low: Double, _ high: Double) -> ClosedRange<Double>? {
            guard let low = value(low), let high = value(high), low <= high else { return nil }
            return low...high
        }
        return Column(line: value(0.5), inner: band(0.1, 0.9), outer: band(0.025, 0.975))
    }

    private func axis(_ split: Int, _ behind: Double, _ ahead: Double) -> String {
        let left = "-\(ForecastText.duration(behind))"
        let right = "+\(ForecastText.duration(ahead))"
        let middle = String(repeating: " ", count: max(1, split - left.count - 1)) + "now"
        let rest = columns + 1 - left.count - middle.count - right.count
        return left + middle + String(repeating: " ", count: max(1, rest)) + right
    }

    private func pad(_ label: String) -> String { String(repeating: " ", count: max(0, 6 - label.count)) + label + " " }
}
