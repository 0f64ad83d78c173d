import Compression

/// Why the ingest port could not do what was asked of it.
package struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is; also the `reason` under which refusals are counted.
    package enum Code: String, Sendable {
        case portInUse = "port_in_use"
        case cannotListen = "cannot_listen"
        case frameTooLong = "frame_too_long"
        case protocolViolation = "protocol_violation"
        case badBody = "bad_body"
        case bodyTooLarge = "body_too_large"
        case unsupported
        case overloaded
    }

    package let code: Code
    /// What went wrong, on which object, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }
}

extension IngestError {
    /// What could not be decoded, in the terms of the port.
    init(_ error: CompressionError) {
        self.init(error.code == .tooLarge ? .bodyTooLarge : .badBody, error.message)
    }
}

extension ProtobufReader {
    /// The next field, nil at the end; damage in the terms of the port.
    mutating func nextField() throws(IngestError) -> Field? {
        do { return try next() } catch { throw IngestError(error) }
    }

    /// The next varint of a packed list.
    mutating func nextPackedField() throws(IngestError) -> UInt64? {
        do { return try nextPacked() } catch { throw IngestError(error) }
    }

    /// The next 64 bits of a packed list.
    mutating func nextPackedFixedField() throws(IngestError) -> UInt64? {
        do { return try nextPackedFixed() } catch { throw IngestError(error) }
    }
}
