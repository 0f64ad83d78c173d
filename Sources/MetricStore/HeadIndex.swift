internal import Telemetry

/// Which slots of the head have which labels.
struct HeadIndex: Sendable {
    /// Slots by the name and the value of a label, ascending.
    private(set) var slots: [String: [String: [UInt32]]] = [:]
    /// Slots that are used again and belong before others of their list: put there by ``settle()``, all at once, as each by itself would
    /// move much of a long list.
    private var unsettled: [Label: [UInt32]] = [:]

    var labelNames: [String] { Array(slots.keys) }
    func values(of name: String) -> [String] { slots[name].map { Array($0.keys) } ?? [] }
    func postings(_ name: String, _ value: String) -> [UInt32] { slots[name]?[value] ?? [] }

    /// How many slots have a label, those included that ``settle()`` puts into their place.
    func count(_ name: String, _ value: String) -> Int {
        postings(name, value).count + (unsettled.isEmpty ? 0 : unsettled[Label(name, value)]?.count ?? 0)
    }

    /// Adds a slot; ``postings(_:_:)`` has it after ``settle()``.
    mutating func add(_ labels: Labels, slot: Int) {
        let slot = UInt32(slot)
        for label in labels {
            let isLast = slots[label.name, default: [:]][label.value, default: []].appendAscending(slot)
            if !isLast { unsettled[label, default: []].append(slot) }
        }
    }

    /// Puts all slots into their places.
    mutating func settle() {
        guard !unsettled.isEmpty else { return }
        for (label, added) in unsettled { slots[label.name]?[label.value]?.merge(added.sorted()) }
        unsettled = [:]
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
