/// Writes protobuf messages, field by field.
///
/// ```swift
/// var message = ProtobufWriter()
/// message.message(1) { label in
///     label.string(1, "job")
///     label.string(2, "web")
/// }
/// ```
/// Default values are written like others: whoever wants them left out does not write them.
package struct ProtobufWriter: Sendable {
    /// The message so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// An unsigned integer, a boolean or an enumeration.
    package mutating func varint(_ field: Int, _ value: UInt64) {
        tag(field, 0)
        Varint.append(value, to: &bytes)
    }

    /// An `int64`, which takes ten bytes where it is negative.
    package mutating func integer(_ field: Int, _ value: Int64) {
        varint(field, UInt64(bitPattern: value))
    }

    /// A `double`, every bit kept.
    package mutating func double(_ field: Int, _ value: Double) {
        fixed(field, value.bitPattern)
    }

    /// A `fixed64`.
    package mutating func fixed(_ field: Int, _ value: UInt64) {
        tag(field, 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// A `string`.
    package mutating func string(_ field: Int, _ text: String) {
        data(field, text.utf8)
    }

    /// `bytes`, a packed list, or a message that is written already.
    package mutating func data(_ field: Int, _ content: some Collection<UInt8>) {
        tag(field, 2)
        Varint.append(UInt64(content.count), to: &bytes)
        bytes.append(contentsOf: content)
    }

    /// A message within this one.
    package mutating func message(_ field: Int, _ inside: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        inside(&inner)
        data(field, inner.bytes)
    }

    private mutating func tag(_ field: Int, _ wireType: UInt64) {
        Varint.append(UInt64(field) << 3 | wireType, to: &bytes)
    }
}
