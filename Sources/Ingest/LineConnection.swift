import NIOCore
import Telemetry

/// A connection of lines: syslog, JSON or text. There is no acknowledgement, so a full store is answered by not reading on.
struct LineConnection: Sendable {
    let intake: Intake
    let peer: String
    let spoken: IngestProtocol

    func run(_ connection: IngestServer.Bytes) async throws {
        try await connection.executeThenClose { inbound, _ in
            var framer = LineFramer(
                spoken == .syslog ? .syslog : .lines,
                maximumBytes: min(intake.options.maximumLineBytes, LogBatch.maximumLineBytes))
            for try await chunk in inbound {
                let bytes = chunk.readableBytes
                try await intake.budget.reserve(bytes)
                defer { intake.budget.release(bytes) }
                framer.feed(chunk.readableBytesView)
                var entries = LogEntries(maximumLineBytes: intake.options.maximumLineBytes)
                let broken = collect(&framer, into: &entries)
                try await store(entries)
                if let broken { throw broken }
            }
            var last = LogEntries(maximumLineBytes: intake.options.maximumLineBytes)
            if let frame = framer.finish() { add(frame, of: framer, to: &last) }
            try await store(last)
        }
    }

    /// Takes the whole frames; frames before a broken one are still good.
    private func collect(_ framer: inout LineFramer, into entries: inout LogEntries) -> IngestError? {
        do throws(IngestError) {
            while let frame = try framer.next() { add(frame, of: framer, to: &entries) }
            return nil
        } catch {
            return error
        }
    }

    private func add(_ frame: LineFramer.Frame, of framer: LineFramer, to entries: inout LogEntries) {
        let now = Intake.now()
        switch spoken {
        case .json: entries.addJSON(framer.buffer, frame.range, isCut: frame.isCut, peer: peer, receivedAt: now)
        case .syslog: entries.addSyslog(framer.buffer, frame.range, isCut: frame.isCut, peer: peer, receivedAt: now)
        default: entries.addText(framer.buffer, frame.range, isCut: frame.isCut, peer: peer, receivedAt: now)
        }
    }

    private func store(_ entries: LogEntries) async throws {
        do {
            try await intake.store(entries.batch, cutLines: entries.cutLines, from: peer, as: spoken.rawValue)
        } catch let error as SinkError {
            // The protocol knows no refusal; closing tells senders that buffer to come again.
            intake.refuse(error.code.rawValue, from: peer, count: entries.batch.count)
            throw error
        }
    }
}
