/// Hashes, each once: a table of open addressing that takes them as they are, where the library's set would hash them again.
struct HashSet: Sendable {
    private static let leastSlots = 1 << 10

    /// 0 is an empty slot; the hash 0 is told by ``hasZero``.
    private var slots: [UInt64]
    private var hasZero = false
    /// Hashes held.
    private(set) var count = 0

    init() { slots = [UInt64](repeating: 0, count: HashSet.leastSlots) }

    /// - Parameter hash: well mixed; its low bits are its place.
    mutating func insert(_ hash: UInt64) {
        guard hash != 0 else {
            if !hasZero { count += 1 }
            hasZero = true
            return
        }
        if count * 2 >= slots.count { grow() }
        if HashSet.put(hash, &slots) { count += 1 }
    }

    /// Hands all hashes to `visit`, in no order.
    func forEach(_ visit: (UInt64) -> Void) {
        if hasZero { visit(0) }
        for slot in slots where slot != 0 { visit(slot) }
    }

    private mutating func grow() {
        var larger = [UInt64](repeating: 0, count: slots.count * 2)
        for slot in slots where slot != 0 { _ = HashSet.put(slot, &larger) }
        slots = larger
    }

    /// Whether the hash is new.
    private static func put(_ hash: UInt64, _ slots: inout [UInt64]) -> Bool {
        var span = slots.mutableSpan
        let mask = span.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while span[place] != 0 {
            if span[place] == hash { return false }
            place = (place + 1) & mask
        }
        span[place] = hash
        return true
    }
}
