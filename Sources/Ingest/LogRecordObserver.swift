package import Parsing
package import Telemetry

/// A stored line that a parser took.
package struct LogSighting: Sendable {
    /// What it tells; its slices are of the batch that the line came in.
    package let record: LogRecord
    /// Labels of the line's stream.
    package let stream: Labels
    /// The entry's time.
    package let time: Nanoseconds

    /// A record of a stream.
    package init(record: LogRecord, stream: Labels, time: Nanoseconds) {
        self.record = record
        self.stream = stream
        self.time = time
    }

    /// The role that the line tells of: that of its stream, else by its format.
    package var role: String {
        if let role = stream["role"] { return role }
        if case .access(let request) = record, request.format == .haproxyHTTP { return "lb" }
        return "web"
    }
}

/// Sees every stored line that a parser takes, as it arrives.
package protocol LogRecordObserver: Sendable {
    /// Called with the records of a batch, in its order, when the batch is stored and before its sender is answered: keep it quick.
    func observe(_ sightings: [LogSighting])
    /// Called before a batch is stored; who is behind may take its time here, and so slow the sender.
    func waitForRoom() async
}

extension LogRecordObserver {
    /// Always ready.
    package func waitForRoom() async {}
}
