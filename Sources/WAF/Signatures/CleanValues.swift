import Glibc

/// Values that were judged and found clean, so that the paths and user agents that make up most of a log are judged once.
///
/// A table of fixed size: a new value takes the place of the one that has its slot. The hash is seeded anew in every process, so that
/// nobody can aim for a slot, and the bytes are compared.
struct CleanValues: Sendable {
    /// Longer values are judged each time.
    static let maximumBytes = 512
    private static let slotCount = 8_192

    private var slots: [[UInt8]] = Array(repeating: [], count: slotCount)
    private var parts = [RequestPart](repeating: .method, count: slotCount)

    /// The slot of a value, or nil where it is too long.
    func slot(_ value: ArraySlice<UInt8>, _ part: RequestPart) -> Int? {
        guard value.count <= CleanValues.maximumBytes else { return nil }
        var hasher = Hasher()
        hasher.combine(part.bit)
        unsafe value.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize() & (CleanValues.slotCount - 1)
    }

    /// Whether the value that stands in a slot is this one.
    func holds(_ value: ArraySlice<UInt8>, _ part: RequestPart, at slot: Int) -> Bool {
        guard parts[slot] == part, slots[slot].count == value.count, !value.isEmpty else { return false }
        return unsafe slots[slot].withUnsafeBytes { kept in
            unsafe value.withUnsafeBytes { unsafe memcmp(kept.baseAddress!, $0.baseAddress!, $0.count) == 0 }
        }
    }

    mutating func insert(_ value: ArraySlice<UInt8>, _ part: RequestPart, at slot: Int) {
        slots[slot].removeAll(keepingCapacity: true)
        slots[slot].append(contentsOf: value)
        parts[slot] = part
    }
}
