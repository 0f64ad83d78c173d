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
    /// Adds to an ascending list; mostly at its end.
    mutating func insertSorted(_ element: UInt32) {
        guard let last, last >= element else { append(element); return }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        if low == count || self[low] != element { insert(element, at: low) }
    }
}

extension Milliseconds {
    /// The sum, or the nearest end of the range.
    func saturatingAdd(_ other: Milliseconds) -> Milliseconds {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
