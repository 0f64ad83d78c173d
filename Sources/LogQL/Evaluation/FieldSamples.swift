import Telemetry

/// What fields came to in other groups, by their texts: the same address in a hundred blocks is parsed once.
struct FieldSamples {
    /// When so many are known, all are forgotten, and what still occurs comes back by itself.
    private static let maximumCount = 1 << 18

    private var known: [[UInt8]: Sample?] = [:]

    /// - Parameter key: all that the sample depends on.
    mutating func sample(for key: [UInt8], _ make: () throws(LogQLError) -> Sample?) throws(LogQLError) -> Sample? {
        if let sample = known[key] { return sample }
        let sample = try make()
        if known.count == FieldSamples.maximumCount { known = [:] }
        known.updateValue(sample, forKey: key)
        return sample
    }
}
