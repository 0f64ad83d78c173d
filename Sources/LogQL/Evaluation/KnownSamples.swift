import Telemetry

/// A sample of a series that an entry makes.
struct Sample {
    var series: Int
    var value: Double
}

/// What entries of a stretch came to, by their shape and the texts that were looked at: most fields have few values, so that most entries
/// need no stage at all.
struct KnownSamples {
    /// Most texts remembered of one shape; a field with more of them is not worth remembering.
    static let maximumTexts = 1 << 14

    private var byShape: [[[UInt8]: Sample?]]

    init(shapes: Int) {
        byShape = Array(repeating: [:], count: shapes)
    }

    /// What a row comes to: a sample, nothing (the inner nil), or not known yet.
    func sample(of row: borrowing LogColumnRow) -> Sample?? { byShape[row.shape][KnownSamples.key(row)] }

    mutating func note(_ row: borrowing LogColumnRow, _ sample: Sample?) {
        guard byShape[row.shape].count < KnownSamples.maximumTexts else { return }
        byShape[row.shape].updateValue(sample, forKey: KnownSamples.key(row))
    }

    /// The texts, and where they end if there are several.
    private static func key(_ row: borrowing LogColumnRow) -> [UInt8] {
        guard row.ends.count > 1 else { return row.bytes }
        var key = row.bytes
        for end in row.ends { for shift in [0, 8, 16, 24] { key.append(UInt8(truncatingIfNeeded: end >> shift)) } }
        return key
    }
}
