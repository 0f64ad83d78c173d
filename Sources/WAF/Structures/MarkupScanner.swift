/// Finds markup that runs something: tags, attributes, and the ends of attributes and strings that a value breaks out of.
///
/// Lenient as browsers are: blanks, slashes and quotes between attributes, quotes missing. `<3` and `<a href="/shop">` are no fact.
struct MarkupScanner {
    /// Tags looked at in one value.
    static let maximumTags = 200

    private let text: [UInt8]
    private var index = 0
    private(set) var facts: [StructureFact] = []

    /// Tags that run, load or replace something by standing there.
    private static let activeTags = words(
        """
        script iframe frame frameset object embed applet meta base link style svg math layer ilayer bgsound isindex xml import \
        animate set foreignobject portal noembed xss noscript param keygen marquee plaintext listing xmp handler comment
        """)
    /// Tags of ordinary pages, which only an attribute makes dangerous.
    private static let formTags = words(
        "form input button textarea select video audio source body html image td table title details dialog template img")

    static func facts(in text: [UInt8]) -> [StructureFact] {
        var scanner = MarkupScanner(text: text)
        scanner.scan()
        return scanner.facts
    }

    private init(text: [UInt8]) { self.text = text }

    private mutating func scan() {
        var tags = 0
        while index < text.count, tags < MarkupScanner.maximumTags {
            if text[index] == UInt8(ascii: "<") {
                tags += 1
                readTag()
            } else {
                index += 1
            }
        }
        scanBreakout()
    }

    private mutating func note(_ name: StructureName, _ range: Range<Int>) {
        if !facts.contains(where: { $0.name == name }) { facts.append(StructureFact(name: name, range: range)) }
    }

    private mutating func readTag() {
        let start = index
        index += 1
        while index < text.count,
            text[index] == UInt8(ascii: "/") || text[index] == 0x0a || text[index] < 0x20 || text[index] == UInt8(ascii: "<")
        { index += 1 }
        let nameStart = index
        while index < text.count, MarkupScanner.isName(text[index]) { index += 1 }
        guard index > nameStart else { return }
        let name = text[nameStart..<index]
        let isClosed = hasClosing(from: index)
        let local = name.split(separator: UInt8(ascii: ":")).last ?? name
        if MarkupScanner.activeTags.contains(Array(local)) {
            if isClosed || index < text.count || name.count >= 6 { note(.markupTag, start..<min(index + 1, text.count)) }
        } else if !MarkupScanner.formTags.contains(Array(local)), isClosed, name.count > 1 {
            if !MarkupScanner.textTags.contains(Array(local)) { note(.markupUnknown, start..<index) }
        } else if MarkupScanner.formTags.contains(Array(local)), isClosed {
            note(.markupUnknown, start..<index)
        }
        readAttributes(start)
    }

    private static let textTags = words(
        "a b i u p br hr em strong span div ul ol li h1 h2 h3 h4 h5 h6 pre code tr th tbody thead small big sup sub font center blockquote dl dt dd section article nav header footer main cite q s del ins label abbr"
    )

    private func hasClosing(from start: Int) -> Bool { text[start...].contains(UInt8(ascii: ">")) }

    /// Attributes up to the tag's end, or the value's.
    private mutating func readAttributes(_ tagStart: Int) {
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "<") { return }
            guard MarkupScanner.isAttributeName(byte) else {
                index += 1
                continue
            }
            let nameStart = index
            while index < text.count, MarkupScanner.isAttributeName(text[index]) { index += 1 }
            let name = text[nameStart..<index]
            var valueStart = index
            // Browsers skip much between a name and its equals sign; filters that do not are evaded by it.
            while valueStart < text.count, !MarkupScanner.isName(text[valueStart]), text[valueStart] != UInt8(ascii: "="),
                text[valueStart] != UInt8(ascii: ">"),
                text[valueStart] != UInt8(ascii: "\""), text[valueStart] != UInt8(ascii: "'")
            { valueStart += 1 }
            guard valueStart < text.count, text[valueStart] == UInt8(ascii: "=") else { continue }
            index = valueStart + 1
            if MarkupScanner.isHandler(name) { note(.markupHandler, nameStart..<index) }
            readValue(name, nameStart)
        }
    }

    private mutating func readValue(_ name: ArraySlice<UInt8>, _ nameStart: Int) {
        while index < text.count, text[index] == 0x20 || text[index] == 0x0a { index += 1 }
        guard index < text.count else { return }
        let quote = text[index]
        let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`")
        if isQuoted { index += 1 }
        let start = index
        while index < text.count {
            let byte = text[index]
            if isQuoted ? byte == quote : byte == 0x20 || byte == 0x0a || byte == UInt8(ascii: ">") { break }
            index += 1
        }
        let value = text[start..<index]
        if ScriptURL.runs(value) || name.elementsEqual("style".utf8) && ScriptURL.styleRuns(value)
            || name.elementsEqual("srcdoc".utf8)
        {
            note(.markupURL, nameStart..<index)
        }
    }

    /// An event handler without a tag: the value ends the attribute it is put into (`" onblur=alert(1)`).
    private mutating func scanBreakout() {
        guard text.contains(UInt8(ascii: "=")) else { return }
        var position = 0
        while position + 4 < text.count {
            let isStart =
                position == 0
                || [0x20, 0x0a, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "/"), UInt8(ascii: ";")]
                    .contains(text[position - 1])
            guard isStart, text[position] == UInt8(ascii: "o"), text[position + 1] == UInt8(ascii: "n") else {
                position += 1
                continue
            }
            var end = position
            while end < text.count, MarkupScanner.isName(text[end]) { end += 1 }
            var equals = end
            while equals < text.count, text[equals] == 0x20 || text[equals] == 0x0a { equals += 1 }
            let isAssigned = equals < text.count && text[equals] == UInt8(ascii: "=")
            let hasQuote = text[..<position].contains {
                $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "`")
            }
            if isAssigned, MarkupScanner.isHandler(text[position..<end]),
                hasQuote || equals + 1 < text.count && runsCode(text[equals...])
            {
                note(.markupBreakout, position..<equals + 1)
                return
            }
            position = max(end, position + 1)
        }
    }

    private func runsCode(_ text: ArraySlice<UInt8>) -> Bool {
        text.contains(UInt8(ascii: "(")) || text.contains(UInt8(ascii: "`")) || text.contains(UInt8(ascii: "."))
    }

    /// `onclick`, `onanything`: new ones are made every year. `on` with less than three letters behind is a word.
    private static func isHandler(_ name: ArraySlice<UInt8>) -> Bool {
        name.count >= 5 && name.count <= 48 && name.starts(with: "on".utf8) && name.allSatisfy { $0 &- 0x61 < 26 }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
    private static func isAttributeName(_ byte: UInt8) -> Bool { isName(byte) }

    private static func words(_ text: String) -> Set<[UInt8]> {
        Set(text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Array($0.utf8) })
    }
}

/// URLs and styles that run a script.
enum ScriptURL {
    private static let schemes = [
        "javascript:", "vbscript:", "livescript:", "mocha:", "jscript:", "data:text/html", "data:text/xml", "data:image/svg",
        "data:application", "data:;base64", "data:,",
    ].map { Array($0.utf8) }
    private static let styles = [
        "expression(", "javascript:", "vbscript:", "behavior:", "-moz-binding", "binding:", "@import", "url(data:",
    ].map { Array($0.utf8) }

    /// Whether a URL's scheme runs what follows; blanks and control characters within it are skipped, as browsers do.
    static func runs(_ value: ArraySlice<UInt8>) -> Bool {
        let compact = value.prefix(200).filter { $0 > 0x20 && $0 != UInt8(ascii: "\\") }
        return schemes.contains { compact.starts(with: $0) || compact.count > $0.count && contains($0, compact) }
    }

    static func styleRuns(_ value: ArraySlice<UInt8>) -> Bool {
        let compact = value.prefix(2_000).filter { $0 > 0x20 && $0 != UInt8(ascii: "\\") }
        return styles.contains { contains($0, compact) } || compact.contains(UInt8(ascii: "<"))
    }

    private static func contains(_ needle: [UInt8], _ haystack: [UInt8]) -> Bool {
        guard haystack.count >= needle.count else { return false }
        return (0...haystack.count - needle.count).contains { haystack[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
