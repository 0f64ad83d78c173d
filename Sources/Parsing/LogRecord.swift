/// What one log line tells, by whichever parser takes it.
package enum LogRecord: Sendable {
    /// A request.
    case access(AccessRecord)
    /// Something that a service tells of who came to it: a login that failed, a message refused.
    case service(ServiceLogRecord)
    /// A request as a web application firewall's audit log has it, body included; the line that ends its record gives it.
    case audit(ModSecurityTransaction)
    /// An entry of a server's or an application's error log.
    case error(ErrorLogRecord)
    /// A connection that a load balancer carried without reading it.
    case connection(ConnectionRecord)
    /// A statement or a request that took long; the line that ends its entry gives it.
    case slow(SlowLogRecord)

    /// Whether it is of an access log.
    package var isAccess: Bool { if case .access = self { true } else { false } }
}
