internal import Compression
internal import Telemetry

/// The times of one chunk: ascending, each once.
///
/// ```
/// runs    0 | first, zigzag | number of runs | (step, length) ...      a regular scrape is one run
/// packed  1 | integer frame                                            jittered times
/// ```
/// The shorter form is taken. Series scraped together have the same bytes here, and a block keeps such bytes once.
enum TimeColumn {
    static func encode(_ times: some Collection<Milliseconds>) -> [UInt8] {
        let times = Array(times)
        var runs: [UInt8] = []
        var count: UInt64 = 0
        var index = 1
        while index < times.count {
            let step = times[index] &- times[index - 1]
            var length = 1
            while index + length < times.count, times[index + length] &- times[index + length - 1] == step { length += 1 }
            Varint.append(UInt64(bitPattern: step), to: &runs)
            Varint.append(UInt64(length), to: &runs)
            count += 1
            index += length
        }
        var bytes: [UInt8] = [0]
        Varint.append(signed: times.first ?? 0, to: &bytes)
        Varint.append(count, to: &bytes)
        bytes += runs
        if count > 3 {
            var packed: [UInt8] = [1]
            IntegerFrame.encode(times, into: &packed)
            if packed.count < bytes.count { return packed }
        }
        return bytes
    }

    /// Reads the times of a chunk of `count` samples; `nil` where the bytes are damaged.
    static func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [Milliseconds]? {
        var position = bytes.startIndex
        return read(bytes, at: &position, count: count)
    }

    private static func read(_ bytes: ArraySlice<UInt8>, at position: inout Int, count: Int) -> [Milliseconds]? {
        guard position < bytes.endIndex, count > 0 else { return count == 0 ? [] : nil }
        let kind = bytes[position]
        position += 1
        if kind == 1 { return IntegerFrame.decode(bytes, at: &position, count: count) }
        guard kind == 0, let first = Varint.readSigned(bytes, at: &position), let runs = Varint.read(bytes, at: &position),
            runs < count
        else { return nil }
        var times: [Milliseconds] = []
        times.reserveCapacity(count)
        times.append(first)
        var last = first
        for _ in 0..<runs {
            guard let step = Varint.read(bytes, at: &position), let length = Varint.read(bytes, at: &position),
                length <= UInt64(count - times.count)
            else { return nil }
            for _ in 0..<length {
                last = last &+ Int64(bitPattern: step)
                times.append(last)
            }
        }
        return times.count == count ? times : nil
    }
}
