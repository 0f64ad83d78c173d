import AgentContract
import Telemetry

/// A line a family: how many attacks, and their course by the hour.
enum AttackTimelineWidget {
    private static let hour: Milliseconds = 3_600_000
    /// Hours shown where the page says nothing.
    private static let usualHours = 48
    private static let maximumHours = 24 * 31

    static func draw(_ widget: Page.Widget, _ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        guard let attacks = snapshot.attacks else { return }
        let hours = min(maximumHours, widget.range.flatMap(hours) ?? usualHours)
        let first = snapshot.time - snapshot.time % hour - Milliseconds(hours - 1) * hour
        var courses: [String: [Double]] = [:]
        for entry in attacks.timeline where entry.start >= first && entry.start <= snapshot.time {
            for (family, count) in entry.families {
                courses[family, default: [Double](repeating: 0, count: hours)][Int((entry.start - first) / hour)] += Double(count)
            }
        }
        let sums = courses.mapValues { $0.reduce(0, +) }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        let total =
            "\(Units.text(Double(attacks.attacks), "short")) attacks, \(Units.text(Double(attacks.requests), "short")) requests"
        region.put(total, 0, 0, Style(.dim), on: &screen)
        if sums.isEmpty { region.put("none in \(hours) h", 0, 1, Style(.dim), on: &screen) }
        let width = max(0, region.width - 19)
        for (y, (family, sum)) in sums.prefix(max(0, region.height - 1)).enumerated() {
            region.put(family, 0, y + 1, on: &screen, limit: 12)
            region.put(Columns.right(Units.text(sum, "short"), 5), 12, y + 1, Style(.plain, bold: true), on: &screen)
            region.put(Sparkline.text(sampled(courses[family] ?? [], width), width: width), 18, y + 1, Style(.bad), on: &screen)
        }
    }

    /// As many columns as there is room for; each the sum of the hours that it stands for.
    private static func sampled(_ values: [Double], _ width: Int) -> [Double] {
        guard width > 0, values.count > width else { return values }
        let share = (values.count + width - 1) / width
        return stride(from: 0, to: values.count, by: share).map { values[$0..<min($0 + share, values.count)].reduce(0, +) }
    }

    private static func hours(_ text: String) -> Int? {
        let scale = text.hasSuffix("d") ? 24 : text.hasSuffix("h") ? 1 : 0
        return Int(text.dropLast()).flatMap { $0 > 0 && scale > 0 ? $0 * scale : nil }
    }
}

/// A line an offender: who, where from, what it did and what it cost.
enum OffenderWidget {
    static func draw(_ snapshot: Snapshot, _ state: PageState, _ region: Region, _ screen: inout Screen) {
        let banned = Set(snapshot.bans.map(\.address))
        let isWide = region.width >= 110
        let head =
            Columns.left("client", isWide ? 40 : 17) + Columns.right("score", 6) + Columns.right("attacks", 8)
            + Columns.right("requests", 9)
            + Columns.right("cost", 8) + "  " + Columns.left("kind", 12)
            + (isWide ? Columns.left("from", 30) + "why" : Columns.left("from", 12))
        region.put("  " + head, 0, 0, Style(.dim), on: &screen)
        if snapshot.offenders.isEmpty { region.put("nobody attacks", 2, 1, Style(.dim), on: &screen) }
        let list = ListWindow(snapshot.offenders.count, in: region.height - 1, state, .offenders)
        for (y, index) in list.rows.enumerated() {
            let offender = snapshot.offenders[index]
            let isBanned = banned.contains(offender.address)
            var x = list.mark(index, y + 1, region, &screen)
            let tone: Style.Tone = isBanned ? .good : .bad
            x += region.put(Columns.left(offender.address, isWide ? 40 : 17), x, y + 1, Style(tone, bold: true), on: &screen)
            x += region.put(numbers(offender), x, y + 1, on: &screen)
            x += region.put("  " + Columns.left(offender.family ?? "-", 12), x, y + 1, Style(.warning), on: &screen)
            let origin = self.origin(offender, isWide)
            x += region.put(Columns.left(origin, isWide ? 30 : 12), x, y + 1, on: &screen)
            guard isWide else { continue }
            let why = offender.evidence.first.map { "\($0.rule): \($0.request)" } ?? ""
            region.put((isBanned ? "banned; " : "") + why, x, y + 1, Style(.dim), on: &screen)
        }
    }

    private static func numbers(_ offender: OffenderReport) -> String {
        Columns.right("\(offender.score)", 6) + Columns.right(Units.text(Double(offender.attacks), "short"), 8)
            + Columns.right(Units.text(Double(offender.requests), "short"), 9)
            + Columns.right(offender.busySeconds > 0 ? Units.text(offender.busySeconds, "seconds") : "-", 8)
    }

    static func origin(_ offender: OffenderReport, _ isWide: Bool) -> String {
        let parts = [
            offender.country, offender.system.map { "AS\($0)" }, isWide ? offender.organization : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "-" : parts.joined(separator: " ")
    }
}

/// A line a ban: whom, and for how much longer.
enum BanWidget {
    static func draw(_ snapshot: Snapshot, _ state: PageState, _ region: Region, _ screen: inout Screen) {
        if snapshot.bans.isEmpty { region.put("none in force", 0, 0, Style(.dim), on: &screen) }
        let list = ListWindow(snapshot.bans.count, in: region.height, state, .bans)
        for (y, index) in list.rows.enumerated() {
            let ban = snapshot.bans[index]
            var x = list.mark(index, y, region, &screen)
            let left = Units.duration(Double(max(0, ban.until - snapshot.time)) / 1000)
            x += region.put(Columns.left(ban.address, 19), x, y, Style(.good, bold: true), on: &screen)
            x += region.put(Columns.right(left, 5) + " ", x, y, Style(.warning), on: &screen)
            // An alert's summary begins with the address, which stands there already.
            let reason = ban.reason.hasPrefix(ban.address + " ") ? ban.reason.dropFirst(ban.address.count + 1) : ban.reason[...]
            region.put(String(reason), x, y, Style(.dim), on: &screen)
        }
    }
}

/// Bans that the replay of the past, or the mode, left to a person.
enum ReviewWidget {
    static func draw(_ snapshot: Snapshot, _ state: PageState, _ region: Region, _ screen: inout Screen) {
        let proposals = snapshot.proposals
        if proposals.isEmpty { region.put("nothing waits", 0, 0, Style(.dim), on: &screen) }
        // Two lines each: what is proposed, and what speaks against it.
        let list = ListWindow(proposals.count, in: max(1, region.height / 2), state, .review)
        for (row, index) in list.rows.enumerated() {
            let decision = proposals[index].plan.decision
            let x = list.mark(index, row * 2, region, &screen)
            region.put(decision.summary, x, row * 2, on: &screen)
            region.put(decision.evidence.last?.text ?? "", x + 2, row * 2 + 1, Style(.dim), on: &screen)
        }
    }
}

/// Lines of access logs that no parser takes, the newest last.
enum UnparsedWidget {
    static func draw(_ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        if let count = snapshot.attacks?.unparsed {
            region.put("\(Units.text(Double(count), "short")) lines", 0, 0, Style(count == 0 ? .dim : .warning), on: &screen)
        }
        for (y, line) in snapshot.unparsed.suffix(max(0, region.height - 1)).enumerated() {
            region.put(line, 0, y + 1, on: &screen)
        }
    }
}
