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

    private var known: [Key: Sample?] = [:]
    /// By all else that they depend on.
    private var forms: [[UInt8]: NumberedSamples] = [:]

    /// - Parameter key: all that the sample depends on.
    mutating func sample(for key: [UInt8], _ make: () throws(LogQLError) -> Sample?) throws(LogQLError) -> Sample? {
        let key = Key(bytes: key)
        if let sample = known[key] { return sample }
        let sample = try make()
        if known.count == FieldSamples.maximumCount { known = [:] }
        known.updateValue(sample, forKey: key)
        return sample
    }

    /// The samples that depend on a number beside this.
    mutating func samples(ofForm form: [UInt8]) -> NumberedSamples {
        if let samples = forms[form] { return samples }
        let samples = NumberedSamples()
        forms[form] = samples
        return samples
    }
}

/// Samples of fields that are told by a number.
final class NumberedSamples {
    /// As those of ``FieldSamples``.
    private static let maximumCount = 1 << 18

    private var numbers = DistinctNumbers()
    private var samples: [Sample?] = []
    /// Series that were made for them one by one; -1 where a number may come again that has one.
    var seriesMade = 0

    /// The places of what is known of numbers, -1 for what is not.
    func places(of wanted: [Int64]) -> [Int32] { numbers.places(of: wanted) }

    subscript(place: Int32) -> Sample? { samples[Int(place)] }

    func sample(for number: Int64, _ make: () throws(LogQLError) -> Sample?) throws(LogQLError) -> Sample? {
        let place = Int(numbers.place(of: number))
        if place < samples.count { return samples[place] }
        let sample = try make()
        samples.append(sample)
        if samples.count == NumberedSamples.maximumCount { (numbers, samples, seriesMade) = (DistinctNumbers(), [], -1) }
        return sample
    }
}
