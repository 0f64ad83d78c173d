import Compression
import Telemetry

/// Reads the answers of remote-read, as a client does.
enum ReadAnswer {
    struct Failure: Error { let what: String }

    /// One series of an answer.
    struct Series {
        var labels = Labels.empty
        var columns = SampleColumns()
        var query = 0
        var chunkSizes: [Int] = []
        /// Messages of histograms, of answers that are no stream.
        var histograms: [[Field]] = []
    }

    static func samples(_ bytes: [UInt8]) throws -> [[Series]] {
        try fields(bytes).map { result in
            try fields(result.content).map { field in
                var series = Series()
                var labels: [Label] = []
                for part in try fields(field.content) {
                    let values = try fields(part.content)
                    if part.number == 1 { labels.append(Label(values[0].text, values[1].text)) }
                    if part.number == 4 { series.histograms.append(values) }
                    if part.number == 2 {
                        series.columns.append(Int64(bitPattern: values[1].value), Double(bitPattern: values[0].value))
                    }
                }
                series.labels = Labels(labels)
                return series
            }
        }
    }

    static func frames(_ bytes: [UInt8]) throws -> [Series] {
        var frames: [Series] = []
        var position = 0
        while position < bytes.count {
            guard let length = Varint.read(bytes[...], at: &position), position + 4 + Int(length) <= bytes.count else {
                throw Failure(what: "a frame is cut off")
            }
            let checksum = bytes[position..<position + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let message = Array(bytes[position + 4..<position + 4 + Int(length)])
            guard CRC32C.checksum(message) == checksum else { throw Failure(what: "a frame's checksum is wrong") }
            frames.append(try frame(message))
            position += 4 + Int(length)
        }
        return frames
    }

    private static func frame(_ message: [UInt8]) throws -> Series {
        var series = Series()
        var labels: [Label] = []
        for field in try fields(message) {
            if field.number == 2 { series.query = Int(field.value) }
            guard field.number == 1 else { continue }
            for part in try fields(field.content) {
                let values = try fields(part.content)
                if part.number == 1 { labels.append(Label(values[0].text, values[1].text)) }
                guard part.number == 2 else { continue }
                guard [1, 3].contains(values[2].value) else { throw Failure(what: "a chunk of unknown encoding") }
                let chunk =
                    try values[2].value == 3
                    ? histograms(ofChunk: values[3].content) : samples(ofChunk: values[3].content)
                guard chunk.timestamps.first == Int64(bitPattern: values[0].value),
                    chunk.timestamps.last == Int64(bitPattern: values[1].value)
                else { throw Failure(what: "a chunk's head is wrong") }
                series.chunkSizes.append(chunk.count)
                series.columns.append(contentsOf: chunk)
            }
        }
        series.labels = Labels(labels)
        return series
    }

    struct Field {
        var number: Int
        var value: UInt64
        var content: [UInt8]
        var text: String { String(decoding: content, as: UTF8.self) }
    }

    static func fields(_ bytes: [UInt8]) throws -> [Field] {
        var fields: [Field] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            fields.append(Field(number: field.number, value: field.value, content: Array(bytes[field.range])))
        }
        return fields
    }

    /// Undoes Prometheus' XOR encoding, bit by bit.
    static func samples(ofChunk bytes: [UInt8]) throws -> SampleColumns {
        var columns = SampleColumns()
        let count = Int(bytes[0]) << 8 | Int(bytes[1])
        var bits = BitCursor(bytes: bytes, position: 16)
        var (time, delta, value, leading, trailing) = (Int64(0), Int64(0), UInt64(0), 0, 0)
        for index in 0..<count {
            if index == 0 {
                time = Varint.unzigzag(bits.varint())
                value = bits.read(64)
            } else {
                if index == 1 { delta = Int64(bitPattern: bits.varint()) } else { delta &+= bits.difference() }
                time &+= delta
                if bits.read(1) == 1 {
                    if bits.read(1) == 1 {
                        leading = Int(bits.read(5))
                        let length = Int(bits.read(6))
                        trailing = 64 - leading - (length == 0 ? 64 : length)
                    }
                    value ^= bits.read(64 - leading - trailing) << UInt64(trailing)
                }
            }
            columns.append(time, Double(bitPattern: value))
        }
        guard bits.position <= bytes.count * 8, bytes.count * 8 - bits.position < 8 else {
            throw Failure(what: "a chunk is longer than its samples")
        }
        return columns
    }
}

/// Walks bits, the most significant of a byte first.
struct BitCursor {
    let bytes: [UInt8]
    var position: Int

    mutating func read(_ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count {
            value = value << 1 | UInt64(bytes[position / 8] >> UInt8(7 - position % 8) & 1)
            position += 1
        }
        return value
    }

    mutating func varint() -> UInt64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while true {
            let byte = read(8)
            value |= (byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func difference() -> Int64 {
        var ones = 0
        while ones < 4, read(1) == 1 { ones += 1 }
        let width = [0, 14, 17, 20, 64][ones]
        let pattern = read(width)
        guard width > 0, width < 64 else { return Int64(bitPattern: pattern) }
        // The largest positive number of a width has its first bit set alone.
        return pattern > 1 << UInt64(width - 1) ? Int64(pattern) - 1 << Int64(width) : Int64(pattern)
    }
}
