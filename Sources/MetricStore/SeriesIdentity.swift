internal import Telemetry

/// A series as it is told from others across head and blocks: by a hash that is the same in every process, and then by its labels.
struct SeriesIdentity: Hashable, Sendable {
    private static let stable = LabelHash(seed: 0x6d61_6765_7761_7463)

    let hash: UInt64
    let labels: Labels

    static func hash(_ labels: Labels) -> UInt64 { hash(canonical: labels.canonicalBytes) }
    static func hash(canonical labels: [UInt8]) -> UInt64 { stable(labels[...]) }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
