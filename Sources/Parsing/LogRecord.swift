/// What one log line tells, by whichever parser takes it.
package enum LogRecord: Sendable {
    /// A request.
    case access(AccessRecord)
    /// Something that a service tells of who came to it: a login that failed, a message refused.
    case service(ServiceLogRecord)
    /// A request as a web application firewall's audit log has it, body included; the line that ends its record gives it.
    case audit(ModSecurityTransaction)

    /// Whether it is of an access log.
    package var isAccess: Bool { if case .access = self { true } else { false } }
}
