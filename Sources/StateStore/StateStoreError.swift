import GRDB

/// Why the state could not be read or written.
package struct StateStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: String, Sendable {
        /// The disk has no room left.
        case full
        /// Another process holds the file.
        case locked
        /// The file is damaged, or no state file at all.
        case corrupt
        /// The file can't be opened, read or written.
        case inaccessible
        /// A record does not read as what it should be.
        case invalidRecord
        /// Anything else SQLite reports.
        case other
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }

    init(_ error: any Error, doing what: String, path: String) {
        guard let error = error as? DatabaseError else {
            self.init(.other, "state file \(path): \(what): \(error)")
            return
        }
        let said = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "state file \(path): \(what): the disk is full; free some space, nothing was changed")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .locked, "state file \(path): \(what): another process holds it; stop the other monitor of this stack first")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt,
                "state file \(path): \(what): \(said); stop the monitor, move the file aside and put a snapshot in its place")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR:
            self.init(
                .inaccessible, "state file \(path): \(what): \(said); check that its directory exists and may be written")
        default:
            self.init(.other, "state file \(path): \(what): \(said)")
        }
    }
}
