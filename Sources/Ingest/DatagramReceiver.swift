import NIOCore
import Telemetry

/// The datagram side of the port: each datagram is recognised by itself; those of one read are one append.
///
/// UDP has neither acknowledgement nor back-pressure: while the store is busy the kernel's buffer fills and then drops.
struct DatagramReceiver: Sendable {
    let intake: Intake
    let pinned: IngestProtocol?

    func run(_ channel: Listener.Datagrams) async throws {
        try await channel.executeThenClose { inbound, _ in
            for try await datagrams in inbound {
                try await take(datagrams)
            }
        }
    }

    private func take(_ datagrams: [AddressedEnvelope<ByteBuffer>]) async throws {
        let bytes = datagrams.reduce(0) { $0 + $1.data.readableBytes }
        try await intake.budget.reserve(bytes)
        defer { intake.budget.release(bytes) }
        var entries = LogEntries(maximumLineBytes: intake.options.maximumLineBytes)
        let now = Intake.now()
        for datagram in datagrams {
            add(Array(datagram.data.readableBytesView), peer: datagram.remoteAddress.ipAddress ?? "unknown", now, to: &entries)
        }
        do {
            try await intake.store(entries.batch, cutLines: entries.cutLines, from: "udp", as: "udp")
        } catch let error as SinkError {
            // One full store must not end the socket: what came is counted as lost, and what comes next is tried anew.
            intake.refuse(error.code.rawValue, from: "udp", count: entries.batch.count)
        }
    }

    private func add(_ bytes: [UInt8], peer: String, _ now: Nanoseconds, to entries: inout LogEntries) {
        switch pinned.map({ .recognised($0) }) ?? ProtocolRecognizer.judge(datagram: bytes) {
        case .undecided: break
        case .refused(let reason): intake.refuse(reason, from: peer)
        case .recognised(.syslog):
            // Senders count octets on UDP too, needlessly; one datagram is one message either way.
            let start = bytes.first == UInt8(ascii: "<") ? 0 : bytes.firstIndex(of: UInt8(ascii: "<")) ?? 0
            entries.addSyslog(bytes, start..<bytes.count, isCut: false, peer: peer, receivedAt: now)
        case .recognised(let spoken):
            var framer = LineFramer(.lines, maximumBytes: LogBatch.maximumLineBytes)
            framer.feed(bytes)
            // Plain lines hold no octet count, which is all that could be wrong with a frame.
            while let frame = (try? framer.next()) ?? framer.finish() {
                if spoken == .json {
                    entries.addJSON(framer.buffer, frame.range, isCut: frame.isCut, peer: peer, receivedAt: now)
                } else {
                    entries.addText(framer.buffer, frame.range, isCut: frame.isCut, peer: peer, receivedAt: now)
                }
            }
        }
    }
}
