import LogQL
import NIOCore
import NIOWebSocket
import Synchronization
import Telemetry

/// One client that follows a query over WebSocket: what is there already, then what arrives, as it arrives.
struct TailSession: Sendable {
    /// Entries of one frame, so that none grows without bound.
    static let entriesPerFrame = 1_000

    let services: APIServices
    let pool: QueryPool
    let request: TailRequest

    /// Serves until the client goes.
    func run(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws {
        let buffer = TailBuffer()
        // Asked for before the history is read, so that nothing falls between the two.
        let live = services.tail()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await answerControl(inbound, outbound) }
            group.addTask { try await collect(live, into: buffer) }
            group.addTask { try await send(from: buffer, outbound) }
            // The first that ends ends the session.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func answerControl(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws {
        for try await frame in inbound {
            switch frame.opcode {
            case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose:
                try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
                return
            default: continue
            }
        }
    }

    private func collect(_ live: AsyncStream<LogBatch>, into buffer: TailBuffer) async throws {
        var known = try await history(into: buffer)
        for await batch in live {
            var found = request.query.entries(of: batch)
            known.remove(from: &found)
            let dropped = buffer.append(found)
            if dropped > 0 { services.metrics.add("magewatch_tail_dropped_total", by: Double(dropped)) }
        }
        buffer.finish()
    }

    private func history(into buffer: TailBuffer) async throws -> KnownEntries {
        let (engine, wanted) = (services.logQL, request.history)
        guard case .streams(let streams) = try await pool.run({ try engine.answer(wanted).result }) else {
            return KnownEntries([])
        }
        buffer.append(streams)
        return KnownEntries(streams)
    }

    private func send(from buffer: TailBuffer, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
        for await _ in buffer.arrivals {
            if request.delaySeconds > 0 { try await Task.sleep(for: .seconds(request.delaySeconds)) }
            while let frame = buffer.take() {
                for part in frame.parts(of: TailSession.entriesPerFrame) {
                    let bytes = ByteBuffer(bytes: request.encoding.tailFrame(part))
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: bytes))
                }
            }
        }
    }
}

/// Entries that were told from what is stored, and may arrive once more as news.
private struct KnownEntries {
    private struct Key: Hashable {
        var labels: Labels
        var timestamp: Nanoseconds
        var line: ArraySlice<UInt8>
    }

    private var counts: [Key: Int] = [:]

    init(_ streams: [LogStreamResult]) {
        for stream in streams {
            for entry in stream.entries { counts[key(stream, entry), default: 0] += 1 }
        }
    }

    /// Takes out what is known, each as often as it is.
    mutating func remove(from streams: inout [LogStreamResult]) {
        guard !counts.isEmpty else { return }
        for index in streams.indices {
            let stream = streams[index]
            streams[index].entries = stream.entries.filter { entry in
                guard let count = counts[key(stream, entry)] else { return true }
                counts[key(stream, entry)] = count > 1 ? count - 1 : nil
                return false
            }
        }
        streams.removeAll { $0.entries.isEmpty }
    }

    private func key(_ stream: LogStreamResult, _ entry: LogEntryResult) -> Key {
        Key(labels: stream.labels, timestamp: entry.timestamp, line: entry.line)
    }
}

extension TailBuffer.Frame {
    /// The frame in parts of at most so many entries; what was dropped is told in the first.
    fileprivate func parts(of count: Int) -> [TailBuffer.Frame] {
        var parts: [TailBuffer.Frame] = [TailBuffer.Frame(dropped: dropped)]
        var room = count
        for stream in streams {
            var rest = stream.entries[...]
            while !rest.isEmpty {
                if room == 0 {
                    parts.append(TailBuffer.Frame())
                    room = count
                }
                let taken = rest.prefix(room)
                parts[parts.count - 1].streams.append(LogStreamResult(labels: stream.labels, entries: Array(taken)))
                rest = rest.dropFirst(taken.count)
                room -= taken.count
            }
        }
        return parts
    }
}

extension LokiEncoding {
    /// A frame as Loki sends it.
    fileprivate func tailFrame(_ frame: TailBuffer.Frame) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("streams")
            writer.array { writer in for stream in frame.streams { write(stream, to: &writer) } }
            guard !frame.dropped.isEmpty else { return }
            writer.key("dropped_entries")
            writer.array { writer in
                for entry in frame.dropped {
                    writer.object { writer in
                        writer.key("labels")
                        writer.labels(entry.labels)
                        writer.key("timestamp")
                        writer.string(String(entry.timestamp))
                    }
                }
            }
        }
        return writer.bytes
    }
}
