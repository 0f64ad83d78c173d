/// Cuts a stream of bytes into lines or syslog frames, in bounded memory.
///
/// Lines end with LF or NUL. With ``Framing/syslog`` each frame may also be octet-counted (`NN <…`), decided anew at every frame,
/// as real senders mix them on one port. A line over the limit is given out once, cut, and its rest is skipped.
package struct LineFramer: Sendable {
    /// Whether octet counts are looked for.
    package enum Framing: Sendable { case lines, syslog }

    /// Where a frame stands in ``buffer``, without its terminator.
    package struct Frame: Sendable, Equatable {
        package var range: Range<Int>
        /// The frame went on beyond the limit.
        package var isCut: Bool
    }

    /// Largest octet count believed; beyond it the stream is taken to be out of step.
    package static let maximumOctetCount = 4 << 20

    private enum Skipping { case nothing, line, bytes(Int) }

    package private(set) var buffer: [UInt8] = []
    private let framing: Framing
    private let maximumBytes: Int
    private var index = 0
    /// How far the line that starts at ``index`` was searched for its end.
    private var searched = 0
    private var skipping = Skipping.nothing

    package init(_ framing: Framing, maximumBytes: Int) {
        self.framing = framing
        self.maximumBytes = maximumBytes
    }

    /// Takes more bytes. Frames given out before lose their places.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        if index > 0 {
            buffer.removeSubrange(..<index)
            searched = max(0, searched - index)
            index = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or nil until more is fed. Empty lines are passed over.
    /// - Throws: ``IngestError`` where an octet count cannot be true; the stream can't be read on.
    package mutating func next() throws(IngestError) -> Frame? {
        while skipRest() {
            guard index < buffer.count else { return nil }
            if framing == .syslog {
                switch try octetCount() {
                case .some(.count(let header, let count)): return countedFrame(header: header, count: count)
                case .some(.undecided): return nil
                case nil: break
                }
            }
            guard let frame = lineFrame() else { return nil }
            if !frame.range.isEmpty { return frame }
        }
        return nil
    }

    /// What is left when the sender closed: a last line without an end.
    package mutating func finish() -> Frame? {
        guard skipRest(), index < buffer.count else { return nil }
        let range = index..<buffer.count
        index = buffer.count
        return Frame(range: trimmed(range), isCut: false)
    }

    private enum Count { case undecided, count(header: Int, Int) }

    private func octetCount() throws(IngestError) -> Count? {
        var place = index
        var count = 0
        while place < buffer.count, place - index < 9, buffer[place] >= 0x30, buffer[place] <= 0x39 {
            count = count * 10 + Int(buffer[place] - 0x30)
            place += 1
        }
        guard place > index, buffer[index] != 0x30 else { return nil }
        guard place < buffer.count else { return .undecided }
        guard buffer[place] == 0x20 else { return nil }
        guard place + 1 < buffer.count else { return .undecided }
        guard buffer[place + 1] == UInt8(ascii: "<") else { return nil }
        guard count <= LineFramer.maximumOctetCount else {
            throw IngestError(
                .frameTooLong,
                "a syslog frame announces \(count) bytes, over the limit of \(LineFramer.maximumOctetCount): see the sender's framing"
            )
        }
        return .count(header: place + 1 - index, count)
    }

    private mutating func countedFrame(header: Int, count: Int) -> Frame? {
        let start = index + header
        let kept = min(count, maximumBytes)
        guard buffer.count >= start + kept else { return nil }
        index = start + kept
        searched = index
        if count > kept { skipping = .bytes(count - kept) }
        return Frame(range: start..<index, isCut: count > kept)
    }

    private mutating func lineFrame() -> Frame? {
        let limit = min(buffer.count, index + maximumBytes + 1)
        let from = max(index, searched)
        if let end = buffer[from..<max(from, limit)].firstIndex(where: { $0 == 10 || $0 == 0 }) {
            let frame = Frame(range: trimmed(index..<end), isCut: false)
            index = end + 1
            searched = index
            return frame
        }
        searched = limit
        guard limit - index > maximumBytes else { return nil }
        let frame = Frame(range: index..<index + maximumBytes, isCut: true)
        index += maximumBytes
        searched = index
        skipping = .line
        return frame
    }

    /// Passes over the rest of a frame that was cut; false until all of it has come.
    private mutating func skipRest() -> Bool {
        switch skipping {
        case .nothing: return true
        case .bytes(let count):
            let step = min(count, buffer.count - index)
            index += step
            skipping = step == count ? .nothing : .bytes(count - step)
        case .line:
            guard let end = buffer[index...].firstIndex(where: { $0 == 10 || $0 == 0 }) else {
                index = buffer.count
                searched = index
                return false
            }
            index = end + 1
            skipping = .nothing
        }
        searched = index
        if case .nothing = skipping { return true }
        return false
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        guard let last = range.last, buffer[last] == 13 else { return range }
        return range.lowerBound..<last
    }
}
