import Telemetry

/// The labels of one entry on its way through a pipeline.
///
/// A name may come from the stream, the entry's metadata and a parser at once. The first of these keeps it; a later one goes by
/// `name_extracted`, where the last one stays.
struct EntryLabels {
    /// Most labels of one entry; a line that parses into more is marked as an error.
    static let maximumCount = 1_024

    static let errorName = "__error__"
    static let errorDetailsName = "__error_details__"
    private static let suffix = "_extracted"

    private struct Item {
        var label: Label
        /// 0 for what the entry came with, else the number of the stage that set it.
        var stage: Int
        var origin: Origin
    }

    /// Where a label is from.
    private enum Origin { case stream, metadata, parsed }

    private let stream: Labels
    private let metadata: Labels
    private var items: [Item]
    private var stage = 0
    /// What a stage could not do, and how: the first error stays.
    private(set) var error: (code: String, details: String)?

    init(stream: Labels, metadata: Labels) {
        self.stream = stream
        self.metadata = metadata
        items = stream.labels.map { Item(label: $0, stage: 0, origin: .stream) }
        for label in metadata {
            let isTaken = stream[label.name] != nil
            let name = isTaken ? label.name + EntryLabels.suffix : label.name
            items.append(Item(label: Label(name, label.value), stage: 0, origin: .metadata))
        }
    }

    /// The name that a label goes by whose own is taken.
    static func extracted(_ name: String) -> String { name + suffix }

    /// Begins the next stage: of equal names one stage parses the first counts.
    mutating func beginStage() { stage += 1 }

    /// A label's value, errors included.
    subscript(name: String) -> String? {
        if name == EntryLabels.errorName { return error?.code }
        if name == EntryLabels.errorDetailsName { return error?.details }
        return value(name)
    }

    /// A label's value, errors not included.
    func value(_ name: String) -> String? {
        items.first { $0.label.name == name }?.label.value
    }

    /// Takes a label that a parser found.
    mutating func parsed(_ name: String, _ value: String) {
        let isTaken = stream[name] != nil || metadata[name] != nil
        let name = isTaken ? name + EntryLabels.suffix : name
        if let index = items.firstIndex(where: { $0.label.name == name }) {
            if items[index].stage != stage { items[index] = Item(label: Label(name, value), stage: stage, origin: .parsed) }
        } else if items.count < EntryLabels.maximumCount {
            items.append(Item(label: Label(name, value), stage: stage, origin: .parsed))
        } else {
            fail("TooManyLabels", "the line parses into more than \(EntryLabels.maximumCount) labels")
        }
    }

    /// Sets a label whatever there was.
    mutating func set(_ name: String, to value: String) {
        remove(name)
        items.append(Item(label: Label(name, value), stage: stage, origin: .parsed))
    }

    mutating func remove(_ name: String) {
        if name == EntryLabels.errorName || name == EntryLabels.errorDetailsName { error = nil }
        items.removeAll { $0.label.name == name }
    }

    /// Keeps the labels that pass.
    mutating func filter(_ isKept: (Label) -> Bool) {
        items.removeAll { !isKept($0.label) }
    }

    mutating func fail(_ code: String, _ details: String) {
        if error == nil { error = (code, details) }
    }

    /// The labels apart by where they are from; an error counts as parsed.
    func categorized() -> (stream: Labels, metadata: Labels, parsed: Labels) {
        func labels(_ origin: Origin) -> [Label] { items.filter { $0.origin == origin }.map(\.label) }
        var parsed = labels(.parsed)
        if let error {
            parsed += [Label(EntryLabels.errorName, error.code), Label(EntryLabels.errorDetailsName, error.details)]
        }
        func sorted(_ labels: [Label]) -> Labels { Labels(sorted: labels.sorted { $0.name < $1.name }) }
        return (sorted(labels(.stream)), sorted(labels(.metadata)), sorted(parsed))
    }

    /// All labels, sorted, an empty value among them where a parser set one; with the error, if there is one.
    func labels() -> Labels {
        var labels = items.map(\.label)
        if let error {
            labels.append(Label(EntryLabels.errorName, error.code))
            labels.append(Label(EntryLabels.errorDetailsName, error.details))
        }
        return Labels(sorted: labels.sorted { $0.name < $1.name })
    }

    /// The name that a parser's key gets: bytes that no label's name may hold become `_`.
    static func sanitized(_ key: some Sequence<UInt8>, isStart: Bool = true) -> String {
        var name: [UInt8] = []
        for byte in key {
            // One `_` for a character of several bytes.
            if byte & 0xc0 == 0x80 { continue }
            let isDigit = byte &- 0x30 < 10
            if isDigit, name.isEmpty, isStart { name.append(UInt8(ascii: "_")) }
            let isAllowed = isDigit || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
            name.append(isAllowed ? byte : UInt8(ascii: "_"))
        }
        return String(decoding: name, as: UTF8.self)
    }
}
