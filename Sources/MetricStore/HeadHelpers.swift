internal import Glibc
internal import Telemetry

extension [UInt8] {
    /// Byte equality without iterators.
    func elementsEqualBytes(_ other: ArraySlice<UInt8>) -> Bool { self[...].elementsEqualBytes(other) }
}

extension ArraySlice<UInt8> {
    /// Byte equality without iterators.
    func elementsEqualBytes(_ other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count, count > 0 else { return count == other.count }
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { theirs in
                unsafe memcmp(mine.baseAddress!, theirs.baseAddress!, mine.count) == 0
            }
        }
    }
}

extension [UInt32] {
    /// Adds to the end of an ascending list.
    /// - Returns: whether it belongs there; where it does not, nothing is added.
    mutating func appendAscending(_ element: UInt32) -> Bool {
        if let last, last >= element { return false }
        append(element)
        return true
    }

    /// Takes an ascending list into this one.
    mutating func merge(_ other: [UInt32]) {
        var merged: [UInt32] = []
        merged.reserveCapacity(count + other.count)
        var rest = other[...]
        for element in self {
            while let next = rest.first, next <= element {
                rest.removeFirst()
                if next < element { merged.append(next) }
            }
            merged.append(element)
        }
        merged += rest
        self = merged
    }
}

extension Milliseconds {
    /// The sum, or the nearest end of the range.
    func saturatingAdd(_ other: Milliseconds) -> Milliseconds {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
