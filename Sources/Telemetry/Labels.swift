/// One name and its value.
package struct Label: Hashable, Comparable, Sendable, Codable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package static func < (left: Label, right: Label) -> Bool {
        left.name == right.name ? left.value < right.value : left.name < right.name
    }
}

/// What a series or a log stream is identified by: a set of labels, sorted by name, each name once, no value empty.
///
/// A label with an empty value is the same as no label, as in Prometheus, and is dropped on the way in.
package struct Labels: Hashable, Sendable {
    /// The label that holds a metric's name.
    package static let metricNameLabel = "__name__"
    /// No labels.
    package static let empty = Labels(sorted: [])

    package private(set) var labels: [Label]

    /// Takes labels in any order; of two with one name the later one wins.
    package init(_ labels: some Sequence<Label>) {
        self.init(Array(labels))
    }

    /// The same of an array, which is kept as it is where it is in order already.
    package init(_ labels: [Label]) {
        self.labels = Labels.isInOrder(labels) ? labels : Labels.ordered(labels)
    }

    private static func isInOrder(_ labels: [Label]) -> Bool {
        for index in labels.indices {
            if labels[index].value.isEmpty || index > 0 && labels[index - 1].name >= labels[index].name { return false }
        }
        return true
    }

    private static func ordered(_ labels: [Label]) -> [Label] {
        let order = labels.indices.sorted { (labels[$0].name, $0) < (labels[$1].name, $1) }
        var kept: [Label] = []
        kept.reserveCapacity(labels.count)
        for index in order {
            if kept.last?.name == labels[index].name { kept.removeLast() }
            kept.append(labels[index])
        }
        kept.removeAll { $0.value.isEmpty }
        return kept
    }

    /// Takes labels already sorted by name, unique and non-empty, as a decoder that checked them has.
    package init(sorted labels: [Label]) {
        self.labels = labels
    }

    /// The value of a label, or `nil` where there is none.
    package subscript(name: String) -> String? {
        // Label sets are short; a scan beats a binary search on them.
        for label in labels where label.name == name { return label.value }
        return nil
    }

    /// The metric's name, or `nil` for a log stream or a computed series.
    package var metricName: String? { self[Labels.metricNameLabel] }
    package var count: Int { labels.count }
    package var isEmpty: Bool { labels.isEmpty }

    /// The same set with one label set (or removed, where `value` is nil or empty).
    package func setting(_ name: String, to value: String?) -> Labels {
        var changed = labels.filter { $0.name != name }
        if let value, !value.isEmpty {
            let index = changed.firstIndex { $0.name > name } ?? changed.endIndex
            changed.insert(Label(name, value), at: index)
        }
        return Labels(sorted: changed)
    }

    /// The same set without the labels of those names.
    package func removing(_ names: some Collection<String>) -> Labels {
        Labels(sorted: labels.filter { !names.contains($0.name) })
    }

    /// Only the labels of those names.
    package func keeping(_ names: some Collection<String>) -> Labels {
        Labels(sorted: labels.filter { names.contains($0.name) })
    }

    /// This set with the labels of `other` put over it.
    package func merging(_ other: Labels) -> Labels {
        Labels(labels + other.labels)
    }

    /// A 64-bit hash that is the same in every process and on disk (FNV-1a over the canonical form).
    package var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for label in labels {
            for byte in label.name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
            for byte in label.value.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        return hash
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Label($0.0, $0.1) })
    }
}

extension Labels: Comparable {
    package static func < (left: Labels, right: Labels) -> Bool {
        left.labels.lexicographicallyPrecedes(right.labels)
    }
}

extension Labels: Sequence {
    package func makeIterator() -> IndexingIterator<[Label]> { labels.makeIterator() }
}

extension Labels: CustomStringConvertible {
    /// `name{a="b", c="d"}`, as Prometheus prints it.
    package var description: String {
        let inside = labels.filter { $0.name != Labels.metricNameLabel }
            .map { "\($0.name)=\(Labels.quoted($0.value))" }
            .joined(separator: ", ")
        let name = metricName ?? ""
        return inside.isEmpty && !name.isEmpty ? name : "\(name){\(inside)}"
    }

    /// A value in double quotes, with `\`, `"` and newline escaped.
    package static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

extension Labels: Codable {
    package init(from decoder: any Decoder) throws {
        let dictionary = try decoder.singleValueContainer().decode([String: String].self)
        self.init(dictionary.map { Label($0.key, $0.value) })
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Dictionary(uniqueKeysWithValues: labels.map { ($0.name, $0.value) }))
    }
}
