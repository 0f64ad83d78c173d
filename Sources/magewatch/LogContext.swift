import Foundation

/// Lines that were found, with those around them, without a gap.
struct LogPassage {
    var entries: [LogEntryAnswer]
    var hits: Set<LogEntryAnswer>
}

extension LogClient {
    /// The lines around each of some, from all streams of the same host; passages that touch are one.
    func passages(around hits: [LogEntryAnswer], lines: Int) async throws -> [LogPassage] {
        var passages: [LogPassage] = []
        // A host's lines have nothing to do with another's.
        for (_, hits) in Dictionary(grouping: hits, by: { $0.hostSelector }).sorted(by: { $0.key < $1.key }) {
            var own: [LogPassage] = []
            for hit in hits {
                let around = try await context(of: hit, lines: lines)
                if let last = own.last, let first = around.first, let end = last.entries.last,
                    first.nanoseconds <= end.nanoseconds
                {
                    let known = Set(last.entries)
                    own[own.count - 1].entries += around.filter { !known.contains($0) }
                    own[own.count - 1].entries.sort { $0.nanoseconds < $1.nanoseconds }
                    own[own.count - 1].hits.insert(hit)
                } else {
                    own.append(LogPassage(entries: around, hits: [hit]))
                }
            }
            passages += own
        }
        return passages
    }

    /// A line between as many before and behind it, the oldest first.
    private func context(of hit: LogEntryAnswer, lines: Int) async throws -> [LogEntryAnswer] {
        let (time, span) = (hit.nanoseconds, LogClient.contextSeconds * 1_000_000_000)
        let selector = hit.hostSelector
        let before = try await range(selector, from: time - span, to: time, limit: lines)
        // Lines of the same instant stand behind it; the line itself is among them, unless a stage changed it.
        let after = try await range(selector, from: time, to: time + span, limit: lines + 1, direction: "forward")
        let behind = (after.entries ?? []).filter { !($0.nanoseconds == time && $0.line == hit.line) }
        return (before.entries ?? []) + [hit] + behind.prefix(lines)
    }
}

extension LogEntryAnswer {
    /// Selects all streams of the line's host, or where it has none, of what names it best.
    fileprivate var hostSelector: String {
        for name in ["host", "server", "instance", "hostname", "node"] {
            if let value = labels[name] { return "{\(name)=\(LogEntryAnswer.quoted(value))}" }
        }
        return QueryAnswer.name(labels)
    }

    private static func quoted(_ value: String) -> String {
        "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
