/// One rule's message as ModSecurity writes it into error logs and audit logs: `… [id "942100"] [msg "…"] [data "…"] …`.
package struct ModSecurityMessage: Sendable, Equatable {
    /// How grave, whatever the version calls it: 2.9 writes words, 3 writes syslog's numbers.
    package enum Severity: Int, Sendable {
        case emergency, alert, critical, error, warning, notice, info, debug

        init?(_ text: ArraySlice<UInt8>) {
            let names = ["EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"]
            let text = String(decoding: text, as: UTF8.self)
            guard let value = Int(text) ?? names.firstIndex(of: text) else { return nil }
            self.init(rawValue: value)
        }
    }

    /// The rule's number.
    package var ruleID: Int
    /// What the rule says of itself.
    package var message: String
    /// The bytes that matched, and where; may be cut.
    package var data: String
    /// Nil where the line has none.
    package var severity: Severity?
    /// Joins the message to access and audit records.
    package var uniqueID: String?

    /// The path that was asked for.
    package var uri: String?

    /// Reads a line; nil where it names no rule.
    package init?(_ line: ArraySlice<UInt8>) {
        guard let id = ModSecurityMessage.value("id", in: line, last: false),
            let number = Int(String(decoding: id, as: UTF8.self))
        else {
            return nil
        }
        func text(_ key: String) -> String {
            ModSecurityMessage.value(key, in: line, last: false).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        ruleID = number
        message = text("msg")
        data = text("data")
        severity = ModSecurityMessage.value("severity", in: line, last: false).flatMap(Severity.init)
        uri = ModSecurityMessage.value("uri", in: line, last: true).map { String(decoding: $0, as: UTF8.self) }
        // The attacker's URI stands before it and may hold one of its own: the last counts.
        uniqueID = ModSecurityMessage.value("unique_id", in: line, last: true).map { String(decoding: $0, as: UTF8.self) }
    }

    init(ruleID: Int, message: String, data: String, severity: Severity?, uniqueID: String?) {
        self.ruleID = ruleID
        self.message = message
        self.data = data
        self.severity = severity
        self.uniqueID = uniqueID
    }

    /// What stands in `[key "…"]` of a line: `file`, `line`, `ver`, `hostname`; nil where it has none.
    package static func field(_ key: String, of line: ArraySlice<UInt8>) -> String? {
        value(key, in: line, last: true).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The values of every `[tag "…"]`, in order.
    package static func tags(of line: ArraySlice<UInt8>) -> [String] {
        let opening = Array("[tag \"".utf8)
        var found: [String] = []
        var rest = line
        while let range = ByteSearch.firstRange(of: opening, in: rest) {
            rest = line[range.upperBound...]
            let end = rest.firstIndex(of: UInt8(ascii: "\"")) ?? rest.endIndex
            found.append(String(decoding: rest[..<end], as: UTF8.self))
        }
        return found
    }

    /// What stands in `[key "…"]`; an escaped quote does not end it.
    private static func value(_ key: String, in line: ArraySlice<UInt8>, last: Bool) -> ArraySlice<UInt8>? {
        let opening = Array("[\(key) \"".utf8)
        var found: ArraySlice<UInt8>?
        var rest = line
        while let range = ByteSearch.firstRange(of: opening, in: rest) {
            var end = range.upperBound
            while end < line.endIndex, line[end] != UInt8(ascii: "\"") { end += line[end] == UInt8(ascii: "\\") ? 2 : 1 }
            end = min(end, line.endIndex)
            found = line[range.upperBound..<end]
            if !last { return found }
            rest = line[range.upperBound...]
        }
        return found
    }
}
