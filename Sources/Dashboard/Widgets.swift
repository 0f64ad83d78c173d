import Telemetry
import Topology

/// Servers down, roles across: each container with how busy it is; backups in brackets.
enum PlacementWidget {
    static func draw(_ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        let stack = snapshot.stack
        let roles = Role.allCases.filter { role in stack.containers.contains { $0.role == role } }
        guard !stack.servers.isEmpty else {
            region.put("no servers configured: this machine alone is watched", 0, 0, Style(.dim), on: &screen)
            return
        }
        let nameWidth = 2 + (stack.servers.map(\.name.count).max() ?? 6)
        let cell = max(12, (region.width - nameWidth - 10) / max(1, roles.count))
        for (index, role) in roles.enumerated() {
            region.put(role.rawValue, nameWidth + 10 + index * cell, 0, Style(.plain, bold: true), on: &screen, limit: cell - 1)
        }
        for (y, server) in stack.servers.prefix(max(0, region.height - 1)).enumerated() {
            let isIdle = server.kind == .overflow && stack.lease(of: server.name) == nil
            let tone: Style.Tone = server.health == .down ? .bad : isIdle ? .dim : .good
            region.put(server.name, 0, y + 1, Style(tone, bold: true), on: &screen)
            region.put(
                isIdle ? "idle" : server.kind == .overflow ? "leased" : server.health.rawValue, nameWidth, y + 1, Style(tone),
                on: &screen)
            for (index, role) in roles.enumerated() {
                var x = nameWidth + 10 + index * cell
                let end = x + cell - 1
                for container in stack.containers(on: server.name) where container.role == role && x < end {
                    x += self.container(container, snapshot.utilisation[container.name], region, x, y + 1, end - x, &screen)
                }
            }
        }
    }

    private static func container(
        _ container: Container, _ use: Double?, _ region: Region, _ x: Int, _ y: Int, _ limit: Int, _ screen: inout Screen
    ) -> Int {
        if container.kind == .backup {
            return region.put("(\(container.name)) ", x, y, Style(.dim), on: &screen, limit: limit)
        }
        let share = use.map { " \(Int(($0 * 100).rounded()))%" } ?? ""
        return region.put("\(container.name)\(share) ", x, y, Style(Tones.utilisation(use ?? 0)), on: &screen, limit: limit)
    }
}

/// A line a series: name, course, last value.
enum SeriesWidget {
    static func draw(_ widget: Page.Widget, _ lines: [Snapshot.SeriesLine], _ region: Region, _ screen: inout Screen) {
        if lines.isEmpty { region.put("no data yet", 0, 0, Style(.dim), on: &screen) }
        let named = lines.map { (name(widget, $0), $0) }.sorted { $0.0 < $1.0 }
        let nameWidth = min(region.width / 3, 1 + (named.map { TextWidth.columns(of: $0.0) }.max() ?? 0))
        for (y, (name, line)) in named.prefix(region.height).enumerated() {
            region.put(name, 0, y, on: &screen, limit: nameWidth)
            let value = line.values.last(where: \.isFinite).map { Units.text($0, widget.unit) } ?? "-"
            let course = Sparkline.text(line.values, width: max(0, region.width - nameWidth - 10))
            let last = line.values.last(where: \.isFinite) ?? 0
            let tone = widget.unit == "percent" ? Tones.utilisation(last) : .accent
            let x = nameWidth + region.put(course, nameWidth, y, Style(tone), on: &screen)
            region.put(" \(value)", x, y, Style(.plain, bold: true), on: &screen)
        }
    }

    private static func name(_ widget: Page.Widget, _ line: Snapshot.SeriesLine) -> String {
        if let legend = widget.legend { return line.labels[legend] ?? "" }
        return line.labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
    }
}

/// A line a role: the median and the high quantile at each lead, and when it saturates.
enum ForecastWidget {
    static func draw(_ forecasts: [Forecast], _ region: Region, _ screen: inout Screen) {
        if forecasts.isEmpty { region.put("not enough history yet", 0, 0, Style(.dim), on: &screen) }
        for (y, forecast) in forecasts.prefix(region.height).enumerated() {
            var x = region.put("\(forecast.role) ", 0, y, Style(.plain, bold: true), on: &screen)
            guard let median = forecast.paths.first(where: { $0.quantile == 0.5 }),
                let high = forecast.paths.first(where: { $0.quantile == 0.9 })
            else { continue }
            for index in forecast.leadsSeconds.indices where x < region.width - 24 {
                x += region.put("+\(Units.duration(forecast.leadsSeconds[index])) ", x, y, Style(.dim), on: &screen)
                let text = "\(Units.text(median.values[index], "percent"))…\(Units.text(high.values[index], "percent"))  "
                x += region.put(text, x, y, Style(Tones.utilisation(high.values[index])), on: &screen)
            }
            let saturation =
                forecast.secondsToSaturationEarly.map { "saturates in \(Units.duration($0.rounded()))" } ?? "has room"
            region.put(saturation, x, y, Style(forecast.secondsToSaturationEarly == nil ? .good : .bad), on: &screen)
        }
    }
}

/// Colours of shares.
enum Tones {
    static func utilisation(_ share: Double) -> Style.Tone {
        share >= 0.85 ? .bad : share >= 0.65 ? .warning : .good
    }
}

/// A course in eight heights.
package enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// The last values, one a column, scaled from 0 (or the least, where it is negative) to the greatest; gaps are blanks.
    package static func text(_ values: [Double], width: Int) -> String {
        let shown = values.suffix(width)
        let finite = shown.filter(\.isFinite)
        guard let most = finite.max(), let least = finite.min() else { return String(repeating: " ", count: shown.count) }
        let floor = Swift.min(0, least)
        let span = most - floor
        return String(
            shown.map { value in
                guard value.isFinite else { return " " }
                guard span > 0, span.isFinite else { return blocks[0] }
                return blocks[Swift.min(7, Int((value - floor) / span * 7.999))]
            })
    }
}

/// Numbers as people read them.
package enum Units {
    /// A value in a page's unit.
    package static func text(_ value: Double, _ unit: String?) -> String {
        guard value.isFinite else { return "-" }
        switch unit {
        case "percent": return "\(Int(min(max(value * 100, -1e6), 1e6).rounded()))%"
        case "bytes": return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"])
        case "seconds": return value < 1 ? "\(Int((value * 1000).rounded())) ms" : "\(tenths(value)) s"
        default: return scaled(value, 1000, ["", "k", "M", "G", "T"])
        }
    }

    /// `45s`, `12m`, `3h`, `2d`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "-" }
        for (unit, size) in [("d", 86_400.0), ("h", 3600), ("m", 60)]
        where seconds >= 2 * size || (seconds >= size && seconds.truncatingRemainder(dividingBy: size) == 0) {
            return "\(Int(seconds / size))\(unit)"
        }
        return "\(Int(seconds))s"
    }

    private static func scaled(_ value: Double, _ base: Double, _ names: [String]) -> String {
        var rest = value
        var index = 0
        while abs(rest) >= base, index < names.count - 1 {
            rest /= base
            index += 1
        }
        let number = abs(rest) >= 100 || rest == rest.rounded() ? "\(Int(min(max(rest, -1e15), 1e15).rounded()))" : tenths(rest)
        return names[index].isEmpty || base == 1000 ? number + names[index] : "\(number) \(names[index])"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((min(max(value, -1e14), 1e14) * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
