internal import Telemetry

/// Which slots of the head have which labels.
struct HeadIndex: Sendable {
    /// Slots by the name and the value of a label, ascending.
    private(set) var slots: [String: [String: [UInt32]]] = [:]

    var labelNames: [String] { Array(slots.keys) }
    func values(of name: String) -> [String] { slots[name].map { Array($0.keys) } ?? [] }
    func postings(_ name: String, _ value: String) -> [UInt32] { slots[name]?[value] ?? [] }

    mutating func add(_ labels: Labels, slot: Int) {
        for label in labels { slots[label.name, default: [:]][label.value, default: []].insertSorted(UInt32(slot)) }
    }

    /// Forgets slots.
    /// - Parameter labels: what they had, so that only those lists are looked through.
    mutating func remove(_ dead: Set<UInt32>, labels: some Sequence<Labels>) {
        var affected: [String: Set<String>] = [:]
        for label in labels.joined() { affected[label.name, default: []].insert(label.value) }
        for (name, values) in affected {
            for value in values {
                slots[name]?[value]?.removeAll { dead.contains($0) }
                if slots[name]?[value]?.isEmpty == true { slots[name]?[value] = nil }
            }
            if slots[name]?.isEmpty == true { slots[name] = nil }
        }
    }
}
