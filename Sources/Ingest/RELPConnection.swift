import Logging
import NIOCore
import Telemetry

/// A RELP connection: all messages of one read are one append, and each is acknowledged when that has returned.
///
/// A store that keeps nothing gets the connection closed without an acknowledgement, and the sender sends those messages again.
struct RELPConnection: Sendable {
    let intake: Intake
    let peer: String

    func run(_ connection: IngestServer.Bytes) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var session = RELPSession()
            for try await chunk in inbound {
                let bytes = chunk.readableBytes
                try await intake.budget.reserve(bytes)
                defer { intake.budget.release(bytes) }
                session.feed(chunk.readableBytesView)
                let step = try session.step()
                if !step.replies.isEmpty { try await outbound.write(ByteBuffer(bytes: step.replies)) }
                let entries = entries(of: step.messages, in: session.buffer)
                try await store(entries)
                let answers = step.messages.flatMap { RELPSession.acknowledgement(of: $0.transaction) } + step.farewell
                if !answers.isEmpty { try await outbound.write(ByteBuffer(bytes: answers)) }
                if step.isClosing { return }
            }
        }
    }

    private func entries(of messages: [RELPSession.Message], in buffer: [UInt8]) -> LogEntries {
        let now = Intake.now()
        var entries = LogEntries(maximumLineBytes: intake.options.maximumLineBytes)
        for message in messages {
            entries.addSyslog(
                buffer, message.range, isCut: false, peer: peer, receivedAt: now, isRepeated: true)
        }
        return entries
    }

    private func store(_ entries: LogEntries) async throws {
        guard !entries.batch.isEmpty else { return }
        do {
            try await intake.store(entries.batch, cutLines: entries.cutLines, from: peer, as: "relp")
        } catch {
            intake.logger.warning(
                "messages not stored, the sender will repeat them",
                metadata: ["source": "\(peer)", "messages": "\(entries.batch.count)", "error": "\(error)"])
            throw error
        }
    }
}
