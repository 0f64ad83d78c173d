/// The series of a head by slot, in pages: growing moves none of them, and whoever holds a copy while samples come in has only the pages
/// copied that change.
struct SeriesTable: Sendable, RandomAccessCollection {
    private static let pageShift = 8
    private static let pageSize = 1 << pageShift

    private var pages: [[HeadSeries]] = []
    private(set) var count = 0

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(slot: Int) -> HeadSeries {
        @inline(__always)
        _read { yield pages[slot >> SeriesTable.pageShift][slot & (SeriesTable.pageSize - 1)] }
        @inline(__always)
        _modify { yield &pages[slot >> SeriesTable.pageShift][slot & (SeriesTable.pageSize - 1)] }
    }

    mutating func append(_ series: HeadSeries) {
        if count & (SeriesTable.pageSize - 1) == 0 {
            var page: [HeadSeries] = []
            page.reserveCapacity(SeriesTable.pageSize)
            pages.append(page)
        }
        pages[pages.count - 1].append(series)
        count += 1
    }
}
