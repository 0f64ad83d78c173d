internal import Compression

/// The two inner loops of ``EntropyFrame``, over raw memory: a bit of work for each sample that is kept or read.
///
/// Reading never leaves the bytes given: a word is loaded whole only where eight bytes are left, and states stay below 256 whatever the
/// bytes are.
enum UnsafeEntropyCoder {
    /// Bits of a word that are always there, and the most that a residual beside an escape takes of it without its low bits.
    private static let wordBits = 57
    private static let residualBits = 18

    /// Appends the state machine's bits for `count` folded residuals, given by their place.
    static func write(
        _ count: Int, lowBits: Int, _ table: EntropyTable, into bytes: inout [UInt8], _ folded: (Int) -> UInt64
    ) {
        // Written from the last to the first, read from the first to the last: so fields are collected and turned round.
        unsafe withUnsafeTemporaryAllocation(of: Field.self, capacity: 4 * count + 1) { fields in
            var used = 0
            func put(_ bits: UInt64, _ length: Int) {
                unsafe fields[used] = Field(bits: bits, length: length)
                used += 1
            }
            // Residuals take turns between two states, so that reading one need not wait for the other.
            var states: (UInt32, UInt32) = (0, 0)
            let lowMask: UInt64 = (1 << UInt64(lowBits)) &- 1
            for index in stride(from: count - 1, through: 0, by: -1) {
                let u = folded(index)
                let w = u >> UInt64(lowBits)
                let token = EntropyToken.token(w)
                let writing = table.writing[token]
                var state = index & 1 == 0 ? states.0 : states.1
                if state == 0 {
                    // Any state that yields the token will do: nothing follows.
                    state = UInt32(table.successors[Int(writing.offset) + Int(writing.firstRest)])
                } else {
                    let length = (state &+ writing.bits) >> 16
                    put(UInt64(state & ((1 << length) &- 1)), Int(length))
                    state = UInt32(table.successors[Int(writing.offset) + Int(state >> length)])
                }
                if index & 1 == 0 { states.0 = state } else { states.1 = state }
                if lowBits > 0 { put(u & lowMask, lowBits) }
                guard token == EntropyToken.escape else {
                    let rest = Int(EntropyToken.rest(token))
                    if rest > 0 { put(w & ((1 << UInt64(rest)) &- 1), rest) }
                    continue
                }
                let length = 63 - w.leadingZeroBitCount
                put(w & ((1 << UInt64(length)) &- 1), length)
                put(UInt64(length), 6)
            }
            if count > 1 { put(UInt64(states.1 & 255), 8) }
            put(UInt64(states.0 & 255), 8)
            var word: UInt64 = 0
            var filled = 0
            for index in stride(from: used - 1, through: 0, by: -1) {
                let field = unsafe fields[index]
                word |= field.bits << UInt64(filled)
                filled += field.length
                while filled >= 64 {
                    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
                    filled -= 64
                    word = filled == 0 ? 0 : field.bits >> UInt64(field.length - filled)
                }
            }
            while filled > 0 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
                filled -= 8
            }
        }
    }

    private struct Field {
        var bits: UInt64
        var length: Int
    }

    /// Reads residuals into `values`, from a place on; false where the bytes end early.
    static func read(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, into values: inout [Int64], from first: Int, _ shape: Shape,
        _ table: EntropyTable
    ) -> Bool {
        guard first < values.count else { return false }
        let start = position - bytes.startIndex
        let end: Int? = unsafe bytes.withUnsafeBytes { bytes in
            unsafe table.reading.withUnsafeBufferPointer { reading in
                unsafe values.withUnsafeMutableBufferPointer { values in
                    var reader = unsafe BitWindow(bytes, at: start)
                    unsafe read(&reader, UnsafeMutableBufferPointer(rebasing: values[first...]), shape, reading)
                    return reader.end
                }
            }
        }
        guard let end else { return false }
        position = bytes.startIndex + end
        return true
    }

    /// How residuals were folded.
    struct Shape {
        var centre: Int64
        var divisor: Int64
        var lowBits: Int

        @inline(__always)
        func unfold(_ u: UInt64) -> Int64 { centre &+ Varint.unzigzag(u) &* divisor }
    }

    private static func read(
        _ reader: inout BitWindow, _ values: UnsafeMutableBufferPointer<Int64>, _ shape: Shape,
        _ reading: UnsafeBufferPointer<EntropyTable.Reading>
    ) {
        let count = values.count
        var even = unsafe reading[Int(reader.take(8))]
        var odd = unsafe reading[count > 1 ? Int(reader.take(8)) : 0]
        var index = 0
        let isShort = 2 * (residualBits + shape.lowBits) <= wordBits
        // Two residuals a word, while both are followed by others of their state.
        while index + 3 < count {
            if isShort, !even.isEscape, !odd.isEscape {
                var word = reader.word
                let bits = even.allBits + odd.allBits + 2 * shape.lowBits
                unsafe values[index] = shape.unfold(even.take(&word, shape.lowBits))
                even = unsafe reading[even.next(&word)]
                unsafe values[index + 1] = shape.unfold(odd.take(&word, shape.lowBits))
                odd = unsafe reading[odd.next(&word)]
                reader.skip(bits)
            } else {
                unsafe values[index] = shape.unfold(reader.residual(even, shape.lowBits))
                even = unsafe reading[reader.next(even)]
                unsafe values[index + 1] = shape.unfold(reader.residual(odd, shape.lowBits))
                odd = unsafe reading[reader.next(odd)]
            }
            index += 2
        }
        while index < count {
            let entry = index & 1 == 0 ? even : odd
            unsafe values[index] = shape.unfold(reader.residual(entry, shape.lowBits))
            if index + 2 < count {
                let next = unsafe reading[reader.next(entry)]
                if index & 1 == 0 { even = next } else { odd = next }
            }
            index += 1
        }
    }
}

extension EntropyTable.Reading {
    /// The residual's bits at the low end of a word, which loses them. No escape.
    @inline(__always)
    fileprivate func take(_ word: inout UInt64, _ lowBits: Int) -> UInt64 {
        let rest = UInt64(rest)
        var w = UInt64(value) &+ word & ((1 &<< rest) &- 1)
        word &>>= rest
        w = w &<< UInt64(lowBits) | word & ((1 &<< UInt64(lowBits)) &- 1)
        word &>>= UInt64(lowBits)
        return w
    }

    /// The next state by the bits at the low end of a word, which loses them.
    @inline(__always)
    fileprivate func next(_ word: inout UInt64) -> Int {
        let bits = UInt64(bits)
        // A table's own entries never lead out of it; this keeps damaged ones from it as well.
        let state = (next &+ Int(truncatingIfNeeded: word & ((1 &<< bits) &- 1))) & (EntropyTable.states - 1)
        word &>>= bits
        return state
    }
}

/// Bits of raw memory, least significant first; past the end it yields zeros and says so.
@safe private struct BitWindow {
    private let bytes: UnsafeRawBufferPointer
    private var bit: Int

    init(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        unsafe self.bytes = bytes
        bit = 8 * start
    }

    /// At least the next 57 bits.
    @inline(__always) var word: UInt64 {
        let byte = bit >> 3
        guard unsafe byte + 8 <= bytes.count else { return lastWord }
        return unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self)) &>> UInt64(bit & 7)
    }

    /// The same near the end.
    @inline(never) private var lastWord: UInt64 {
        let byte = bit >> 3
        let count = unsafe bytes.count
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for index in byte..<max(byte, count) {
            word |= unsafe UInt64(bytes[index]) << shift
            shift += 8
        }
        return word &>> UInt64(bit & 7)
    }

    @inline(__always) mutating func skip(_ count: Int) { bit &+= count }

    /// The next `count` bits, 0 to 64.
    @inline(__always) mutating func take(_ count: Int) -> UInt64 {
        if count <= 32 { return short(count) }
        let low = short(32)
        return low | short(count - 32) << 32
    }

    /// The next `count` bits, 0 to 32.
    @inline(__always) private mutating func short(_ count: Int) -> UInt64 {
        defer { bit &+= count }
        return word & ((1 &<< UInt64(count)) &- 1)
    }

    /// One folded residual, escaped or not.
    mutating func residual(_ entry: EntropyTable.Reading, _ lowBits: Int) -> UInt64 {
        var w = UInt64(entry.value)
        if entry.isEscape {
            let length = Int(take(6))
            w = 1 << UInt64(length) | take(length)
        } else {
            w += take(entry.rest)
        }
        return w << UInt64(lowBits) | take(lowBits)
    }

    mutating func next(_ entry: EntropyTable.Reading) -> Int {
        (entry.next + Int(take(entry.bits))) & (EntropyTable.states - 1)
    }

    /// The byte after the last that was begun; nil where that is beyond the end.
    var end: Int? {
        let end = (bit + 7) >> 3
        let count = unsafe bytes.count
        return end <= count ? end : nil
    }
}
