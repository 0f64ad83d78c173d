/// One request as an audit log has it, of version 2 or 3, native or JSON.
package struct ModSecurityTransaction: Sendable {
    /// Joins the record to access and error logs.
    package internal(set) var uniqueID = ""
    /// The peer's address.
    package internal(set) var client: [UInt8] = []
    /// As written: `23/Nov/2026:14:13:48 +0000`, or version 3's JSON `Mon Nov 23 14:13:49 2026`, which has no zone.
    package internal(set) var time = ""
    /// As received.
    package internal(set) var method: [UInt8] = []
    /// Path and query, as received.
    package internal(set) var uri: [UInt8] = []
    /// Names in lower case, in the order received.
    package internal(set) var headers: [(name: String, value: [UInt8])] = []
    /// Empty where there is none or it was not logged.
    package internal(set) var body: [UInt8] = []
    /// 0 where it was not logged.
    package internal(set) var status = 0
    /// Each rule once, though it may have matched in several places.
    package private(set) var messages: [ModSecurityMessage] = []

    init() {}

    /// The first header of a name, in lower case.
    package func header(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }

    mutating func add(_ message: ModSecurityMessage) {
        if !messages.contains(where: { $0.ruleID == message.ruleID }) { messages.append(message) }
    }

    /// `GET /path HTTP/1.1`; blanks within the URI stay in it.
    mutating func take(requestLine line: ArraySlice<UInt8>) {
        guard let first = line.firstIndex(of: 0x20) else {
            uri = Array(line)
            return
        }
        method = Array(line[..<first])
        let rest = line[(first + 1)...]
        let last = rest.lastIndex(of: 0x20)
        let hasVersion = last.map { rest[($0 + 1)...].starts(with: "HTTP/".utf8) } ?? false
        uri = Array(hasVersion ? rest[..<last!] : rest)
    }

    mutating func take(headerLine line: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        headers.append((name, Array(line[(colon + 1)...].drop { $0 == 0x20 })))
    }
}
