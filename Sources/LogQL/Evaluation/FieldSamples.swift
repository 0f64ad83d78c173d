import Telemetry

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

    /// - Parameter key: all that the sample depends on.
    mutating func sample(for key: [UInt8], _ make: () throws(LogQLError) -> Sample?) throws(LogQLError) -> Sample? {
        let key = Key(bytes: key)
        if let sample = known[key] { return sample }
        let sample = try make()
        if known.count == FieldSamples.maximumCount { known = [:] }
        known.updateValue(sample, forKey: key)
        return sample
    }
}
