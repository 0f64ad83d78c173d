/// Reads an audit log line by line: the native form of both versions, and one JSON object a line.
///
/// A record that is cut off by the next one's beginning, or that is too long, is counted and left: the stream goes on at the next
/// boundary, as attackers write into these logs and disks fill up.
package struct ModSecurityAuditReader: Sendable {
    /// Bytes of one record that are kept; what is beyond is read and dropped.
    package static let maximumRecordBytes = 1 << 20

    /// Records without an end, and lines of JSON that are none.
    package private(set) var broken = 0

    private var current: ModSecurityTransaction?
    private var boundary: [UInt8] = []
    private var part: UInt8 = 0
    private var isFirstLine = true
    private var bytes = 0

    /// A reader at the beginning of a log.
    package init() {}

    /// Whether a record has begun whose end is still to come.
    package var isWithinRecord: Bool { current != nil }

    /// Takes a line without its end; the transaction that it completes.
    package mutating func take(_ line: ArraySlice<UInt8>) -> ModSecurityTransaction? {
        if current == nil, line.first == UInt8(ascii: "{") { return takeJSON(line) }
        if let (name, letter) = ModSecurityAuditReader.boundary(line) { return begin(name, letter) }
        guard current != nil else { return nil }
        bytes += line.count
        if bytes <= ModSecurityAuditReader.maximumRecordBytes { takeLine(line) }
        isFirstLine = false
        return nil
    }

    private mutating func takeJSON(_ line: ArraySlice<UInt8>) -> ModSecurityTransaction? {
        let transaction = ModSecurityTransaction(json: line)
        if transaction == nil { broken += 1 }
        return transaction
    }

    private mutating func begin(_ name: ArraySlice<UInt8>, _ letter: UInt8) -> ModSecurityTransaction? {
        isFirstLine = true
        if letter == UInt8(ascii: "A") {
            if current != nil { broken += 1 }
            current = ModSecurityTransaction()
            boundary = Array(name)
            bytes = 0
            part = letter
            return nil
        }
        // A boundary of another record is text within this one.
        guard current != nil, name.elementsEqual(boundary) else { return nil }
        part = letter
        guard letter == UInt8(ascii: "Z") else { return nil }
        defer { current = nil }
        return current
    }

    private mutating func takeLine(_ line: ArraySlice<UInt8>) {
        switch part {
        case UInt8(ascii: "A"): takeHeader(line)
        case UInt8(ascii: "B"):
            guard !line.isEmpty else { return }
            if isFirstLine { current?.take(requestLine: line) } else { current?.take(headerLine: line) }
        case UInt8(ascii: "C"), UInt8(ascii: "I"):
            guard !line.isEmpty else { return }
            if current?.body.isEmpty == false { current?.body.append(0x0a) }
            current?.body += line
        case UInt8(ascii: "F"):
            guard isFirstLine else { return }
            let words = line.split(separator: 0x20)
            if words.count > 1 { current?.status = Int(String(decoding: words[1], as: UTF8.self)) ?? 0 }
        case UInt8(ascii: "H"):
            // Version 2 repeats each message as Apache's error.
            let isMessage = line.starts(with: "Message:".utf8) || line.starts(with: "ModSecurity:".utf8)
            if isMessage, let message = ModSecurityMessage(line) { current?.add(message) }
        default: break
        }
    }

    /// `[time zone] id client port server port`.
    private mutating func takeHeader(_ line: ArraySlice<UInt8>) {
        guard let close = line.firstIndex(of: UInt8(ascii: "]")), line.first == UInt8(ascii: "[") else { return }
        current?.time = String(decoding: line[..<close].dropFirst(), as: UTF8.self)
        let words = line[(close + 1)...].split(separator: 0x20)
        guard words.count >= 2 else { return }
        current?.uniqueID = String(decoding: words[0], as: UTF8.self)
        current?.client = Array(words[1])
    }

    /// `--7b10c14f-A--` of version 2, `---caIa9HSX---A--` of version 3.
    private static func boundary(_ line: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, letter: UInt8)? {
        guard line.count == 14 || line.count == 17, line.suffix(2).elementsEqual("--".utf8) else { return nil }
        let dashes = line.count == 14 ? (2, 1) : (3, 3)
        let start = line.startIndex + dashes.0
        let name = line[start..<start + 8]
        let letter = line[line.endIndex - 3]
        guard line.prefix(dashes.0).allSatisfy({ $0 == UInt8(ascii: "-") }),
            line[(start + 8)..<(start + 8 + dashes.1)].allSatisfy({ $0 == UInt8(ascii: "-") }),
            name.allSatisfy({ $0.isDigit || $0.isLetter }), letter.isUpperCaseLetter
        else { return nil }
        return (name, letter)
    }
}
