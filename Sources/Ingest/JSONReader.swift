/// Bytes that are not the JSON they should be, and where that shows.
struct JSONReadError: Error {
    let offset: Int
}

/// Walks JSON from received bytes, value by value, without a tree; strings come out as bytes, invalid UTF-8 included.
struct JSONReader {
    /// Deepest nesting followed.
    static let maximumDepth = 64

    let bytes: [UInt8]
    var index: Int
    let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    /// The next byte that is no blank.
    var peek: UInt8? {
        mutating get {
            while index < end, bytes[index] == 0x20 || bytes[index] == 9 || bytes[index] == 10 || bytes[index] == 13 {
                index += 1
            }
            return index < end ? bytes[index] : nil
        }
    }

    var failure: JSONReadError { JSONReadError(offset: index) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Reads an object: `member` gets each key and must read the value.
    mutating func object(_ member: (inout JSONReader, _ key: [UInt8]) throws(JSONReadError) -> Void) throws(JSONReadError) {
        guard take("{") else { throw failure }
        if take("}") { return }
        repeat {
            let key = try string()
            guard take(":") else { throw failure }
            try member(&self, key)
        } while take(",")
        guard take("}") else { throw failure }
    }

    /// Reads an array: `element` must read each value.
    mutating func array(_ element: (inout JSONReader) throws(JSONReadError) -> Void) throws(JSONReadError) {
        guard take("[") else { throw failure }
        if take("]") { return }
        repeat { try element(&self) } while take(",")
        guard take("]") else { throw failure }
    }

    /// Reads a string, unescaped.
    mutating func string() throws(JSONReadError) -> [UInt8] {
        var text: [UInt8] = []
        try string(into: &text)
        return text
    }

    /// Reads a string, unescaped, behind what stands in `text`.
    mutating func string(into text: inout [UInt8]) throws(JSONReadError) {
        guard take("\"") else { throw failure }
        while true {
            let mark = nextMark(from: index)
            unsafe bytes.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0[index..<mark]) }
            guard mark < end else {
                index = end
                throw failure
            }
            index = mark + 1
            if bytes[mark] == UInt8(ascii: "\"") { return }
            try escape(into: &text)
        }
    }

    /// Reads a scalar as text: a string unescaped, a number or word as it stands; nil (and passed over) for null and containers.
    mutating func scalar(depth: Int = 0) throws(JSONReadError) -> [UInt8]? {
        switch peek {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try skip(depth: depth)
            return nil
        default:
            let start = index
            while index < end, JSONReader.isPlain(bytes[index]) { index += 1 }
            guard index > start else { throw failure }
            let word = Array(bytes[start..<index])
            return word == Array("null".utf8) ? nil : word
        }
    }

    /// Passes over a value.
    mutating func skip(depth: Int = 0) throws(JSONReadError) {
        guard depth < JSONReader.maximumDepth else { throw failure }
        switch peek {
        case UInt8(ascii: "{"):
            try object { (reader, _) throws(JSONReadError) in try reader.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { (reader) throws(JSONReadError) in try reader.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): try skipString()
        default: _ = try scalar()
        }
    }

    private mutating func skipString() throws(JSONReadError) {
        index += 1
        while index < end {
            let mark = nextMark(from: index)
            guard mark < end else { break }
            if bytes[mark] == UInt8(ascii: "\"") {
                index = mark + 1
                return
            }
            index = mark + 2
        }
        index = end
        throw failure
    }

    /// Where, from `start` on, the next byte stands that ends a string or begins an escape; `end` where there is none. Eight bytes are
    /// looked at together: a byte that equals the one wanted is the lowest that borrows when one is taken from all.
    private func nextMark(from start: Int) -> Int {
        unsafe bytes.withUnsafeBytes { raw in
            let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
            let (quotes, backslashes) = (ones &* UInt64(UInt8(ascii: "\"")), ones &* UInt64(UInt8(ascii: "\\")))
            var index = start
            while index + 8 <= end {
                let eight = UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let (noQuote, noBackslash) = (eight ^ quotes, eight ^ backslashes)
                let found = ((noQuote &- ones) & ~noQuote | (noBackslash &- ones) & ~noBackslash) & tops
                if found != 0 { return index + found.trailingZeroBitCount / 8 }
                index += 8
            }
            while index < end, unsafe raw[index] != UInt8(ascii: "\""), unsafe raw[index] != UInt8(ascii: "\\") { index += 1 }
            return index
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONReadError) {
        guard index < end else { throw failure }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimalUnit()
            if (0xd800..<0xdc00).contains(scalar), index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                index += 2
                let low = try hexadecimalUnit()
                scalar = (0xdc00..<0xe000).contains(low) ? 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00) : 0xfffd
            }
            text.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{fffd}")).utf8)
        default: throw failure
        }
    }

    private mutating func hexadecimalUnit() throws(JSONReadError) -> UInt32 {
        guard index + 4 <= end else { throw failure }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
