/// Undoes what hides an attack in a request line: the log's own escapes, percent-encoding (twice at most), case, and blanks.
///
/// One buffer is used again for every request, so decoding allocates nothing once it has grown. Latin-1 text is left alone: bytes
/// that are no UTF-8 are no evidence.
package struct RequestDecoder: Sendable {
    /// Longest URI decoded; what lies behind is not looked at.
    package static let maximumBytes = 8192

    private var buffer: [UInt8] = []
    private var second: [UInt8] = []

    package init() {}

    /// The decoded, lower-case form of a logged URI, valid until the next call.
    package mutating func decode(_ uri: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        buffer.removeAll(keepingCapacity: true)
        second.removeAll(keepingCapacity: true)
        RequestDecoder.undoPercent(RequestDecoder.Unescaped(uri.prefix(RequestDecoder.maximumBytes)), into: &buffer)
        // A second round only where something is still encoded: `%2527`.
        guard buffer.contains(UInt8(ascii: "%")) else { return buffer[...] }
        RequestDecoder.undoPercent(buffer, into: &second)
        return second[...]
    }

    private static func undoPercent(_ bytes: some Sequence<UInt8>, into target: inout [UInt8]) {
        var state: (digits: Int, value: UInt8, raw: UInt8) = (-1, 0, 0)
        for byte in bytes {
            if state.digits == -1 {
                if byte == UInt8(ascii: "%") {
                    state = (0, 0, 0)
                } else {
                    append(byte == UInt8(ascii: "+") ? 0x20 : byte, to: &target)
                }
                continue
            }
            guard let digit = hexDigit(byte) else {
                target.append(UInt8(ascii: "%"))
                if state.digits == 1 { append(state.raw, to: &target) }
                state.digits = -1
                append(byte, to: &target)
                continue
            }
            if state.digits == 0 {
                state = (1, digit, byte)
            } else {
                append(state.value << 4 | digit, to: &target)
                state.digits = -1
            }
        }
        if state.digits >= 0 { target.append(UInt8(ascii: "%")) }
        if state.digits == 1 { append(state.raw, to: &target) }
    }

    /// Adds a byte in lower case; NUL is left out and any blank becomes a single space, as attackers vary both.
    private static func append(_ byte: UInt8, to target: inout [UInt8]) {
        switch byte {
        case 0: return
        case 0x09, 0x0a, 0x0d, 0x0b, 0x0c, 0x20:
            if target.last != 0x20 { target.append(0x20) }
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): target.append(byte | 0x20)
        default: target.append(byte)
        }
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// A logged text without the escapes of the program that logged it: nginx and Apache `\xHH`, HAProxy `#HH`.
    struct Unescaped: Sequence, IteratorProtocol {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) {
            rest = bytes
        }

        mutating func next() -> UInt8? {
            guard let byte = rest.popFirst() else { return nil }
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), let value = hexPair(rest.dropFirst()) {
                rest = rest.dropFirst(3)
                return value
            }
            if byte == UInt8(ascii: "#"), let value = hexPair(rest) {
                rest = rest.dropFirst(2)
                return value
            }
            return byte
        }

        private func hexPair(_ bytes: ArraySlice<UInt8>) -> UInt8? {
            guard bytes.count >= 2, let high = RequestDecoder.hexDigit(bytes[bytes.startIndex]),
                let low = RequestDecoder.hexDigit(bytes[bytes.startIndex + 1])
            else { return nil }
            return high << 4 | low
        }
    }
}
