import Telemetry

/// A sample of a series that an entry makes.
struct Sample {
    var series: Int
    var value: Double
}

/// What fields came to in other groups, by their texts: the same address in a hundred blocks is parsed once.
struct FieldSamples {
    /// When so many are known, all are forgotten, and what still occurs comes back by itself.
    private static let maximumCount = 1 << 18

    /// Bytes hashed at once: an array's own hash takes them one by one.
    private struct Key: Hashable {
        var bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }
    }

    /// Samples of fields that are told by a number.
    private struct Numbered {
        var numbers = DistinctNumbers()
        var samples: [Sample?] = []
    }

    private var known: [Key: Sample?] = [:]
    /// By all else that they depend on.
    private var forms: [[UInt8]: Int] = [:]
    private var numbered: [Numbered] = []

    /// - Parameter key: all that the sample depends on.
    mutating func sample(for key: [UInt8], _ make: () throws(LogQLError) -> Sample?) throws(LogQLError) -> Sample? {
        let key = Key(bytes: key)
        if let sample = known[key] { return sample }
        let sample = try make()
        if known.count == FieldSamples.maximumCount { known = [:] }
        known.updateValue(sample, forKey: key)
        return sample
    }

    /// The place of samples that depend on a number beside this.
    mutating func place(ofForm form: [UInt8]) -> Int {
        if let place = forms[form] { return place }
        forms[form] = numbered.count
        numbered.append(Numbered())
        return numbered.count - 1
    }

    mutating func sample(
        for number: Int64, ofForm form: Int, _ make: () throws(LogQLError) -> Sample?
    ) throws(LogQLError) -> Sample? {
        let place = Int(numbered[form].numbers.place(of: number))
        if place < numbered[form].samples.count { return numbered[form].samples[place] }
        let sample = try make()
        numbered[form].samples.append(sample)
        if place >= FieldSamples.maximumCount { numbered[form] = Numbered() }
        return sample
    }
}
