/// Reading ahead through a remote-write 1.0 message, in the one shape that nearly every series of every sender has.
///
/// ```
/// 1: TimeSeries { 1: Label ..., 2: Sample { 1: double, 2: int64 ms } ... }
/// ```
/// with the labels together and first, and nothing else in it. A general reader of protobuf asks at each field what it is; here the next
/// byte is what was expected or the series is left to that reader.
extension SampleBatch {
    /// Takes series of ``wire`` that stand at `position`, one after the other, and moves behind the last one taken.
    ///
    /// Stops, having taken nothing of it, at whatever has another shape, is damaged, or is no series.
    package mutating func appendUsualSeries(from position: inout Int) {
        let wire = wire
        unsafe wire.withUnsafeBytes { bytes in
            var cursor = unsafe UsualSeriesCursor(bytes: bytes, position: position)
            while unsafe appendUsualSeries(&cursor) { position = unsafe cursor.position }
        }
    }

    private mutating func appendUsualSeries(_ cursor: inout UsualSeriesCursor) -> Bool {
        guard let end = unsafe cursor.enter(0x0a, within: cursor.bytes.count) else { return false }
        let labels = unsafe cursor.position
        while let labelEnd = unsafe cursor.enter(0x0a, within: end) { unsafe cursor.position = labelEnd }
        let labelsEnd = unsafe cursor.position
        let first = values.count
        while unsafe cursor.position < end {
            guard let sample = unsafe cursor.sample(within: end) else {
                timestamps.removeSubrange(first...)
                values.removeSubrange(first...)
                return false
            }
            timestamps.append(sample.timestamp)
            values.append(sample.value)
        }
        if first < values.count {
            series.append(Series(labels: labels..<labelsEnd, samples: first..<values.count, isWire: true))
            refusal = nil
        }
        return true
    }
}

/// A place in a message. Every read is checked against the end of what it stands in.
@unsafe private struct UsualSeriesCursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    /// Steps into the field of this tag, if it is the next one.
    /// - Returns: where it ends, at most `end`; `nil`, with nothing moved, where there is no such field.
    @inline(__always)
    mutating func enter(_ tag: UInt8, within end: Int) -> Int? {
        guard unsafe position &+ 1 < end, unsafe bytes[position] == tag else { return nil }
        var next = unsafe position &+ 1
        guard let length = unsafe varint(&next, within: end), length <= UInt64(end &- next) else { return nil }
        unsafe position = next
        return next &+ Int(length)
    }

    /// A sample: a value and a time in this order, each of them left out where it is 0.
    @inline(__always)
    mutating func sample(within end: Int) -> Sample? {
        guard let sampleEnd = unsafe enter(0x12, within: end) else { return nil }
        var sample = Sample(0, 0)
        if unsafe position &+ 9 <= sampleEnd, unsafe bytes[position] == 0x09 {
            let bits = unsafe bytes.loadUnaligned(fromByteOffset: position &+ 1, as: UInt64.self)
            sample.value = Double(bitPattern: UInt64(littleEndian: bits))
            unsafe position &+= 9
        }
        if unsafe position < sampleEnd, unsafe bytes[position] == 0x10 {
            var next = unsafe position &+ 1
            guard let time = unsafe varint(&next, within: sampleEnd) else { return nil }
            sample.timestamp = Int64(bitPattern: time)
            unsafe position = next
        }
        return unsafe position == sampleEnd ? sample : nil
    }

    @inline(__always)
    private func varint(_ position: inout Int, within end: Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 63 {
            let byte = unsafe bytes[position]
            position &+= 1
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        return nil
    }
}
