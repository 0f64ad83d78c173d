package import Telemetry

/// Something that took long: a statement of MySQL's slow query log, or a request of PHP-FPM's slow log.
package struct SlowLogRecord: Sendable, Equatable {
    /// Whose log it is of.
    package enum Producer: String, Sendable {
        case mysql
        case phpFPM = "php-fpm"
    }

    /// One frame of PHP's stack, the innermost first.
    package struct Frame: Sendable, Equatable {
        /// `curl_exec()`, as written.
        package let function: [UInt8]
        /// `/path/file.php:310`.
        package let place: [UInt8]
    }

    /// Whose log it is of.
    package let producer: Producer
    /// When it was written; nil where the log leaves it out, as MySQL does within a second.
    package internal(set) var timestamp: Nanoseconds?
    /// MySQL: what the statement took.
    package internal(set) var durationSeconds: Double?
    /// MySQL: of which it waited for locks.
    package internal(set) var lockSeconds: Double?
    /// MySQL: rows given out.
    package internal(set) var rowsSent: Int64?
    /// MySQL: rows looked at.
    package internal(set) var rowsExamined: Int64?
    /// MySQL: the account.
    package internal(set) var user: [UInt8] = []
    /// MySQL: the client's address.
    package internal(set) var client: [UInt8] = []
    /// MySQL: the schema, where the log names it.
    package internal(set) var schema: [UInt8] = []
    /// MySQL: the connection; PHP-FPM: the process.
    package internal(set) var identifier: Int64?
    /// MySQL: the statement, its lines as written, without the semicolon; bounded.
    package internal(set) var statement: [UInt8] = []
    /// PHP-FPM: the pool.
    package internal(set) var pool: [UInt8] = []
    /// PHP-FPM: the script.
    package internal(set) var script: [UInt8] = []
    /// PHP-FPM: where it was; bounded.
    package internal(set) var frames: [Frame] = []

    init(_ producer: Producer) { self.producer = producer }
}
