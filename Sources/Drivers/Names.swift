/// Checks of what comes in from outside before it becomes a path, an argument or a line of a configuration.
package enum Names {
    /// Longest name of a container, image, backend or interface.
    package static let maximumBytes = 63

    /// Letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
    package static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumBytes, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 95 || $0 == 46 }
    }

    /// - Throws: ``DriverError`` that names the object, where the name is none.
    package static func check(_ name: String, _ what: String) throws(DriverError) {
        guard isValid(name) else {
            throw DriverError(
                .invalidRequest,
                "\(what) name '\(name.prefix(maximumBytes))' may hold letters, digits, '-', '_' and '.', and begins with a "
                    + "letter or digit (at most \(maximumBytes) bytes)")
        }
    }

    /// - Throws: ``DriverError`` where `path` is not absolute, climbs with `..` or holds control characters.
    package static func checkPath(_ path: String, _ what: String) throws(DriverError) {
        let climbs = path.split(separator: "/").contains("..")
        guard path.hasPrefix("/"), !climbs, path.utf8.count <= 4096, path.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw DriverError(.invalidRequest, "\(what) '\(path.prefix(200))' has to be an absolute path without '..'")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
