import Parsing
import RegularExpressions
import Telemetry

/// The parser stages: a line's fields become labels.
enum FieldParser {
    static func parse(_ stage: Stage, _ entry: inout PipelineEntry) {
        switch stage {
        case .json(let labels) where labels.isEmpty: json(&entry)
        case .json(let labels): json(labels, &entry)
        case .logfmt(let strict, let keepEmpty, let labels): logfmt(strict, keepEmpty, labels, &entry)
        case .pattern(let pattern):
            for (name, value) in pattern.captures(in: entry.line) ?? [] {
                entry.labels.parsed(name, String(decoding: value, as: UTF8.self))
            }
        case .regexp(let regex): groups(of: regex, &entry)
        case .unpack: unpack(&entry)
        default: break
        }
    }

    private static func json(_ entry: inout PipelineEntry) {
        var labels = entry.labels
        do throws(JSONSyntaxError) {
            try JSONFields.forEachLeaf(of: entry.line) { path, value in
                guard value.kind != .null else { return }
                let name = name(of: path)
                if !name.isEmpty { labels.parsed(name, value.text) }
            }
        } catch {
            labels.fail("JSONParserErr", error.description)
        }
        entry.labels = labels
    }

    /// The label's name of a value in JSON.
    static func name(of path: [JSONFields.PathElement]) -> String {
        var name = ""
        for element in path {
            guard case .key(let key) = element else { continue }
            if !name.isEmpty { name += "_" }
            name += EntryLabels.sanitized(key.utf8, isStart: name.isEmpty)
        }
        return name
    }

    private static func json(_ wanted: [JSONLabel], _ entry: inout PipelineEntry) {
        do throws(JSONSyntaxError) {
            let values = try JSONFields.values(at: wanted.map(\.path), of: entry.line)
            for (label, value) in zip(wanted, values) {
                entry.labels.parsed(label.name, value.map { $0.kind == .null ? "" : $0.text } ?? "")
            }
        } catch {
            entry.labels.fail("JSONParserErr", error.description)
        }
    }

    private static func logfmt(_ strict: Bool, _ keepEmpty: Bool, _ wanted: [RenamedLabel], _ entry: inout PipelineEntry) {
        var labels = entry.labels
        do throws(LogfmtSyntaxError) {
            try LogfmtFields.forEach(in: entry.line, strict: strict) { key, value in
                let name = EntryLabels.sanitized(key)
                guard keepEmpty || !value.isEmpty, !name.isEmpty else { return }
                if wanted.isEmpty { labels.parsed(name, value) }
                for label in wanted where label.key.utf8.elementsEqual(key) || label.key == name {
                    labels.parsed(label.name, value)
                }
            }
        } catch {
            labels.fail("LogfmtParserErr", error.description)
        }
        if keepEmpty {
            for label in wanted where labels.value(label.name) == nil { labels.parsed(label.name, "") }
        }
        entry.labels = labels
    }

    private static func groups(of regex: CompiledRegex, _ entry: inout PipelineEntry) {
        let line = entry.line
        guard let ranges = unsafe line.withUnsafeBytes({ unsafe regex.firstMatch(in: $0) }) else { return }
        for (position, name) in regex.groupNames.enumerated() {
            guard let name, position + 1 < ranges.count else { continue }
            let range = ranges[position + 1].map { line.startIndex + $0.lowerBound..<line.startIndex + $0.upperBound }
            entry.labels.parsed(name, range.map { String(decoding: line[$0], as: UTF8.self) } ?? "")
        }
    }

    /// Strings of a packed object become labels, and its `_entry` the line.
    private static func unpack(_ entry: inout PipelineEntry) {
        guard !entry.line.isEmpty else { return }
        var labels = entry.labels
        var line = entry.line
        do throws(JSONSyntaxError) {
            try JSONFields.forEachLeaf(of: entry.line) { path, value in
                guard path.count == 1, value.kind == .string, case .key(let key) = path[0] else { return }
                if key == "_entry" {
                    line = Array(value.text.utf8)[...]
                } else {
                    labels.parsed(EntryLabels.sanitized(key.utf8), value.text)
                }
            }
        } catch {
            labels.fail("JSONParserErr", error.description)
        }
        entry.labels = labels
        entry.line = line
    }
}
