/// The forms in which a value is searched. Each is made at most once for a value, and shared by all rules.
package enum ValueView: String, Sendable, CaseIterable, Codable {
    /// Decoded (percent, Unicode, entities, escapes), lower case, runs of blanks as one.
    case text
    /// ``text`` with comments taken out, as a database reads it.
    case sql
    /// ``text`` as a file system reads it: `\` as `/`, `/./` and `//` as `/`.
    case path
    /// ``text`` as a shell reads it: quotes, backslashes and carets dropped, `$IFS` as a blank.
    case shell
    /// ``text`` as a lenient script parser reads it: without blanks, control characters and comments.
    case script
    /// As it was received, in lower case: for rules about the encoding itself.
    case raw

    var ordinal: Int {
        switch self {
        case .text: 0
        case .sql: 1
        case .path: 2
        case .shell: 3
        case .script: 4
        case .raw: 5
        }
    }

    var bit: UInt8 { 1 << UInt8(ordinal) }
}
