package import Telemetry

/// What a service's log tells about someone who came: a login that failed or succeeded, a message refused, a probe.
package struct ServiceLogRecord: Sendable {
    /// Who wrote the line.
    package enum Service: String, Sendable, CaseIterable {
        case ssh, postfix, dovecot, exim, vsftpd, proftpd, mysql, magento, nginx, apache, rabbitmq, haproxy
    }

    /// What happened.
    package enum Event: String, Sendable {
        case loginFailed = "login-failed"
        /// The account does not exist: guessing of names.
        case unknownUser = "unknown-user"
        case loginSucceeded = "login-succeeded"
        /// A mail, recipient or sender was refused.
        case rejected
        /// A mail for somebody else's domain was refused: a search for an open relay.
        case relayDenied = "relay-denied"
        /// A client that speaks another protocol, or none.
        case probe
        /// No common algorithm: scanners and very old clients.
        case negotiationFailed = "negotiation-failed"
        case paymentFailed = "payment-failed"
        case orderPlaced = "order-placed"
        /// More was asked for than the server's limit allows.
        case limited
        /// Something was asked for that the server's configuration denies.
        case denied
    }

    /// What else a message may name.
    package enum Part: String, Sendable, CaseIterable {
        /// The peer's port.
        case port
        /// The peer's host name, as the service looked it up.
        case host
        /// How it was tried: `publickey`, `LOGIN`.
        case method
        /// The protocol's command that was refused, or what was sent in its stead.
        case command
        /// The protocol's answer: `554`, and with it `5.7.1`.
        case code
        case status
        /// Why it was refused.
        case reason
        case sender, recipient, helo
        /// `imap`, `pop3`.
        case `protocol`
        /// Our address that was connected to.
        case local
    }

    /// What a template's fields held.
    package struct Fields: Sendable {
        /// The client's address.
        package internal(set) var source: ArraySlice<UInt8>?
        /// The account.
        package internal(set) var user: ArraySlice<UInt8>?
        /// What else the form names.
        package internal(set) var detail: ArraySlice<UInt8>?
        private var others: [(Part, ArraySlice<UInt8>)] = []

        /// What stood at a part; nil where the form has none.
        package subscript(part: Part) -> ArraySlice<UInt8>? { others.first { $0.0 == part }?.1 }

        mutating func setSource(_ address: ArraySlice<UInt8>) { source = address }

        /// False where `<source>` is no address.
        mutating func take(_ field: LineTemplate.Field, _ value: ArraySlice<UInt8>) -> Bool {
            switch field {
            case .user: user = value
            case .detail: detail = value
            case .other(let part): others.append((part, value))
            case .source:
                guard ServiceLogRecord.isAddress(value) else { return false }
                source = value
            }
            return true
        }
    }

    /// Who wrote the line.
    package let service: Service
    /// What happened.
    package internal(set) var event: Event
    /// What stood where.
    package let fields: Fields

    /// When it happened, where the line's own header tells and it was read with it.
    package internal(set) var timestamp: Nanoseconds?

    init(service: Service, event: Event, fields: Fields) {
        self.service = service
        self.event = event
        self.fields = fields
    }

    /// The client's address.
    package var source: ArraySlice<UInt8>? { fields.source }
    /// The account that was tried, as written.
    package var user: ArraySlice<UInt8>? { fields.user.flatMap { $0.isEmpty ? nil : $0 } }

    /// Digits, hexadecimal digits, dots and colons with at least two separators.
    static func isAddress(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 3, bytes.count <= 45 else { return false }
        var separators = 0
        for byte in bytes {
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") {
                separators += 1
            } else if !byte.isHexDigit {
                return false
            }
        }
        return separators >= 2
    }
}
