import AgentContract

/// What is held against whoever is under the cursor, over the page.
enum Explanation {
    /// Its title and lines; nil where there is nothing under the cursor.
    static func text(_ state: PageState, _ snapshot: Snapshot) -> (title: String, lines: [String])? {
        switch state.focus {
        case .offenders:
            return state.offender(snapshot).map { ("Why \($0.address) is an offender", lines($0)) }
        case .bans:
            guard let ban = state.ban(snapshot) else { return nil }
            let known = snapshot.offenders.first { $0.address == ban.address }.map(lines)
            return ("Why \(ban.address) is banned", [ban.reason, ""] + (known ?? ["nothing more is held against it"]))
        case .review:
            guard let plan = state.proposal(snapshot)?.plan else { return nil }
            return (
                "Why \(plan.id) waits", [plan.decision.summary, ""] + plan.decision.evidence.map { "\($0.name): \($0.text)" }
            )
        default: return nil
        }
    }

    private static func lines(_ offender: OffenderReport) -> [String] {
        let cost = Units.text(offender.busySeconds, "seconds")
        return [
            "score \(offender.score), \(offender.attacks) attacks in \(offender.requests) requests, \(Units.text(Double(offender.bytes), "bytes")), "
                + "\(cost) of the servers; from \(OffenderWidget.origin(offender, true))", "",
        ]
            + offender.evidence.flatMap {
                ["\($0.family)  \($0.rule): \($0.reason)", "  \($0.detail)", "  \($0.request)", ""]
            }
    }

    static func draw(_ state: PageState, _ snapshot: Snapshot, _ region: Region, _ screen: inout Screen) {
        guard state.isExplaining, let text = text(state, snapshot) else { return }
        region.clear(on: &screen)
        let inside = region.frame(text.title, on: &screen)
        let lines = text.lines.flatMap { wrapped($0, inside.width) }
        for (y, line) in lines.prefix(inside.height).enumerated() { inside.put(line, 0, y, on: &screen) }
    }

    /// A line in pieces that fit, cut at blanks where there are some; what is continued stands two columns further in.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        guard width > 0, TextWidth.columns(of: text) > width else { return [text] }
        let indent = String(text.prefix { $0 == " " }.prefix(width / 2))
        let further = String((indent + "  ").prefix(width / 2))
        var (lines, line): ([String], String) = ([], indent)
        for word in text.split(separator: " ") {
            let isFirst = line.allSatisfy { $0 == " " }
            if !isFirst, TextWidth.columns(of: line) + 1 + TextWidth.columns(of: String(word)) > width {
                lines.append(line)
                line = further
            } else if !isFirst {
                line += " "
            }
            for character in word {
                if TextWidth.columns(of: line) + TextWidth.columns(of: character) > width {
                    lines.append(line)
                    line = further
                }
                line.append(character)
            }
        }
        return lines + [line]
    }
}
