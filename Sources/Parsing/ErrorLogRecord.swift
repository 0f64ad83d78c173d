package import Telemetry

/// What a server or an application writes about its own troubles: one entry of an error log, in slices of the line's bytes.
///
/// Times without a zone are taken as UTC. What an attacker may write stands in ``message``, ``request`` and ``host`` alone: the other
/// fields are found by what the producer itself writes around them, and a line that names two clients names none.
package struct ErrorLogRecord: Sendable {
    /// Whose form the line has.
    package enum Producer: String, Sendable, CaseIterable {
        case nginx, apache, mysql, rabbitmq, haproxy
        case phpFPM = "php-fpm"
        /// PHP's own `error_log`.
        case php
        /// Monolog, which Magento and much else of PHP writes with.
        case monolog
    }

    /// Whose form the line has.
    package let producer: Producer
    /// The line the slices belong to.
    package let line: ArraySlice<UInt8>
    /// Nil where the line has none that can be read.
    package internal(set) var timestamp: Nanoseconds?

    var levelSpan: ByteSpan?
    var componentSpan: ByteSpan?
    var codeSpan: ByteSpan?
    var systemCodeSpan: ByteSpan?
    var systemTextSpan: ByteSpan?
    var processSpan: ByteSpan?
    var threadSpan: ByteSpan?
    var connectionSpan: ByteSpan?
    var clientSpan: ByteSpan?
    var clientPortSpan: ByteSpan?
    var serverSpan: ByteSpan?
    var hostSpan: ByteSpan?
    var requestSpan: ByteSpan?
    var messageSpan = ByteSpan(0, 0)
    var contextSpan: ByteSpan?

    init(_ producer: Producer, _ line: ArraySlice<UInt8>) {
        self.producer = producer
        self.line = line
    }

    /// As written: `error`, `Warning`, `CRITICAL`.
    package var level: ArraySlice<UInt8>? { slice(levelSpan) }
    /// Apache's module, MySQL's subsystem, Monolog's channel, FPM's pool, HAProxy's frontend.
    package var component: ArraySlice<UInt8>? { slice(componentSpan) }
    /// The producer's number for the message: `AH01618`, `MY-010926`.
    package var code: ArraySlice<UInt8>? { slice(codeSpan) }
    /// Apache: the operating system's error, its number.
    package var systemCode: ArraySlice<UInt8>? { slice(systemCodeSpan) }
    /// Apache: the operating system's error in words.
    package var systemText: ArraySlice<UInt8>? { slice(systemTextSpan) }
    /// The process, as its producer counts processes.
    package var process: ArraySlice<UInt8>? { slice(processSpan) }
    /// The thread; MySQL's connection.
    package var thread: ArraySlice<UInt8>? { slice(threadSpan) }
    /// nginx: the connection's number.
    package var connection: ArraySlice<UInt8>? { slice(connectionSpan) }
    /// The peer's address, where the line is about one.
    package var client: ArraySlice<UInt8>? { slice(clientSpan) }
    /// The peer's port.
    package var clientPort: ArraySlice<UInt8>? { slice(clientPortSpan) }
    /// nginx: the server block; HAProxy: what the frontend is bound to.
    package var server: ArraySlice<UInt8>? { slice(serverSpan) }
    /// nginx: the host asked for.
    package var host: ArraySlice<UInt8>? { slice(hostSpan) }
    /// nginx, PHP-FPM: the request line.
    package var request: ArraySlice<UInt8>? { slice(requestSpan) }
    /// What is said.
    package var message: ArraySlice<UInt8> { slice(messageSpan) }
    /// Monolog: the context, a JSON object or array.
    package var context: ArraySlice<UInt8>? { slice(contextSpan) }

    private func slice(_ span: ByteSpan) -> ArraySlice<UInt8> {
        line[line.startIndex + Int(span.start)..<line.startIndex + Int(span.end)]
    }

    private func slice(_ span: ByteSpan?) -> ArraySlice<UInt8>? {
        span.map { slice($0) }
    }
}

extension ErrorLogRecord {
    /// The attempt that the line tells of, a login that failed for instance; nil where it tells of none or names no client.
    package var attempt: ServiceLogRecord? {
        guard let service = ServiceLogRecord.Service(producer) else { return nil }
        return ServiceLogParser.parse(service, message, by: client)
    }

    /// The rule of a web application firewall that the line tells of.
    package var ruleMessage: ModSecurityMessage? {
        guard producer == .apache || producer == .nginx, ByteSearch.contains(ErrorLogRecord.modSecurity, in: message) else {
            return nil
        }
        return ModSecurityMessage(message)
    }

    private static let modSecurity = Array("ModSecurity: ".utf8)
}

extension ServiceLogRecord.Service {
    /// The service whose attempts stand in a producer's error log.
    init?(_ producer: ErrorLogRecord.Producer) {
        switch producer {
        case .nginx: self = .nginx
        case .apache: self = .apache
        case .mysql: self = .mysql
        case .rabbitmq: self = .rabbitmq
        case .haproxy: self = .haproxy
        case .monolog: self = .magento
        case .phpFPM, .php: return nil
        }
    }
}
