/// The most frequent of any number of values, in bounded memory (Misra and Gries, 1982, in the batched form of Anderson et al., 2017).
///
/// Up to ``capacity`` values are counted exactly. When there are more, the median count is taken off all and those with nothing left are
/// forgotten, so that each count is too low by at most ``maximumError``, which is at most two and a half requests in ``capacity``.
package struct FrequentItems: Sendable {
    /// Bytes kept of a value.
    package static let maximumValueBytes = 512

    /// One of the values.
    package struct Item: Sendable, Equatable {
        /// The value, cut at ``maximumValueBytes``.
        package let value: [UInt8]
        /// How often it came, at least.
        package let count: Int

        /// A value that came so often.
        package init(value: [UInt8], count: Int) {
            self.value = value
            self.count = count
        }
    }

    /// Values counted at once.
    package let capacity: Int
    /// By how much a count may be too low.
    package private(set) var maximumError = 0
    /// Counts of the slots; 0 where a slot is free.
    private var counts: [Int]
    private var hashes: [UInt64]
    private var values: [[UInt8]]
    private var used = 0
    private let mask: Int

    /// - Parameter capacity: a power of two, at least 16.
    package init(capacity: Int) {
        precondition(capacity >= 16 && capacity & (capacity - 1) == 0, "a capacity is a power of two")
        self.capacity = capacity
        let slots = capacity * 2
        mask = slots - 1
        counts = [Int](repeating: 0, count: slots)
        hashes = [UInt64](repeating: 0, count: slots)
        values = [[UInt8]](repeating: [], count: slots)
    }

    /// Counts a value once.
    /// - Parameter hash: ``ByteHash/of(_:)`` of the value; two values of one hash are taken for one.
    package mutating func add(_ value: ArraySlice<UInt8>, hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while counts[slot] > 0 {
            if hashes[slot] == hash {
                counts[slot] &+= 1
                return
            }
            slot = (slot &+ 1) & mask
        }
        counts[slot] = 1
        hashes[slot] = hash
        values[slot].removeAll(keepingCapacity: true)
        values[slot].append(contentsOf: value.prefix(FrequentItems.maximumValueBytes))
        used += 1
        if used > capacity { forget() }
    }

    private mutating func forget() {
        let sorted = counts.filter { $0 > 0 }.sorted()
        let median = sorted[sorted.count / 2]
        let (oldCounts, oldHashes) = (counts, hashes)
        var oldValues: [[UInt8]] = []
        swap(&oldValues, &values)
        counts = [Int](repeating: 0, count: oldCounts.count)
        values = [[UInt8]](repeating: [], count: oldCounts.count)
        used = 0
        for index in oldCounts.indices where oldCounts[index] > median {
            var slot = Int(truncatingIfNeeded: oldHashes[index]) & mask
            while counts[slot] > 0 { slot = (slot &+ 1) & mask }
            counts[slot] = oldCounts[index] - median
            hashes[slot] = oldHashes[index]
            swap(&values[slot], &oldValues[index])
            used += 1
        }
        maximumError += median
    }

    /// The most frequent, the most frequent first.
    package func top(_ limit: Int) -> [Item] {
        let found = counts.indices.filter { counts[$0] > 0 }.map { Item(value: values[$0], count: counts[$0]) }
        let sorted = found.sorted { left, right in
            left.count != right.count ? left.count > right.count : left.value.lexicographicallyPrecedes(right.value)
        }
        return Array(sorted.prefix(limit))
    }
}

/// A hash of bytes, eight at a time: fast, not seeded, and not for what must resist an attacker's aim.
package enum ByteHash {
    /// The hash of a value.
    package static func of(_ value: ArraySlice<UInt8>) -> UInt64 {
        unsafe value.withUnsafeBytes { bytes in
            var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9e37_79b9_7f4a_7c15
            var index = 0
            while index &+ 8 <= bytes.count {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                hash = mix(hash ^ word)
                index &+= 8
            }
            var rest: UInt64 = 0
            while index < bytes.count {
                let byte = unsafe bytes[index]
                rest = rest &<< 8 | UInt64(byte)
                index &+= 1
            }
            return mix(mix(hash ^ rest))
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low ^ value >> 32
    }
}
