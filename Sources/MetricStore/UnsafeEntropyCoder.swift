internal import Compression

/// The two inner loops of ``EntropyFrame``, over raw memory: a bit of work for each sample that is kept or read.
///
/// Reading never leaves the bytes given: a word is loaded whole only where eight bytes are left, and states stay below 256 whatever the
/// bytes are.
enum UnsafeEntropyCoder {
    /// Most bits that one residual takes beside an escape: rest, low bits and the next state. What is above goes the long way.
    private static let shortestWord = 57

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
            var state: UInt32 = 0
            let lowMask: UInt64 = (1 << UInt64(lowBits)) &- 1
            for index in stride(from: count - 1, through: 0, by: -1) {
                let u = folded(index)
                let w = u >> UInt64(lowBits)
                let token = EntropyToken.token(w)
                let writing = table.writing[token]
                if state == 0 {
                    // Any state that yields the token will do: nothing follows.
                    state = UInt32(table.successors[Int(writing.offset) + Int(writing.firstRest)])
                } else {
                    let length = (state &+ writing.bits) >> 16
                    put(UInt64(state & ((1 << length) &- 1)), Int(length))
                    state = UInt32(table.successors[Int(writing.offset) + Int(state >> length)])
                }
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
            put(UInt64(state & 255), 8)
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

    /// Reads folded residuals into `values`, from a place on; false where the bytes end early.
    static func read(
        _ bytes: ArraySlice<UInt8>, at position: inout Int, into values: inout [Int64], from first: Int, lowBits: Int,
        _ table: EntropyTable
    ) -> Bool {
        let count = values.count
        let start = position - bytes.startIndex
        let end: Int? = unsafe bytes.withUnsafeBytes { bytes in
            unsafe table.reading.withUnsafeBufferPointer { reading in
                unsafe values.withUnsafeMutableBufferPointer { values in
                    var reader = unsafe BitWindow(bytes, at: start)
                    var state = Int(reader.take(8))
                    for index in first..<count {
                        let entry = unsafe reading[state]
                        var w = UInt64(entry.value)
                        if entry.rest == 255 {
                            let length = Int(reader.take(6))
                            w = 1 << UInt64(length) | reader.take(length)
                            w = w << UInt64(lowBits) | reader.take(lowBits)
                            state = Int(entry.next) + (index + 1 < count ? Int(reader.take(Int(entry.bits))) : 0)
                        } else {
                            let rest = UInt64(entry.rest)
                            let bits = UInt64(index + 1 < count ? entry.bits : 0)
                            if Int(rest) + lowBits + Int(bits) <= shortestWord {
                                var word = reader.word
                                w += word & ((1 &<< rest) &- 1)
                                word &>>= rest
                                w = w &<< UInt64(lowBits) | word & ((1 &<< UInt64(lowBits)) &- 1)
                                word &>>= UInt64(lowBits)
                                state = Int(entry.next) + Int(word & ((1 &<< bits) &- 1))
                                reader.skip(Int(rest) + lowBits + Int(bits))
                            } else {
                                w += reader.take(Int(rest))
                                w = w << UInt64(lowBits) | reader.take(lowBits)
                                state = Int(entry.next) + Int(reader.take(Int(bits)))
                            }
                        }
                        unsafe values[index] = Int64(bitPattern: w)
                        // A table's own entries never lead out of it; this keeps damaged ones from it as well.
                        state &= EntropyTable.states - 1
                    }
                    return reader.end
                }
            }
        }
        guard let end else { return false }
        position = bytes.startIndex + end
        return true
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
    var word: UInt64 {
        let byte = bit >> 3
        let count = unsafe bytes.count
        if byte + 8 <= count {
            return unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self)) &>> UInt64(bit & 7)
        }
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for index in byte..<max(byte, count) {
            word |= unsafe UInt64(bytes[index]) << shift
            shift += 8
        }
        return word &>> UInt64(bit & 7)
    }

    mutating func skip(_ count: Int) { bit += count }

    /// The next `count` bits, 0 to 64.
    mutating func take(_ count: Int) -> UInt64 {
        if count <= 32 {
            defer { bit += count }
            return word & ((1 << UInt64(count)) &- 1)
        }
        let low = take(32)
        return low | take(count - 32) << 32
    }

    /// The byte after the last that was begun; nil where that is beyond the end.
    var end: Int? {
        let end = (bit + 7) >> 3
        let count = unsafe bytes.count
        return end <= count ? end : nil
    }
}
