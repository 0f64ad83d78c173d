internal import Compression
internal import Telemetry

/// Collects what one batch writes to the log, in columns.
///
/// ```
/// record  = payload length u32 | CRC-32C of payload u32 | payload
/// payload = 0 | body              or  1 | body length | LZ4 of body       (5 and 6 with details)
/// body    = number of definitions | (slot | length | canonical labels) ...
///         | number of runs | (slot - last slot - 1, zigzag | samples) ...
///         | number of samples | number of time runs | (time delta, zigzag | length) ...
///         | a nibble a sample | value bytes
/// With details these stand, with their length, before the body:
/// details = number of details | (samples since the last one's | 1 if there is a histogram | start time, zigzag | histogram) ...
/// nibble  = 0...7: so many bytes of the zigzag difference of two integers; 8: 8 bytes of pattern;
///           9...15: so many bytes less 8 of the zigzag difference of the patterns
/// ```
/// Differences are to the series' last value in this segment (+0 at its definition), so each segment replays alone.
struct WALRecordWriter {
    /// Bytes before the payload.
    static let headerBytes = 8
    /// Largest payload and body; a longer record is damage.
    static let maximumBytes = 1 << 28

    private var definitions: [UInt8] = []
    private var definitionCount: UInt64 = 0
    private var runs: [UInt8] = []
    private var runCount: UInt64 = 0
    private var lastSlot = -1
    private var times: [UInt8] = []
    private var timeRuns: UInt64 = 0
    private var lastTime: Milliseconds = 0
    private var delta: Milliseconds = 0
    private var deltaLength: UInt64 = 0
    /// A nibble a sample, and what it stands for; packed when the record is finished.
    private var nibbles: [UInt8] = []
    private var payloads: [UInt64] = []
    /// What samples have beside their numbers, by their places in the record.
    private var details: [UInt8] = []
    private var detailCount: UInt64 = 0
    private var lastDetail = -1
    private(set) var newest: Milliseconds = .min

    private var sampleCount: Int { nibbles.count }
    var isEmpty: Bool { nibbles.isEmpty }

    /// Makes room for so many samples.
    init(samples: Int) {
        nibbles.reserveCapacity(samples)
        payloads.reserveCapacity(samples)
    }

    mutating func define(_ slot: Int, labels: [UInt8]) {
        Varint.append(UInt64(slot), to: &definitions)
        Varint.append(UInt64(labels.count), to: &definitions)
        definitions += labels
        definitionCount += 1
    }

    mutating func begin(_ slot: Int, count: Int) {
        Varint.append(signed: Int64(slot - lastSlot - 1), to: &runs)
        Varint.append(UInt64(count), to: &runs)
        runCount += 1
        lastSlot = slot
    }

    mutating func append(_ bits: UInt64, at time: Milliseconds, after last: UInt64) {
        newest = max(newest, time)
        let step = time &- lastTime
        lastTime = time
        if step == delta {
            deltaLength += 1
        } else {
            endTimeRun()
            delta = step
            deltaLength = 1
        }
        let (nibble, payload) = WALValue.encode(bits, after: last)
        nibbles.append(nibble)
        payloads.append(payload)
    }

    /// Adds what the samples written last have beside their numbers.
    /// - Parameter places: of those samples in their batch, which the details are listed by.
    mutating func append(_ found: [Int: SampleDetail], of places: Range<Int>) {
        for place in places {
            guard let detail = found[place] else { continue }
            let sample = sampleCount - (places.upperBound - place)
            Varint.append(UInt64(sample - lastDetail - 1), to: &details)
            detail.append(to: &details)
            detailCount += 1
            lastDetail = sample
        }
    }

    private mutating func endTimeRun() {
        guard deltaLength > 0 else { return }
        Varint.append(signed: delta, to: &times)
        Varint.append(deltaLength, to: &times)
        timeRuns += 1
        deltaLength = 0
    }

    /// The whole record, header included.
    mutating func finish() -> [UInt8] {
        endTimeRun()
        var body: [UInt8] = []
        body.reserveCapacity(definitions.count + runs.count + times.count + 9 * sampleCount + 40)
        Varint.append(definitionCount, to: &body)
        body += definitions
        Varint.append(runCount, to: &body)
        body += runs
        Varint.append(UInt64(sampleCount), to: &body)
        Varint.append(timeRuns, to: &body)
        body += times
        WALValue.pack(nibbles, payloads, into: &body)
        if detailCount > 0 { body = withDetails(body) }
        let plain = detailCount > 0 ? WALRecordWriter.plainDetailKind : 0
        if body.count >= 128 {
            let small = LZ4.compress(body)
            if small.count + 8 < body.count {
                var sized: [UInt8] = []
                Varint.append(UInt64(body.count), to: &sized)
                return WALRecordWriter.record(plain + 1, sized + small)
            }
        }
        return WALRecordWriter.record(plain, body)
    }

    /// The details before the body, as that knows its own end.
    private func withDetails(_ body: [UInt8]) -> [UInt8] {
        var listed: [UInt8] = []
        Varint.append(detailCount, to: &listed)
        listed += details
        var all: [UInt8] = []
        all.append(counted: listed)
        return all + body
    }
}

/// One value of a record as a nibble and its bytes.
enum WALValue {
    static func encode(_ bits: UInt64, after last: UInt64) -> (nibble: UInt8, payload: UInt64) {
        if let new = integer(bits), let old = integer(last) {
            let difference = Varint.zigzag(new - old)
            let length = (71 - difference.leadingZeroBitCount) / 8
            if length <= 7 { return (UInt8(length), difference) }
        }
        let difference = Varint.zigzag(Int64(bitPattern: bits &- last))
        let length = max(1, (71 - difference.leadingZeroBitCount) / 8)
        return length <= 7 ? (UInt8(8 + length), difference) : (8, bits)
    }

    static func length(_ nibble: UInt8) -> Int { nibble <= 8 ? Int(nibble) : Int(nibble) - 8 }

    /// Appends two nibbles to a byte, then the bytes of all payloads.
    static func pack(_ nibbles: [UInt8], _ payloads: [UInt64], into bytes: inout [UInt8]) {
        let halves = (nibbles.count + 1) / 2
        // Each payload is written with eight bytes, of which the next one overwrites what is not its own.
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: halves + 8 * nibbles.count + 8) { buffer, count in
            for index in 0..<halves {
                let high = 2 * index + 1 < nibbles.count ? nibbles[2 * index + 1] : 0
                unsafe buffer[index] = nibbles[2 * index] | high << 4
            }
            let memory = UnsafeMutableRawBufferPointer(buffer)
            var offset = halves
            for index in nibbles.indices {
                unsafe memory.storeBytes(of: payloads[index].littleEndian, toByteOffset: offset, as: UInt64.self)
                offset &+= length(nibbles[index])
            }
            count = offset
        }
        bytes += packed
    }

    static func decode(_ nibble: UInt8, _ payload: UInt64, after last: UInt64) -> UInt64? {
        switch nibble {
        case 0...7:
            guard let old = integer(last) else { return nil }
            return Double(old &+ Varint.unzigzag(payload)).bitPattern
        case 8: return payload
        default: return last &+ UInt64(bitPattern: Varint.unzigzag(payload))
        }
    }

    /// The integer that a pattern stands for, if it does and the way back is exact.
    private static func integer(_ bits: UInt64) -> Int64? {
        let value = Double(bitPattern: bits)
        guard abs(value) < 9_007_199_254_740_992 else { return nil }
        let integer = Int64(value)
        return Double(integer).bitPattern == bits ? integer : nil
    }
}

extension [UInt8] {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        for offset in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> offset)) }
    }

    /// - Precondition: the bytes are there.
    func littleEndian<T: FixedWidthInteger>(at position: Int, as type: T.Type) -> T {
        var value: T = 0
        for offset in 0..<T.bitWidth / 8 { value |= T(truncatingIfNeeded: self[position + offset]) << (8 * offset) }
        return value
    }
}
