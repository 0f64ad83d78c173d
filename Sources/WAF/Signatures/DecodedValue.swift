/// A value in the forms in which it is searched, each made at most once.
///
/// The buffers are used again for every value, so that decoding allocates nothing once they have grown.
package struct DecodedValue: Sendable {
    /// Bytes looked at of one value; what lies behind is not.
    package static let maximumBytes = 16_384
    /// Rounds of percent-decoding: what is hidden deeper no server undoes.
    static let maximumRounds = 3

    /// What was undone to make ``text``.
    package private(set) var applied: Transforms = []
    /// Which bytes below 128 stand in ``text``, so that a view that can change nothing is not made.
    private(set) var present = ByteSet()
    private(set) var text: [UInt8] = []
    private(set) var raw: [UInt8] = []
    private var derived: [[UInt8]] = ValueView.allCases.map { _ in [] }
    private var made: UInt8 = 0
    private var same: UInt8 = 0
    private var scratch: [UInt8] = []

    /// Without a value; see ``load(_:plusIsBlank:)``.
    package init() {}

    /// Takes a new value.
    /// - Parameter plusIsBlank: whether `+` stands for a blank, as in a form's data.
    package mutating func load(_ value: some Collection<UInt8>, plusIsBlank: Bool) {
        raw.removeAll(keepingCapacity: true)
        raw.append(contentsOf: value.prefix(DecodedValue.maximumBytes))
        made = 0
        same = 0
        applied = PercentDecoder.decode(raw, plusIsBlank: plusIsBlank, into: &text)
        var rounds = 1
        while rounds < DecodedValue.maximumRounds, !applied.isEmpty, text.contains(UInt8(ascii: "%")) {
            let again = PercentDecoder.decode(text, plusIsBlank: false, into: &scratch)
            guard !again.isEmpty else { break }
            swap(&text, &scratch)
            applied.formUnion(again)
            applied.insert(.percentTwice)
            rounds += 1
        }
        applied.formUnion(PercentDecoder.foldToASCII(&text))
        if text.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "\\") }) {
            applied.formUnion(EscapeDecoder.decode(&text, &scratch))
        }
        normalise()
    }

    /// Lower case, blanks in runs as one (a line feed where the run has one), NULs dropped; notes the bytes there are.
    private mutating func normalise() {
        present = ByteSet()
        var write = 0
        var index = 0
        while index < text.count {
            var byte = text[index]
            index += 1
            if byte == 0 {
                applied.insert(.nulBytes)
                continue
            }
            if byte == 0x20 || (0x09...0x0d).contains(byte) || byte == 0xa0 && isBlankInLatin1(index - 1) {
                byte = byte == 0x0a || byte == 0x0d ? 0x0a : 0x20
                if write > 0, text[write - 1] == 0x20 || text[write - 1] == 0x0a {
                    if byte == 0x0a { text[write - 1] = byte }
                    continue
                }
            } else if byte &- 0x41 < 26 {
                byte |= 0x20
            }
            present.insert(byte)
            text[write] = byte
            write += 1
        }
        text.removeLast(text.count - write)
    }

    /// A no-break space by itself, not the second byte of a UTF-8 letter; MySQL takes it for a blank.
    private func isBlankInLatin1(_ index: Int) -> Bool { index == 0 || text[index - 1] < 0x80 }

    /// The value with its percent-encoding undone once, in the case in which it came: what base64 needs.
    var percentDecoded: [UInt8] {
        guard raw.contains(UInt8(ascii: "%")) else { return raw }
        var output: [UInt8] = []
        _ = PercentDecoder.decode(raw, plusIsBlank: false, into: &output)
        return output
    }

    /// A view's bytes, and whether they are those of ``text``.
    mutating func bytes(of view: ValueView) -> (bytes: [UInt8], isText: Bool) {
        if view == .text { return (text, true) }
        if made & view.bit == 0 { make(view) }
        return same & view.bit != 0 ? (text, true) : (derived[view.ordinal], false)
    }

    private mutating func make(_ view: ValueView) {
        made |= view.bit
        if view == .raw {
            // Nothing was encoded: the text is what came.
            guard !applied.isEmpty || raw.contains(UInt8(ascii: "%")) else {
                same |= view.bit
                return
            }
            derived[view.ordinal] = raw.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
            return
        }
        guard ViewMaker.mayChange(view, present) else {
            same |= view.bit
            return
        }
        var output: [UInt8] = []
        swap(&output, &derived[view.ordinal])
        output.removeAll(keepingCapacity: true)
        ViewMaker.make(view, from: text, into: &output)
        if output == text { same |= view.bit }
        derived[view.ordinal] = output
    }

    /// What was undone to make a view.
    func transforms(of view: ValueView) -> Transforms {
        switch view {
        case .text: applied
        case .raw: []
        case .sql: same & view.bit != 0 ? applied : applied.union(.comments)
        case .path: same & view.bit != 0 ? applied : applied.union(.pathForm)
        case .shell: same & view.bit != 0 ? applied : applied.union(.shellQuoting)
        case .script: same & view.bit != 0 ? applied : applied.union(.blanks)
        }
    }
}

/// A set of byte values.
struct ByteSet: Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    init(_ bytes: String) {
        for byte in bytes.utf8 { insert(byte) }
    }

    mutating func insert(_ byte: UInt8) {
        let bit = 1 as UInt64 &<< UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    func contains(_ byte: UInt8) -> Bool { intersects(ByteSet(byte)) }

    func intersects(_ other: ByteSet) -> Bool {
        words.0 & other.words.0 | words.1 & other.words.1 | words.2 & other.words.2 | words.3 & other.words.3 != 0
    }

    private init(_ byte: UInt8) { insert(byte) }
}
