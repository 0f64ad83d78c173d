private import Glibc

/// Positions from `start` up to, and without, `end`, relative to the start of a line.
///
/// Half the size of `Range<Int>`: a record of a dozen of them fits two cache lines.
package struct ByteSpan: Sendable, Equatable {
    package var start: UInt32
    package var end: UInt32

    package init(_ start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: max(start, end))
    }

    package var count: Int { Int(end - start) }
    package var isEmpty: Bool { start == end }
    package var range: Range<Int> { Int(start)..<Int(end) }
}

extension Span<UInt8> {
    /// The first position at or after `start` that holds `byte`, or `count`.
    func index(of byte: UInt8, from start: Int) -> Int {
        guard start < count else { return start }
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), buffer.count - start)
            else { return buffer.count }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Whether the bytes from `start` on begin with an ASCII literal.
    func hasPrefix(_ literal: StaticString, at start: Int) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard start >= 0, start + length <= count else { return false }
        return literal.withUTF8Buffer { wanted in
            for offset in 0..<length where unsafe wanted[offset] != self[start + offset] { return false }
            return true
        }
    }

    /// The value of two decimal digits, or nil.
    func twoDigits(at start: Int) -> Int? {
        guard start + 2 <= count, self[start].isDigit, self[start + 1].isDigit else { return nil }
        return Int(self[start] - 0x30) * 10 + Int(self[start + 1] - 0x30)
    }
}

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isUpperCaseLetter: Bool { self &- 0x41 < 26 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
}
