/// Cuts what was read of a log into whole lines.
struct LineSplitter: Equatable {
    /// Where the lines stand, without their newline.
    var lines: [Range<Int>] = []
    /// Bytes that the lines and their newlines take up; the rest is the beginning of a line still being written.
    var consumed = 0
    /// Lines that reached the limit and were cut there.
    var cut = 0

    /// - Parameters:
    ///   - endIsFinal: the file will not grow any more, so a last line without newline is whole.
    ///   - limit: longest line.
    init(_ bytes: some RandomAccessCollection<UInt8>, endIsFinal: Bool, limit: Int) {
        var start = 0
        var position = 0
        for byte in bytes {
            if byte == 10 {
                lines.append(start..<position)
                start = position + 1
            } else if position - start == limit {
                // What follows is taken as a line of its own, so that nothing is lost.
                lines.append(start..<position)
                cut += 1
                start = position
            }
            position += 1
        }
        if endIsFinal, start < position {
            lines.append(start..<position)
            start = position
        }
        consumed = start
        lines.removeAll { $0.isEmpty }
    }
}
