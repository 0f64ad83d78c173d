internal import Compression
internal import Telemetry

/// What was asked to be removed: the samples of a range of all series that pass the matchers.
///
/// ```
/// number | blocks before | from, zigzag | to, zigzag | matchers | (operation | length | name | length | value) ...
/// ```
/// It stands in the write-ahead log, where it applies to what was logged before it, and in the ``Catalogue`` until the blocks that it
/// applies to were written anew.
struct Deletion: Sendable, Equatable {
    /// Largest encoded form.
    static let maximumBytes = 64 << 10

    private static let operations: [LabelMatcher.Operation] = [.equal, .notEqual, .matches, .doesNotMatch]

    /// Grows with each deletion.
    var number: UInt64
    /// Blocks of lower numbers were written before it; in later ones it has been heeded.
    var blocksBefore: UInt64
    var range: ClosedRange<Milliseconds>
    var matchers: [LabelMatcher]

    init(number: UInt64, blocksBefore: UInt64, range: ClosedRange<Milliseconds>, matchers: [LabelMatcher]) {
        self.number = number
        self.blocksBefore = blocksBefore
        self.range = range
        self.matchers = matchers
    }

    func encode(into bytes: inout [UInt8]) {
        Varint.append(number, to: &bytes)
        Varint.append(blocksBefore, to: &bytes)
        Varint.append(signed: range.lowerBound, to: &bytes)
        Varint.append(signed: range.upperBound, to: &bytes)
        Varint.append(UInt64(matchers.count), to: &bytes)
        for matcher in matchers {
            bytes.append(UInt8(Deletion.operations.firstIndex(of: matcher.operation) ?? 0))
            bytes.append(counted: matcher.name.utf8)
            bytes.append(counted: matcher.value.utf8)
        }
    }

    /// Reads one at `position` and moves past it; `nil` where the bytes are damaged.
    init?(_ bytes: ArraySlice<UInt8>, at position: inout Int) {
        guard let number = Varint.read(bytes, at: &position), let blocks = Varint.read(bytes, at: &position),
            let from = Varint.readSigned(bytes, at: &position), let to = Varint.readSigned(bytes, at: &position), from <= to,
            let count = Varint.read(bytes, at: &position), count <= UInt64(bytes.count)
        else { return nil }
        var matchers: [LabelMatcher] = []
        for _ in 0..<count {
            guard position < bytes.endIndex, bytes[position] < Deletion.operations.count else { return nil }
            let operation = Deletion.operations[Int(bytes[position])]
            position += 1
            guard let name = bytes.counted(at: &position), let value = bytes.counted(at: &position),
                let matcher = try? LabelMatcher(
                    String(decoding: name, as: UTF8.self), operation, String(decoding: value, as: UTF8.self))
            else { return nil }
            matchers.append(matcher)
        }
        self.init(number: number, blocksBefore: blocks, range: from...to, matchers: matchers)
    }
}

extension [UInt8] {
    /// Adds bytes preceded by their length.
    mutating func append(counted bytes: some Collection<UInt8>) {
        Varint.append(UInt64(bytes.count), to: &self)
        append(contentsOf: bytes)
    }
}

extension ArraySlice<UInt8> {
    /// Bytes preceded by their length at `position`, which moves past them; `nil` where they are not all there.
    func counted(at position: inout Int) -> ArraySlice<UInt8>? {
        guard let length = Varint.read(self, at: &position), length <= UInt64(endIndex - position) else { return nil }
        defer { position += Int(length) }
        return self[position..<position + Int(length)]
    }
}
