/// Writes JSON straight into bytes; commas are its own business. For answers of millions of points, where an encoder of
/// objects would cost more than the query.
package struct JSONWriter: Sendable {
    package internal(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(reserving capacity: Int = 1024) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes `{`, what `inside` writes, and `}`.
    package mutating func object(_ inside: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        inside(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes `[`, what `inside` writes, and `]`.
    package mutating func array(_ inside: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        inside(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value follows.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        separate()
        quote(text.utf8)
    }

    /// Writes bytes that should be text; what is not valid UTF-8 becomes the replacement character.
    package mutating func string(bytes text: some Collection<UInt8>) {
        string(String(decoding: text, as: UTF8.self))
    }

    package mutating func integer(_ value: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a finite number.
    package mutating func number(_ value: Double) {
        precondition(value.isFinite, "JSON has no such number")
        separate()
        append(number: value)
    }

    package mutating func boolean(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes bytes that are JSON already.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes `[seconds, "value"]`, the form of a Prometheus sample.
    package mutating func sample(milliseconds: Int64, value: Double) {
        separate()
        bytes.append(UInt8(ascii: "["))
        appendSeconds(milliseconds)
        bytes.append(contentsOf: ",\"".utf8)
        append(number: value)
        bytes.append(contentsOf: "\"]".utf8)
    }

    /// A float as Prometheus prints it: shortest form that reads back the same, no `.0`, `NaN`, `+Inf`, `-Inf`.
    package static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(whole) < 1_000_000_000_000_000, !(value == 0 && value.sign == .minus) {
            return String(whole)
        }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private mutating func appendSeconds(_ milliseconds: Int64) {
        if milliseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        var (value, places) = (milliseconds.magnitude, 3)
        while places > 0, value % 10 == 0 {
            value /= 10
            places -= 1
        }
        append(decimal: value, places: places)
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String.UTF8View) {
        let hex = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hex[Int(byte >> 4)])
                bytes.append(hex[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
