package import Telemetry

/// A connection that HAProxy carried without reading it: a line of `option tcplog`.
package struct ConnectionRecord: Sendable {
    /// The line the slices belong to.
    package let line: ArraySlice<UInt8>
    /// The date has no zone and is taken as UTC.
    package internal(set) var timestamp: Nanoseconds
    /// Bytes sent to the client.
    package internal(set) var bytes: Int64 = 0
    /// In the queue, until connected and in all; nil where a phase was not reached.
    package internal(set) var queueSeconds: Double?
    package internal(set) var connectSeconds: Double?
    package internal(set) var durationSeconds: Double?

    var clientSpan = ByteSpan(0, 0)
    var frontendSpan = ByteSpan(0, 0)
    var backendSpan = ByteSpan(0, 0)
    var serverSpan: ByteSpan?
    var terminationSpan = ByteSpan(0, 0)

    init(line: ArraySlice<UInt8>, timestamp: Nanoseconds) {
        self.line = line
        self.timestamp = timestamp
    }

    /// The peer's address, without its port.
    package var client: ArraySlice<UInt8> { slice(clientSpan) }
    /// Without the `~` that marks TLS.
    package var frontend: ArraySlice<UInt8> { slice(frontendSpan) }
    /// The frontend's own name where the connection was not routed.
    package var backend: ArraySlice<UInt8> { slice(backendSpan) }
    /// Nil for `<NOSRV>`.
    package var server: ArraySlice<UInt8>? { serverSpan.map { slice($0) } }
    /// Two letters: who ended it, and in which state; `--` where all went well.
    package var terminationState: ArraySlice<UInt8> { slice(terminationSpan) }

    private func slice(_ span: ByteSpan) -> ArraySlice<UInt8> {
        line[line.startIndex + Int(span.start)..<line.startIndex + Int(span.end)]
    }
}
