import AgentContract
import Telemetry
import Topology

/// Draws a page: a head line, its rows of widgets, a foot line. Pure: the same snapshot gives the same screen.
package struct PageRenderer: Sendable {
    /// Seconds east of UTC of the times shown.
    private let zoneSeconds: Int

    package init(zoneSeconds: Int) {
        self.zoneSeconds = zoneSeconds
    }

    /// - Parameter state: where the cursor is; nil where nobody is at the keys.
    package func render(_ page: Page, _ snapshot: Snapshot, _ state: PageState? = nil, width: Int, height: Int) -> Screen {
        let state = state ?? PageState(page)
        var screen = Screen(width: width, height: height)
        let whole = Region(column: 0, row: 0, width: screen.width, height: screen.height)
        head(page, snapshot, whole, &screen)
        let body = Region(column: 0, row: 1, width: screen.width, height: screen.height - 2)
        for (row, region) in zip(page.rows, body.rows(page.rows.map(\.height))) {
            for (widget, part) in zip(row.widgets, region.columns(row.widgets.map { $0.width ?? 1 })) {
                let inside = part.frame(widget.title, on: &screen)
                draw(widget, snapshot, state, inside, &screen)
            }
        }
        Explanation.draw(state, snapshot, body, &screen)
        let foot = state.foot(snapshot)
        whole.put(foot.text, 1, screen.height - 1, foot.style, on: &screen)
        return screen
    }

    private func head(_ page: Page, _ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        region.put("Magewatch", 1, 0, .title, on: &screen)
        let firing = snapshot.alerts.count { $0.state == "firing" }
        let text = "stack \(snapshot.stack.name) · \(page.title) · \(clock(snapshot.time))"
        region.put(text, 12, 0, on: &screen)
        let alarm = firing == 0 ? "all quiet" : "\(firing) firing"
        region.put(alarm, 14 + TextWidth.columns(of: text), 0, Style(firing == 0 ? .good : .bad, bold: true), on: &screen)
    }

    private func draw(
        _ widget: Page.Widget, _ snapshot: Snapshot, _ state: PageState, _ region: Region, _ screen: inout Screen
    ) {
        switch widget.kind {
        case .placement: PlacementWidget.draw(snapshot, region, &screen)
        case .series: SeriesWidget.draw(widget, snapshot.series[widget.query ?? ""] ?? [], region, &screen)
        case .forecast: ForecastWidget.draw(snapshot.forecasts, region, &screen)
        case .alerts: alerts(snapshot, region, &screen)
        case .decisions: decisions(snapshot, region, &screen)
        case .logs: logs(snapshot.logs[widget.query ?? ""] ?? [], region, &screen)
        case .attacks: AttackTimelineWidget.draw(widget, snapshot, region, &screen)
        case .offenders: OffenderWidget.draw(snapshot, state, region, &screen)
        case .bans: BanWidget.draw(snapshot, state, region, &screen)
        case .review: ReviewWidget.draw(snapshot, state, region, &screen)
        case .unparsed: UnparsedWidget.draw(snapshot, region, &screen)
        }
    }

    private func alerts(_ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        if snapshot.alerts.isEmpty { region.put("none", 0, 0, Style(.dim), on: &screen) }
        let sorted = snapshot.alerts.sorted { ($0.state, $0.since) < ($1.state, $1.since) }
        for (y, alert) in sorted.prefix(region.height).enumerated() {
            let tone: Style.Tone = alert.state == "firing" ? .bad : .warning
            region.put("\(alert.state)", 0, y, Style(tone, bold: true), on: &screen)
            region.put("\(clock(alert.since)) \(alert.name) \(alert.summary)", 9, y, on: &screen)
        }
    }

    private func decisions(_ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        if snapshot.plans.isEmpty { region.put("none yet", 0, 0, Style(.dim), on: &screen) }
        for (y, report) in snapshot.plans.prefix(region.height).enumerated() {
            let tone: Style.Tone =
                switch report.state {
                case "done": .good
                case "failed", "undone": .bad
                default: .warning
                }
            var x = region.put("\(clock(report.plan.createdAt)) ", 0, y, Style(.dim), on: &screen)
            x += region.put("\(report.state) ", x, y, Style(tone), on: &screen)
            region.put("\(report.plan.purpose.rawValue): \(report.plan.decision.summary)", x, y, on: &screen)
        }
    }

    private func logs(_ lines: [Snapshot.LogLine], _ region: Region, _ screen: inout Screen) {
        if lines.isEmpty { region.put("no lines", 0, 0, Style(.dim), on: &screen) }
        for (y, line) in lines.suffix(region.height).enumerated() {
            var x = region.put("\(clock(line.time)) ", 0, y, Style(.dim), on: &screen)
            let origin = ["host", "app"].compactMap { line.labels[$0] }.joined(separator: "/")
            x += region.put(origin + " ", x, y, Style(.accent), on: &screen)
            region.put(line.text, x, y, on: &screen)
        }
    }

    /// `14:05:09` in the zone.
    private func clock(_ time: Milliseconds) -> String {
        let seconds = Int((time / 1000 + Int64(zoneSeconds)) % 86_400 + 86_400) % 86_400
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
