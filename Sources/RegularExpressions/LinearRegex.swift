private import CRE2

/// A regular expression that matches in time linear in the text, whatever the expression (RE2).
///
/// Operators write these in queries and rules; the syntax is the one Prometheus and Loki document. `.` matches a newline, as
/// it does there. Share one instance freely: matching does not change it.
///
/// Limits: the compiled automaton may take ``maximumProgramBytes``; a larger expression is refused when compiled.
@safe
package final class LinearRegex: Sendable {
    /// Memory the compiled automaton may take.
    package static let maximumProgramBytes: Int64 = 8 << 20

    /// The expression as it was written.
    package let pattern: String
    /// Names of the capturing groups in order, `nil` for one without a name.
    package let groupNames: [String?]
    // Written once in `init`, freed in `deinit`; RE2 objects are safe to share for matching.
    nonisolated(unsafe) private let compiled: OpaquePointer

    /// Compiles `pattern`.
    /// - Parameters:
    ///   - latin1: match bytes instead of UTF-8 characters, for text that need not be valid UTF-8.
    ///   - caseInsensitive: as if the pattern began with `(?i)`.
    package init(_ pattern: String, latin1: Bool = false, caseInsensitive: Bool = false) throws(RegexSyntaxError) {
        unsafe compiled = try LinearRegex.compile(pattern, latin1: latin1, caseInsensitive: caseInsensitive)
        self.pattern = pattern
        let count = unsafe Int(cre2_group_count(compiled))
        groupNames = unsafe (0..<count).map { [compiled] index in
            unsafe cre2_group_name(compiled, Int32(index + 1)).map { unsafe String(cString: $0) }
        }
    }

    deinit { unsafe cre2_free(compiled) }

    /// True if the whole of `text` matches, as a label matcher wants it.
    package func matchesWhole(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { unsafe matches(UnsafeRawBufferPointer($0), anchored: true) }
    }

    /// True if the expression matches anywhere in `text`.
    package func matchesAnywhere(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { unsafe matches(UnsafeRawBufferPointer($0), anchored: false) }
    }

    /// True if the expression matches anywhere in the bytes (the whole of them if `anchored`).
    package func matches(_ bytes: UnsafeRawBufferPointer, anchored: Bool = false) -> Bool {
        guard let base = bytes.baseAddress else { return matchesEmpty(anchored: anchored) }
        return unsafe cre2_matches(compiled, base.assumingMemoryBound(to: CChar.self), bytes.count, anchored)
    }

    /// Byte ranges of the first match at or after `start`: the whole match first, then each group (`nil` where it took no part).
    package func firstMatch(in bytes: UnsafeRawBufferPointer, from start: Int = 0, anchored: Bool = false) -> [Range<Int>?]? {
        guard let base = bytes.baseAddress else {
            return matchesEmpty(anchored: anchored) ? [0..<0] + groupNames.map { _ in nil } : nil
        }
        var bounds = [Int64](repeating: -1, count: 2 * (groupNames.count + 1))
        let found = unsafe cre2_find(
            compiled, base.assumingMemoryBound(to: CChar.self), bytes.count, start, anchored, &bounds, Int32(groupNames.count + 1)
        )
        guard found else { return nil }
        return (0...groupNames.count).map { group in
            bounds[2 * group] < 0 ? nil : Int(bounds[2 * group])..<Int(bounds[2 * group + 1])
        }
    }

    private static func compile(
        _ pattern: String, latin1: Bool, caseInsensitive: Bool
    ) throws(RegexSyntaxError) -> OpaquePointer {
        let characters = pattern.utf8.map { CChar(bitPattern: $0) }
        var message = [CChar](repeating: 0, count: 256)
        // A zero byte is appended because an empty array may have no address; RE2 is told the true length.
        let made = unsafe cre2_compile(
            characters + [0], characters.count, latin1, caseInsensitive, maximumProgramBytes, &message, message.count)
        guard let made = unsafe made else {
            let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw RegexSyntaxError(pattern: pattern, message: text)
        }
        return unsafe made
    }

    private func matchesEmpty(anchored: Bool) -> Bool {
        var zero: CChar = 0
        return unsafe cre2_matches(compiled, &zero, 0, anchored)
    }
}

/// An expression that RE2 refused, with its reason.
package struct RegexSyntaxError: Error, CustomStringConvertible, Equatable {
    /// The expression as it was written.
    package let pattern: String
    /// What is wrong with it, in RE2's words.
    package let message: String

    package var description: String { "invalid regular expression \"\(pattern)\": \(message)" }
}
