import ArgumentParser
import Foundation
import Glibc

/// Prints log lines in the form asked for.
struct LogPrinter {
    enum Form: String, ExpressibleByArgument, CaseIterable { case text, raw, json, csv }
    enum Colour: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

    private let form: Form
    private let hasColours: Bool

    init(form: Form, colour: Colour) {
        self.form = form
        hasColours =
            switch colour {
            case .always: true
            case .never: false
            case .auto: isatty(STDOUT_FILENO) == 1 && Terminal.hasColours
            }
        if form == .csv { LogPrinter.write("time,labels,line\n") }
    }

    /// Prints lines; those that were looked for stand out among the others, where there are any.
    func print(_ entries: [LogEntryAnswer], highlighting hits: Set<LogEntryAnswer> = []) {
        LogPrinter.write(entries.map { text($0, isHit: hits.contains($0)) + "\n" }.joined())
    }

    /// Separates passages, as grep does.
    func printGap() {
        if form == .text || form == .raw { LogPrinter.write("--\n") }
    }

    /// Prints the numbers of a metric query.
    func print(_ answer: QueryAnswer) {
        switch form {
        case .text, .raw: LogPrinter.write(answer.lines().map { $0 + "\n" }.joined())
        case .json, .csv:
            for series in answer.series {
                let labels = series.metric ?? [:]
                for point in series.values ?? series.value.map({ [$0] }) ?? [] {
                    let entry = LogEntryAnswer(labels: labels, nanoseconds: point.nanoseconds, line: point.text)
                    LogPrinter.write(text(entry, isHit: false) + "\n")
                }
            }
        }
    }

    private func text(_ entry: LogEntryAnswer, isHit: Bool) -> String {
        switch form {
        case .text: coloured(entry, isHit: isHit)
        case .raw: entry.line
        case .csv: [entry.rfc3339, QueryAnswer.name(entry.labels), entry.line].map(LogPrinter.quoted).joined(separator: ",")
        case .json: LogPrinter.json(entry)
        }
    }

    private func coloured(_ entry: LogEntryAnswer, isHit: Bool) -> String {
        let clock = QueryAnswer.clock(Double(entry.nanoseconds) / 1e9)
        let head = "\(clock) \(LogPrinter.origin(entry.labels))"
        guard hasColours else { return "\(head) \(entry.line)" }
        let body = entry.level?.colour.map { "\u{1b}[\($0)m\(entry.line)\u{1b}[0m" } ?? entry.line
        return "\u{1b}[\(isHit ? "1;36" : "36")m\(head)\u{1b}[0m \(body)"
    }

    /// The few labels that tell where a line is from, or how often a shape was seen.
    private static func origin(_ labels: [String: String]) -> String {
        if let count = labels["count"], let first = labels["first_seen"] {
            let rest = labels.filter { !["count", "first_seen", "last_seen"].contains($0.key) }
            return "\(count)x since \(first)" + (rest.isEmpty ? "" : " " + QueryAnswer.name(rest))
        }
        let known = ["host", "app", "filename"].compactMap { labels[$0] }
        return known.isEmpty ? QueryAnswer.name(labels) : known.joined(separator: " ")
    }

    /// RFC 4180: quoted where it has to be.
    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    private static func json(_ entry: LogEntryAnswer) -> String {
        struct Line: Encodable {
            var time: String
            var labels: [String: String]
            var line: String
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts can always be encoded.
        let data = (try? encoder.encode(Line(time: entry.rfc3339, labels: entry.labels, line: entry.line))) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    private static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
