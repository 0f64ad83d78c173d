import Compression
import Telemetry

extension ReadAnswer {
    /// Undoes Prometheus' encoding of histograms with fractions, bit by bit.
    static func histograms(ofChunk bytes: [UInt8]) throws -> SampleColumns {
        var columns = SampleColumns()
        let count = Int(bytes[0]) << 8 | Int(bytes[1])
        var bits = BitCursor(bytes: bytes, position: 24)
        var layout = NativeHistogram()
        let power = bits.read(8)
        layout.zeroThreshold =
            power == 0
            ? 0
            : power == 255 ? Double(bitPattern: bits.read(64)) : Double(sign: .plus, exponent: Int(power) - 244, significand: 1)
        layout.schema = Int8(bits.signedVarbit())
        let sides = [0, 1].map { _ in
            var indexes: [Int32] = []
            var next: Int32 = 0
            for _ in 0..<bits.varbit() {
                let length = bits.varbit()
                next += Int32(bits.signedVarbit())
                for _ in 0..<length {
                    indexes.append(next)
                    next += 1
                }
            }
            return indexes
        }
        if layout.isCustom {
            for _ in 0..<bits.varbit() {
                let number = bits.varbit()
                layout.customBounds.append(number == 0 ? Double(bitPattern: bits.read(64)) : Double(number - 1) / 1000)
            }
        }
        let hints: [NativeHistogram.ResetHint] = [.unknown, .notReset, .reset, .gauge]
        var windows = [XORReader](repeating: XORReader(), count: 3 + sides[0].count + sides[1].count)
        var (time, delta) = (Int64(0), Int64(0))
        for sample in 0..<count {
            switch sample {
            case 0: time = bits.signedVarbit()
            case 1: delta = Int64(bits.varbit())
            default: delta += bits.signedVarbit()
            }
            time += delta
            for place in windows.indices { windows[place].next(&bits, isFirst: sample == 0) }
            var histogram = layout
            (histogram.count, histogram.zeroCount, histogram.sum) = (windows[0].value, windows[1].value, windows[2].value)
            var place = 3
            for (side, indexes) in sides.enumerated() {
                for index in indexes {
                    if windows[place].value != 0 {
                        if side == 0 {
                            histogram.positive.append(index, windows[place].value)
                        } else {
                            histogram.negative.append(index, windows[place].value)
                        }
                    }
                    place += 1
                }
            }
            let first = hints[Int(bytes[2] >> 6)]
            histogram.resetHint = sample == 0 || first == .gauge ? first : .notReset
            columns.append(time, histogram)
        }
        guard bits.position <= bytes.count * 8, bytes.count * 8 - bits.position < 8 else {
            throw Failure(what: "a chunk is longer than its samples")
        }
        return columns
    }

    private struct XORReader {
        private var pattern: UInt64 = 0
        private var leading = 0
        private var trailing = 0
        var value: Double { Double(bitPattern: pattern) }

        mutating func next(_ bits: inout BitCursor, isFirst: Bool) {
            if isFirst {
                pattern = bits.read(64)
                return
            }
            guard bits.read(1) == 1 else { return }
            if bits.read(1) == 1 {
                leading = Int(bits.read(5))
                let length = Int(bits.read(6))
                trailing = 64 - leading - (length == 0 ? 64 : length)
            }
            pattern ^= bits.read(64 - leading - trailing) << UInt64(trailing)
        }
    }
}

extension BitCursor {
    private static let widths = [0, 3, 6, 9, 12, 18, 25, 56, 64]

    private mutating func width() -> Int {
        var ones = 0
        while ones < 8, read(1) == 1 { ones += 1 }
        return BitCursor.widths[ones]
    }

    mutating func varbit() -> UInt64 { read(width()) }

    mutating func signedVarbit() -> Int64 {
        let width = width()
        let pattern = read(width)
        guard width > 0, width < 64 else { return Int64(bitPattern: pattern) }
        return pattern > 1 << UInt64(width - 1) ? Int64(pattern) - 1 << Int64(width) : Int64(pattern)
    }
}
