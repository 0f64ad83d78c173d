/// The bytes in which a sender names a series, as a keyed hash of 128 bits: two that differ have different ones, but for a chance of one
/// in 2^128 that nobody outside can improve, as the key is a process' own.
struct SeriesAlias: Hashable, Sendable {
    /// Stands where there is none.
    static let none = SeriesAlias(high: 0, low: 0)

    let high: UInt64
    let low: UInt64

    func hash(into hasher: inout Hasher) { hasher.combine(high) }
}

/// Which series the senders' own bytes mean, so that labels are read once and not with every sample.
struct SeriesAliases: Sendable {
    /// A slot, and which of the series that it held one after the other.
    struct Place: Sendable {
        var slot: Int32
        var generation: UInt32
    }

    /// Aliases beyond twice the series there are: then all are forgotten, as senders that change their bytes leave them behind.
    static let spare = 4096

    private var places: [SeriesAlias: Place] = [:]

    func place(of alias: SeriesAlias) -> Place? { places[alias] }

    /// - Parameter seriesCount: how many series there are, which bounds how many aliases are kept.
    mutating func set(_ alias: SeriesAlias, to place: Place, seriesCount: Int) {
        if places.count >= 2 * seriesCount + SeriesAliases.spare { places.removeAll(keepingCapacity: true) }
        places[alias] = place
    }
}
