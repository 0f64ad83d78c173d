internal import Compression
internal import Telemetry

/// How the write-ahead log holds what a sample has beside its number: `1 if there is a histogram | start time, zigzag | histogram`.
extension SampleDetail {
    func append(to bytes: inout [UInt8]) {
        bytes.append(histogram == nil ? 0 : 1)
        Varint.append(signed: startTimestamp, to: &bytes)
        if let histogram { HistogramBytes.append(histogram, to: &bytes) }
    }

    /// Reads one at `position` and moves past it; `nil` where the bytes are damaged.
    init?(_ bytes: ArraySlice<UInt8>, at position: inout Int) {
        guard position < bytes.endIndex, bytes[position] <= 1 else { return nil }
        let hasHistogram = bytes[position] == 1
        position += 1
        guard let start = Varint.readSigned(bytes, at: &position) else { return nil }
        self.init(startTimestamp: start)
        guard hasHistogram else { return }
        guard let histogram = HistogramBytes.read(bytes, at: &position) else { return nil }
        self.histogram = histogram
    }

    /// Reads the list of a record, by the places of samples in it; `nil` where the bytes are damaged.
    static func list(_ bytes: ArraySlice<UInt8>) -> [Int: SampleDetail]? {
        var position = bytes.startIndex
        guard let count = Varint.read(bytes, at: &position), count <= UInt64(bytes.count) else { return nil }
        var details: [Int: SampleDetail] = [:]
        details.reserveCapacity(Int(count))
        var place = -1
        for _ in 0..<count {
            guard let gap = Varint.read(bytes, at: &position), gap <= UInt64(Int32.max),
                let detail = SampleDetail(bytes, at: &position)
            else { return nil }
            place += 1 + Int(gap)
            details[place] = detail
        }
        return position == bytes.endIndex ? details : nil
    }
}
