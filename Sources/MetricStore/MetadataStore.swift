internal import Compression
internal import Telemetry

/// What metrics say about themselves, by name. Where there are too many names, the one that was told of longest ago is forgotten: its sender
/// tells it again, one that is gone does not.
///
/// ```
/// file = magic MWMETA01 | (length | name | type | length | help | length | unit) ... | CRC-32C
/// ```
struct MetadataStore: Sendable {
    static let magic = Array("MWMETA01".utf8)
    /// Longest help and unit that are kept; more is cut off.
    static let maximumHelpBytes = 1024
    static let maximumUnitBytes = 64

    private struct Entry {
        var metadata: MetricMetadata
        var toldAt: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var turn: UInt64 = 0
    /// Grows with each change, so that the file is written only where something changed.
    private(set) var version: UInt64 = 0
    private(set) var evicted = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { entries.count }
    subscript(name: String) -> MetricMetadata? { entries[name]?.metadata }
    var names: [String] { entries.keys.sorted() }

    /// Whether this is news; where it is not, it is only noted that it was told again.
    mutating func isNews(_ metadata: MetricMetadata, of name: String) -> Bool {
        guard entries[name]?.metadata == metadata else { return true }
        turn += 1
        entries[name]?.toldAt = turn
        return false
    }

    mutating func set(_ metadata: MetricMetadata, of name: String) {
        turn += 1
        version += 1
        if entries[name] == nil, entries.count >= capacity, let oldest = entries.min(by: { $0.value.toldAt < $1.value.toldAt }) {
            entries[oldest.key] = nil
            evicted += 1
        }
        entries[name] = Entry(metadata: metadata, toldAt: turn)
    }

    /// The metadata as it is kept.
    static func cut(_ metadata: MetricMetadata) -> MetricMetadata {
        var metadata = metadata
        metadata.help = cut(metadata.help, maximumHelpBytes)
        metadata.unit = cut(metadata.unit, maximumUnitBytes)
        return metadata
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var bytes = 0
        return String(
            text.unicodeScalars.prefix { scalar in
                bytes += UTF8.width(scalar)
                return bytes <= limit
            })
    }

    /// All of it as it stands in the file.
    var payload: [UInt8] {
        var bytes: [UInt8] = []
        for (name, entry) in entries.sorted(by: { $0.value.toldAt < $1.value.toldAt }) {
            MetadataStore.append(name, entry.metadata, to: &bytes)
        }
        return bytes
    }

    static func append(_ name: String, _ metadata: MetricMetadata, to bytes: inout [UInt8]) {
        bytes.append(counted: name.utf8)
        bytes.append(UInt8(MetricMetadata.Kind.allCases.firstIndex(of: metadata.kind) ?? 0))
        bytes.append(counted: metadata.help.utf8)
        bytes.append(counted: metadata.unit.utf8)
    }

    /// Reads what ``append(_:_:to:)`` wrote one after the other; `nil` where the bytes are damaged.
    static func read(_ bytes: ArraySlice<UInt8>) -> [(name: String, metadata: MetricMetadata)]? {
        var result: [(name: String, metadata: MetricMetadata)] = []
        var position = bytes.startIndex
        let kinds = MetricMetadata.Kind.allCases
        while position < bytes.endIndex {
            guard let name = bytes.counted(at: &position), position < bytes.endIndex, bytes[position] < kinds.count else {
                return nil
            }
            let kind = kinds[Int(bytes[position])]
            position += 1
            guard let help = bytes.counted(at: &position), let unit = bytes.counted(at: &position) else { return nil }
            func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
            result.append((text(name), MetricMetadata(kind: kind, help: text(help), unit: text(unit))))
        }
        return result
    }
}
