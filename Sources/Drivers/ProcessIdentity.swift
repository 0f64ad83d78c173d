import Foundation

/// Tells a process from a later one that was given the same number.
package enum ProcessIdentity {
    /// When a live process began, in ticks since the machine did; nil where there is none, or only its remains.
    package static func startTicks(of process: Int32) -> UInt64? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        return startTicks(inStat: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads field 22 of a `stat` line; the name in field 2 may hold blanks and parentheses.
    static func startTicks(inStat text: String) -> UInt64? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }
}
