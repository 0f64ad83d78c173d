import Parsing
import Telemetry

/// A field that lines turned out to have.
package struct DetectedField: Sendable, Equatable {
    /// What its values look like.
    package enum Kind: String, Sendable { case string, int, float, boolean, duration, bytes }

    /// The label that a parser makes of it.
    package var name: String
    package var kind: Kind
    /// Different values seen, in the order of their first sighting, up to ``DetectedFields/maximumValues``.
    package var values: [String]
    /// The parser stages that find it, `json` or `logfmt`; none for structured metadata.
    package var parsers: [String]
    /// The keys that lead to it in JSON.
    package var jsonPath: [String]
}

/// Finds out what fields entries have: their metadata, and what `json` or else `logfmt` makes of their lines.
package struct DetectedFields: Sendable {
    /// Most fields kept; later ones are passed over.
    package static let maximumFields = 1_000
    /// Most different values of a field kept.
    package static let maximumValues = 1_000

    private struct Field {
        var detected: DetectedField
        var seen: Set<String>
    }

    private var fields: [String: Field] = [:]

    package init() {}

    /// The fields found, by name.
    package var all: [DetectedField] { fields.values.map(\.detected).sorted { $0.name < $1.name } }

    /// A field by its name.
    package subscript(name: String) -> DetectedField? { fields[name]?.detected }

    /// Looks at the entries of a stream. Names that the stream has already go by `name_extracted`, as behind a parser.
    package mutating func add(_ stream: LogStreamResult) {
        for entry in stream.entries {
            for label in entry.metadata { note(label.name, label.value) }
            for label in entry.parsed where !label.name.hasPrefix("__") { note(label.name, label.value) }
            addFields(of: entry.line, stream.labels)
        }
    }

    private mutating func addFields(of line: ArraySlice<UInt8>, _ stream: Labels) {
        func name(_ key: String) -> String { stream[key] == nil ? key : key + "_extracted" }
        var found: [(name: String, value: String, path: [String])] = []
        do throws(JSONSyntaxError) {
            try JSONFields.forEachLeaf(of: line) { path, value in
                let keys = path.compactMap { element in if case .key(let key) = element { key } else { nil } }
                guard value.kind != .null else { return }
                found.append((name(EntryLabels.sanitized(keys.joined(separator: "_").utf8)), value.text, keys))
            }
            for field in found { note(field.name, field.value, parser: "json", path: field.path) }
        } catch {
            // No JSON; anything can be read as logfmt, and pairs without a value are mere words.
            try? LogfmtFields.forEach(in: line, strict: false) { key, value in
                if !value.isEmpty { found.append((name(EntryLabels.sanitized(key)), value, [])) }
            }
            for field in found { note(field.name, field.value, parser: "logfmt") }
        }
    }

    private mutating func note(_ name: String, _ value: String, parser: String? = nil, path: [String] = []) {
        guard !name.isEmpty, fields[name] != nil || fields.count < DetectedFields.maximumFields else { return }
        let kind = DetectedField.Kind(of: value)
        var field =
            fields[name]
            ?? Field(
                detected: DetectedField(name: name, kind: kind, values: [], parsers: [], jsonPath: path), seen: [])
        if field.detected.kind != kind { field.detected.kind = field.detected.kind.joined(kind) }
        if let parser, !field.detected.parsers.contains(parser) { field.detected.parsers.append(parser) }
        if field.detected.jsonPath.isEmpty { field.detected.jsonPath = path }
        if field.seen.count < DetectedFields.maximumValues, field.seen.insert(value).inserted {
            field.detected.values.append(value)
        }
        fields[name] = field
    }
}

extension DetectedField.Kind {
    /// What one value looks like.
    init(of value: String) {
        if Int64(value) != nil {
            self = .int
        } else if value == "true" || value == "false" {
            self = .boolean
        } else if value.utf8.first.map({ $0 &- 0x30 < 10 || $0 == 0x2d || $0 == 0x2e }) ?? false {
            // Words such as "nan" and "infinity" are no numbers here.
            if Double(value) != nil {
                self = .float
            } else if (try? Quantity.labelDuration(value)) != nil {
                self = .duration
            } else if (try? Quantity.labelBytes(value)) != nil {
                self = .bytes
            } else {
                self = .string
            }
        } else {
            self = .string
        }
    }

    /// What values of two kinds have in common.
    func joined(_ other: Self) -> Self {
        [self, other].allSatisfy { $0 == .int || $0 == .float } ? .float : .string
    }
}
