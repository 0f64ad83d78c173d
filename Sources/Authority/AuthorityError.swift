/// Why a certificate, a key or a token can't be made or used.
package struct AuthorityError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// What was given can't be read.
        case malformed
        /// Another authority made it.
        case stranger
        /// Its time has not begun or is over.
        case time
        /// It was taken back.
        case revoked
        /// A token that was used, or that was never given.
        case token
        /// A file of the authority can't be read or written.
        case storage
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
