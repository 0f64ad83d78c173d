/// Reads values of a data section, every step within bounds: of the section, of depth, and of how many values one record may have.
///
/// Pointers make a record a graph, in which a few bytes may stand for endless or exponentially many values; both limits together end
/// any such walk after ``maximumValues`` steps.
struct MaxMindDecoder {
    /// Maps and arrays within each other, pointers counted.
    static let maximumDepth = 64
    /// Values of one record, keys counted.
    static let maximumValues = 16_384

    private let bytes: [UInt8]
    /// The section's place in the file; pointers count from its beginning.
    private let section: Range<Int>
    private var remaining = MaxMindDecoder.maximumValues

    /// What a control byte announces.
    private struct Head {
        let type: UInt8
        /// Bytes of a scalar, entries of a map or array, the value of a Boolean; of a pointer, the five bits that make it.
        let size: Int
        /// Behind it.
        let next: Int
    }

    init(_ bytes: [UInt8], section: Range<Int>) {
        self.bytes = bytes
        self.section = section
    }

    /// The value that begins at a byte of the file.
    mutating func value(at offset: Int) throws(MaxMindError) -> MaxMindValue {
        var position = offset
        return try read(&position, depth: 0)
    }

    private mutating func read(_ position: inout Int, depth: Int) throws(MaxMindError) -> MaxMindValue {
        guard depth < MaxMindDecoder.maximumDepth else {
            throw MaxMindError(.limit, "a record is deeper than \(MaxMindDecoder.maximumDepth)", at: position)
        }
        guard remaining > 0 else {
            throw MaxMindError(.limit, "a record has more than \(MaxMindDecoder.maximumValues) values", at: position)
        }
        remaining -= 1
        let head = try head(at: position)
        position = head.next
        switch head.type {
        case 1:
            var target = try pointer(head, &position)
            if try self.head(at: target).type == 1 { throw MaxMindError(.corrupt, "a pointer points to a pointer", at: target) }
            return try read(&target, depth: depth + 1)
        case 7: return try map(head.size, &position, depth: depth)
        case 11:
            var values: [MaxMindValue] = []
            for _ in 0..<head.size { values.append(try read(&position, depth: depth + 1)) }
            return .array(values)
        case 14:
            guard head.size < 2 else { throw MaxMindError(.corrupt, "a Boolean is \(head.size)", at: position) }
            return .boolean(head.size == 1)
        default: return try scalar(head, &position)
        }
    }

    private mutating func map(_ count: Int, _ position: inout Int, depth: Int) throws(MaxMindError) -> MaxMindValue {
        var values: [String: MaxMindValue] = [:]
        for _ in 0..<count {
            let start = position
            guard case .string(let key) = try read(&position, depth: depth + 1) else {
                throw MaxMindError(.corrupt, "a key is no text", at: start)
            }
            values[key] = try read(&position, depth: depth + 1)
        }
        return .map(values)
    }

    private func head(at offset: Int) throws(MaxMindError) -> Head {
        var position = offset
        let control = try byte(&position)
        var type = control >> 5
        if type == 0 {
            let extended = try byte(&position)
            guard (1...8).contains(extended) else {
                throw MaxMindError(.corrupt, "there is no type \(Int(extended) + 7)", at: offset)
            }
            type = extended + 7
        }
        var size = Int(control & 0x1f)
        if type != 1, size > 28 {
            let extra = size - 28
            size = MaxMindDecoder.sizes[extra - 1] + Int(number(try take(extra, &position)))
        }
        return Head(type: type, size: size, next: position)
    }

    /// What sizes of one, two and three more bytes begin at.
    private static let sizes = [29, 285, 65_821]
    /// What pointers of one, two and three more bytes begin at; four hold the whole.
    private static let pointers = [0, 2_048, 526_336]

    private func pointer(_ head: Head, _ position: inout Int) throws(MaxMindError) -> Int {
        let start = position
        let length = head.size >> 3
        let rest = Int(number(try take(length + 1, &position)))
        let value = length == 3 ? rest : (head.size & 7) << (8 * (length + 1)) + rest + MaxMindDecoder.pointers[length]
        guard value < section.count else { throw MaxMindError(.corrupt, "a pointer leaves the section of data", at: start) }
        return section.lowerBound + value
    }

    private func scalar(_ head: Head, _ position: inout Int) throws(MaxMindError) -> MaxMindValue {
        let start = position
        let content = try take(head.size, &position)
        func check(_ fits: Bool) throws(MaxMindError) {
            guard fits else { throw MaxMindError(.corrupt, "a value of type \(head.type) has \(head.size) bytes", at: start) }
        }
        switch head.type {
        case 2: return .string(String(decoding: content, as: UTF8.self))
        case 3:
            try check(head.size == 8)
            return .double(Double(bitPattern: number(content)))
        case 4: return .bytes(Array(content))
        case 5, 6, 9:
            try check(head.size <= (head.type == 5 ? 2 : head.type == 6 ? 4 : 8))
            return .unsigned(number(content))
        case 8:
            try check(head.size <= 4)
            return .signed(Int32(truncatingIfNeeded: number(content)))
        case 10:
            try check(head.size <= 16)
            let high = number(content.dropLast(8))
            return high == 0 ? .unsigned(number(content.suffix(8))) : .wide(high: high, low: number(content.suffix(8)))
        case 15:
            try check(head.size == 4)
            return .float(Float(bitPattern: UInt32(truncatingIfNeeded: number(content))))
        default: throw MaxMindError(.corrupt, "a value of type \(head.type) stands in a record", at: start)
        }
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private func byte(_ position: inout Int) throws(MaxMindError) -> UInt8 {
        try take(1, &position).reduce(0) { $1 }
    }

    private func take(_ count: Int, _ position: inout Int) throws(MaxMindError) -> ArraySlice<UInt8> {
        guard section.contains(position) || count == 0, count <= section.upperBound - position else {
            throw MaxMindError(.corrupt, "a value reaches over the end of its section", at: position)
        }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
