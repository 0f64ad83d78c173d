/// Values by the slots that a log names: found without hashing, and a number that makes no sense costs a few megabytes at most.
struct SlotTable<Value> {
    private static var pageSize: Int { 4096 }
    /// Slots are 32 bits wide.
    private static var maximumSlot: Int { Int(Int32.max) }

    private var pages: [[Value?]] = []

    /// The value of a slot; setting one that is no slot does nothing.
    subscript(slot: Int) -> Value? {
        get {
            guard slot >= 0, slot / SlotTable.pageSize < pages.count else { return nil }
            let page = slot / SlotTable.pageSize
            return pages[page].isEmpty ? nil : pages[page][slot % SlotTable.pageSize]
        }
        set {
            guard slot >= 0, slot <= SlotTable.maximumSlot else { return }
            let page = slot / SlotTable.pageSize
            while pages.count <= page { pages.append([]) }
            if pages[page].isEmpty { pages[page] = Array(repeating: nil, count: SlotTable.pageSize) }
            pages[page][slot % SlotTable.pageSize] = newValue
        }
    }
}
