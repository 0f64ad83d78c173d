import Foundation

/// What is mounted where, as `/proc/self/mountinfo` says.
package struct MountTable: Sendable, Equatable {
    /// One mount.
    package struct Mount: Sendable, Equatable {
        package var target: String
        package var fileSystem: String
        package var source: String
        /// Device number as `MAJOR:MINOR`.
        package var device: String
    }

    /// Most mounts read.
    package static let maximumMounts = 10_000

    package private(set) var mounts: [Mount] = []

    /// Reads the file's text; lines that are none are passed over.
    package init(parsing text: String) {
        for line in text.split(separator: "\n").prefix(MountTable.maximumMounts) {
            // "36 35 98:0 /root /target rw,noatime shared:1 - ext4 /dev/sda1 rw": optional fields end at the dash.
            let fields = line.split(separator: " ")
            guard fields.count >= 9, let dash = fields.firstIndex(of: "-"), dash + 2 < fields.count else { continue }
            mounts.append(
                Mount(
                    target: MountTable.unescaped(fields[4]), fileSystem: String(fields[dash + 1]),
                    source: MountTable.unescaped(fields[dash + 2]), device: String(fields[2])))
        }
    }

    /// The table of this process' mount namespace.
    package static func current() -> MountTable {
        let bytes = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
        return MountTable(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Whether something is mounted at exactly this place.
    package func contains(_ target: String) -> Bool {
        let wanted = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
        return mounts.contains { $0.target == wanted }
    }

    /// The kernel writes blanks and backslashes as three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        guard field.utf8.contains(92) else { return String(field) }
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == 92, digits.count == 3, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
