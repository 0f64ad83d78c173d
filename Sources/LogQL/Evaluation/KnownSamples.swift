/// A sample of a series that an entry makes.
struct Sample {
    var series: Int
    var value: Double
}

/// What entries of a group came to, by the texts that were looked at: most fields have few values, so that most entries need no stage at
/// all.
struct KnownSamples {
    /// Up to as many texts they stand in an array.
    private static let maximumDense = 1 << 16

    private let keys: [Int]?
    private var dense: [Sample??]
    private var sparse: [Int: Sample?] = [:]

    /// - Parameter keys: by row; equal keys, equal texts; none where all texts are. Nil where nothing is to be remembered.
    init(_ keys: [Int]?) {
        self.keys = keys
        let most = keys?.max() ?? 0
        dense = most < KnownSamples.maximumDense ? Array(repeating: nil, count: most + 1) : []
    }

    /// What a row comes to: a sample, nothing (the inner nil), or not known yet.
    func sample(ofRow row: Int) -> Sample?? {
        guard let keys else { return nil }
        if keys.isEmpty { return dense[0] }
        return dense.isEmpty ? sparse[keys[row]] : dense[keys[row]]
    }

    mutating func note(_ sample: Sample?, ofRow row: Int) {
        guard let keys else { return }
        if keys.isEmpty {
            dense[0] = .some(sample)
        } else if dense.isEmpty {
            sparse.updateValue(sample, forKey: keys[row])
        } else {
            dense[keys[row]] = .some(sample)
        }
    }
}
