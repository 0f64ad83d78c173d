/// A value to be written to a MaxMind database.
package indirect enum MaxMindSample: Sendable, Equatable {
    case map([(String, MaxMindSample)])
    case array([MaxMindSample])
    case string(String)
    case bytes([UInt8])
    case double(Double)
    case float(Float)
    case unsigned16(UInt16)
    case unsigned32(UInt32)
    case unsigned64(UInt64)
    case unsigned128(high: UInt64, low: UInt64)
    case signed(Int32)
    case boolean(Bool)

    package static func == (left: MaxMindSample, right: MaxMindSample) -> Bool { "\(left)" == "\(right)" }

    /// `{country: {iso_code: DE}}`.
    package static func country(_ code: String) -> MaxMindSample {
        .map([("country", .map([("iso_code", .string(code)), ("is_in_european_union", .boolean(false))]))])
    }

    /// An autonomous system and who runs it.
    package static func system(_ number: UInt32, _ name: String) -> MaxMindSample {
        .map([("autonomous_system_number", .unsigned32(number)), ("autonomous_system_organization", .string(name))])
    }
}

/// Writes databases in MaxMind's format from networks and their values, for tests: simple, and on its own feet.
///
/// Texts that occur twice are written once and pointed to, as real files have them.
package struct MaxMindWriter {
    /// Bits of a record: 24, 28 or 32.
    private let recordBits: Int
    private let version: Int
    private let type: String
    private let usesPointers: Bool
    /// Children of each node: a node, or (negative) a value's place, or nothing.
    private var nodes: [[Child]] = [[.nothing, .nothing]]
    private var data: [UInt8] = []
    private var places: [String: Int] = [:]
    private var texts: [String: Int] = [:]

    private enum Child { case nothing, node(Int), value(Int) }

    package init(recordBits: Int = 24, version: Int = 6, type: String = "Test", usesPointers: Bool = true) {
        self.recordBits = recordBits
        self.version = version
        self.type = type
        self.usesPointers = usesPointers
    }

    /// Adds a network: `bytes` of 4 or 16, of which `length` bits count. Later ones must not lie around earlier ones.
    package mutating func add(_ bytes: [UInt8], _ length: Int, _ value: MaxMindSample) {
        var bits: [Int] = (0..<length).map { index in
            let byte = bytes[index / 8]
            return Int(byte >> UInt8(7 - index % 8)) & 1
        }
        if version == 6, bytes.count == 4 { bits = [Int](repeating: 0, count: 96) + bits }
        let place = place(of: value)
        var node = 0
        for bit in bits.dropLast() {
            switch nodes[node][bit] {
            case .node(let next): node = next
            case let old:
                nodes.append([old, old])
                nodes[node][bit] = .node(nodes.count - 1)
                node = nodes.count - 1
            }
        }
        nodes[node][bits.last ?? 0] = .value(place)
    }

    /// Adds a network as text: `192.0.2.0/24`.
    package mutating func add(_ network: String, _ value: MaxMindSample) {
        let parts = network.split(separator: "/")
        let bytes = parts[0].split(separator: ".").compactMap { UInt8($0) }
        add(bytes, parts.count == 2 ? Int(parts[1]) ?? 32 : 32, value)
    }

    /// The file.
    package func file() -> [UInt8] {
        var output: [UInt8] = []
        for node in nodes {
            let records = node.map { child -> Int in
                switch child {
                case .nothing: nodes.count
                case .node(let index): index
                case .value(let place): nodes.count + 16 + place
                }
            }
            output += pair(records[0], records[1])
        }
        var metadata = MaxMindWriter(usesPointers: false)
        metadata.write(
            .map([
                ("binary_format_major_version", .unsigned16(2)), ("binary_format_minor_version", .unsigned16(0)),
                ("build_epoch", .unsigned64(1_795_000_000)), ("database_type", .string(type)),
                ("description", .map([("en", .string("made for a test"))])), ("ip_version", .unsigned16(UInt16(version))),
                ("languages", .array([.string("en")])), ("node_count", .unsigned32(UInt32(nodes.count))),
                ("record_size", .unsigned16(UInt16(recordBits))),
            ]))
        return output + [UInt8](repeating: 0, count: 16) + data + [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8) + metadata.data
    }

    private func pair(_ left: Int, _ right: Int) -> [UInt8] {
        func bytes(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }
        guard recordBits == 28 else { return bytes(left, recordBits / 8) + bytes(right, recordBits / 8) }
        let middle = UInt8(truncatingIfNeeded: left >> 24) << 4 | UInt8(truncatingIfNeeded: right >> 24) & 0x0f
        return bytes(left, 3) + [middle] + bytes(right, 3)
    }

    private mutating func place(of value: MaxMindSample) -> Int {
        let key = "\(value)"
        if let place = places[key] { return place }
        let place = data.count
        write(value)
        places[key] = place
        return place
    }

    private mutating func write(_ value: MaxMindSample) {
        switch value {
        case .map(let entries):
            head(7, entries.count)
            for (key, value) in entries {
                write(.string(key))
                write(value)
            }
        case .array(let values):
            head(11, values.count)
            for value in values { write(value) }
        case .string(let text): write(text: text)
        case .bytes(let bytes): scalar(4, bytes)
        case .double(let value): scalar(3, MaxMindWriter.bytes(value.bitPattern))
        case .float(let value): scalar(15, MaxMindWriter.bytes(value.bitPattern))
        case .unsigned16(let value): scalar(5, Array(MaxMindWriter.bytes(value).drop { $0 == 0 }))
        case .unsigned32(let value): scalar(6, Array(MaxMindWriter.bytes(value).drop { $0 == 0 }))
        case .unsigned64(let value): scalar(9, Array(MaxMindWriter.bytes(value).drop { $0 == 0 }))
        case .unsigned128(let high, let low):
            scalar(10, Array((MaxMindWriter.bytes(high) + MaxMindWriter.bytes(low)).drop { $0 == 0 }))
        case .signed(let value): scalar(8, MaxMindWriter.bytes(UInt32(bitPattern: value)))
        case .boolean(let value): head(14, value ? 1 : 0)
        }
    }

    private mutating func write(text: String) {
        if usesPointers, let place = texts[text] { return pointer(to: place) }
        texts[text] = data.count
        scalar(2, Array(text.utf8))
    }

    private mutating func pointer(to place: Int) {
        let (size, rest) = place < 2_048 ? (0, place) : place < 526_336 ? (1, place - 2_048) : (2, place - 526_336)
        data.append(0x20 | UInt8(size) << 3 | UInt8(rest >> (8 * (size + 1))))
        data += (0...size).map { UInt8(truncatingIfNeeded: rest >> (8 * (size - $0))) }
    }

    private mutating func scalar(_ type: UInt8, _ bytes: [UInt8]) {
        head(type, bytes.count)
        data += bytes
    }

    private mutating func head(_ type: UInt8, _ size: Int) {
        var (short, extra): (Int, [UInt8]) = (size, [])
        switch size {
        case ..<29: break
        case ..<285: (short, extra) = (29, [UInt8(size - 29)])
        case ..<65_821: (short, extra) = (30, MaxMindWriter.bytes(UInt16(size - 285)))
        default: (short, extra) = (31, Array(MaxMindWriter.bytes(UInt32(size - 65_821)).suffix(3)))
        }
        data.append((type < 8 ? type << 5 : 0) | UInt8(short))
        if type >= 8 { data.append(type - 7) }
        data += extra
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
