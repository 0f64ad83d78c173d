internal import Telemetry

/// Samples that are still to become a chunk, packed as they come: two or three bytes each in place of sixteen, as there is one of these
/// for every series that is written to.
///
/// ```
/// first sample    time i64 | value's bits u64
/// each other      control | time | value
/// control         high four bits: 0 the step between times is as it was, n: n bytes of zigzag(step - last step)
///                 low four bits: 0 the value is as it was, 1 to 7: bytes of zigzag(value - last value), both integers,
///                 8 to 15: n - 7 leading bytes of their bits' exclusive or
/// ```
/// Numbers are little-endian. Nothing of this is written to disk.
struct PackedSamples: Sendable {
    /// Most bytes of one sample.
    private static let maximumSampleBytes = 17
    /// The sum and the difference of two integers up to this are exact.
    private static let greatestInteger = 0x1p52

    private var bytes: [UInt8] = []
    /// The newest time; meaningless while empty.
    private(set) var last: Milliseconds = 0
    private var step: Milliseconds = 0
    private var bits: UInt64 = 0
    private(set) var count: Int32 = 0

    init() {}

    /// Packs numbers; what else columns hold is left out.
    init(_ columns: SampleColumns) {
        for (time, value) in zip(columns.timestamps, columns.values) { append(time, value) }
    }

    var isEmpty: Bool { count == 0 }

    /// The oldest time; meaningless while empty.
    var first: Milliseconds { isEmpty ? 0 : Int64(bitPattern: number(at: 0, bytes: 8)) }

    /// Adds a sample that is newer than all others.
    mutating func append(_ time: Milliseconds, _ value: Double) {
        let newBits = value.bitPattern
        // Room by a quarter and not by doubling: with many series what is spare is most of what they take.
        if bytes.capacity - bytes.count < PackedSamples.maximumSampleBytes {
            bytes.reserveCapacity(bytes.count + bytes.count / 4 + 2 * PackedSamples.maximumSampleBytes)
        }
        if isEmpty {
            append(UInt64(bitPattern: time), bytes: 8)
            append(newBits, bytes: 8)
        } else {
            let newStep = time &- last
            let change = PackedSamples.zigzag(newStep &- step)
            let timeBytes = PackedSamples.byteCount(change)
            let (code, payload, payloadBytes) = difference(to: newBits)
            bytes.append(UInt8(truncatingIfNeeded: timeBytes << 4 | code))
            append(change, bytes: timeBytes)
            append(payload, bytes: payloadBytes)
            step = newStep
        }
        last = time
        bits = newBits
        count += 1
    }

    /// How a value follows the last one: its code, and the bytes that go with it.
    @inline(__always)
    private func difference(to newBits: UInt64) -> (code: Int, payload: UInt64, bytes: Int) {
        guard newBits != bits else { return (0, 0, 0) }
        if let old = PackedSamples.integer(bits), let new = PackedSamples.integer(newBits) {
            let payload = PackedSamples.zigzag(new - old)
            let count = PackedSamples.byteCount(payload)
            return (count, payload, count)
        }
        let mixed = newBits ^ bits
        let count = 8 - mixed.trailingZeroBitCount / 8
        return (7 + count, mixed >> UInt64(64 - 8 * count), count)
    }

    /// The samples as columns.
    func unpacked() -> SampleColumns {
        guard !isEmpty else { return SampleColumns() }
        var columns = SampleColumns()
        columns.timestamps.reserveCapacity(Int(count))
        columns.values.reserveCapacity(Int(count))
        var time = first
        var step: Milliseconds = 0
        var bits = number(at: 8, bytes: 8)
        columns.append(time, Double(bitPattern: bits))
        var position = 16
        for _ in 1..<max(count, 1) {
            let control = bytes[position]
            position += 1
            let timeBytes = Int(control >> 4)
            if timeBytes > 0 {
                step = step &+ PackedSamples.unzigzag(number(at: position, bytes: timeBytes))
                position += timeBytes
            }
            time = time &+ step
            let code = Int(control & 15)
            if code > 7 {
                bits ^= number(at: position, bytes: code - 7) << UInt64(64 - 8 * (code - 7))
                position += code - 7
            } else if code > 0 {
                let value = Double(bitPattern: bits) + Double(PackedSamples.unzigzag(number(at: position, bytes: code)))
                bits = value.bitPattern
                position += code
            }
            columns.append(time, Double(bitPattern: bits))
        }
        return columns
    }

    @inline(__always)
    private mutating func append(_ number: UInt64, bytes count: Int) {
        var rest = number
        for _ in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    @inline(__always)
    private func number(at position: Int, bytes count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<count { number |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        return number
    }

    /// The value as an integer that doubles hold exactly, and that gives the same bits again.
    @inline(__always)
    private static func integer(_ bits: UInt64) -> Int64? {
        let value = Double(bitPattern: bits)
        guard value.magnitude <= greatestInteger else { return nil }
        let integer = Int64(value)
        return Double(integer).bitPattern == bits ? integer : nil
    }

    private static func byteCount(_ number: UInt64) -> Int { (71 - number.leadingZeroBitCount) / 8 }
    private static func zigzag(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }
    private static func unzigzag(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1) }
}
