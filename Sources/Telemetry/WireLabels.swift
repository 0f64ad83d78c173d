/// Why the labels of a series are not taken: a reason as it stands in counters.
package struct LabelRefusal: Error, Sendable, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// Reads labels that were left as they were received: protobuf fields `1: Label { 1: name, 2: value }`, one after the other.
enum WireLabels {
    /// Hands each label to the batch.
    /// - Returns: false where the bytes are damaged, or a label has no name.
    static func append(_ bytes: [UInt8], _ range: Range<Int>, to batch: inout SampleBatch) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            guard let label = content(bytes, &position, range.upperBound, tag: 0x0a) else { return false }
            var name = 0..<0
            var value = 0..<0
            var inner = label.lowerBound
            while inner < label.upperBound {
                let tag = bytes[inner]
                guard tag == 0x0a || tag == 0x12, let part = content(bytes, &inner, label.upperBound, tag: tag) else {
                    return false
                }
                if tag == 0x0a { name = part } else { value = part }
            }
            guard !name.isEmpty else { return false }
            batch.appendLabel(name: bytes[name], value: bytes[value])
        }
        return true
    }

    /// The content of the length-delimited field at `position`, which moves past it.
    private static func content(_ bytes: [UInt8], _ position: inout Int, _ end: Int, tag: UInt8) -> Range<Int>? {
        guard position < end, bytes[position] == tag else { return nil }
        position += 1
        var length: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            length |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 {
                guard length <= UInt64(end - position) else { return nil }
                let start = position
                position += Int(length)
                return start..<position
            }
            shift += 7
        }
        return nil
    }
}
