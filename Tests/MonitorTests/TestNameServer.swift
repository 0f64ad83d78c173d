import NIOCore
import NIOPosix
import Synchronization

/// A name server on a free port of the loopback, with a zone of its own; what it does wrong is told by the kind of entry.
final class TestNameServer: Sendable {
    /// What it answers to a name (in lower case, without the last dot) and a type.
    enum Entry: Sendable {
        /// Data of records of the type, in the form of the wire; names are written by ``name(_:)``.
        case records([[UInt8]])
        /// Another name stands for it, whose records follow, as for reverse zones that are delegated (RFC 2317).
        case alias(String, [[UInt8]])
        case broken, silent, otherQuestion
        /// What it has to tell does not fit; over TCP it is told in pieces, and where there is nothing the connection is closed.
        case truncated([[UInt8]]?)
        /// Cut short over TCP, too.
        case alwaysTruncated
    }

    struct Key: Hashable {
        let name: String
        let type: UInt16
    }

    private let zone: [Key: Entry]
    private let channels: Mutex<[any Channel]> = Mutex([])
    private let asked = Mutex<[String]>([])
    private let askedOverStream = Mutex(0)

    init(_ zone: [Key: Entry]) { self.zone = zone }

    /// Names asked for, in order.
    var questions: [String] { asked.withLock { $0 } }

    /// How many of them over TCP.
    var streamQuestions: Int { askedOverStream.withLock { $0 } }

    /// Opens a port, for UDP and TCP.
    func start() async throws -> Int {
        while true {
            let stream = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(StreamHandler(self))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let port = stream.localAddress?.port ?? 0
            channels.withLock { $0.append(stream) }
            let bound = try? await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(self)) }
                }
                .bind(host: "127.0.0.1", port: port).get()
            // Somebody else may have the number for UDP; then another is tried.
            guard let bound else { continue }
            channels.withLock { $0.append(bound) }
            return port
        }
    }

    func stop() async throws { for channel in channels.withLock({ $0 }) { try await channel.close() } }

    /// A name in the form of the wire.
    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    fileprivate func answer(_ question: [UInt8], overStream: Bool = false) -> [UInt8]? {
        var (labels, position): ([String], Int) = ([], 12)
        while question[position] != 0 {
            let end = position + 1 + Int(question[position])
            labels.append(String(decoding: question[position + 1..<end], as: UTF8.self))
            position = end
        }
        let name = labels.joined(separator: ".").lowercased()
        let type = UInt16(question[position + 1]) << 8 | UInt16(question[position + 2])
        asked.withLock { $0.append(name) }
        if overStream { askedOverStream.withLock { $0 += 1 } }
        func message(_ code: UInt8, _ records: [[UInt8]], isTruncated: Bool = false) -> [UInt8] {
            [
                question[0], question[1], isTruncated ? 0x83 : 0x81, 0x80 | code, 0, 1, UInt8(records.count >> 8),
                UInt8(records.count & 0xff), 0,
                0, 0, 0,
            ]
                + question[12...] + records.flatMap { $0 }
        }
        func record(_ owner: [UInt8], _ type: UInt16, _ data: [UInt8]) -> [UInt8] {
            owner + [UInt8(type >> 8), UInt8(type & 255), 0, 1, 0, 0, 0, 60, UInt8(data.count >> 8), UInt8(data.count & 255)]
                + data
        }
        // Owners point to the question's name, as real answers have it.
        let pointer: [UInt8] = [0xc0, 12]
        switch zone[Key(name: name, type: type)] {
        case nil: return message(3, [])
        case .records(let all): return message(0, all.map { record(pointer, type, $0) })
        case .alias(let other, let all):
            let owner = TestNameServer.name(other)
            return message(0, [record(pointer, 5, owner)] + all.map { record(owner, type, $0) })
        case .broken: return message(2, [])
        case .silent: return nil
        case .alwaysTruncated: return message(0, [], isTruncated: true)
        case .truncated(let all):
            guard overStream else { return message(0, [], isTruncated: true) }
            return all.map { message(0, $0.map { record(pointer, type, $0) }) }
        case .otherQuestion:
            var other = message(0, [record(pointer, type, [192, 0, 2, 1])])
            other[13] ^= 0x01
            return other
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        private let server: TestNameServer

        init(_ server: TestNameServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            guard let answer = server.answer(Array(envelope.data.readableBytesView)) else { return }
            let out = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer))
            context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        }
    }

    /// One question a connection; the answer comes in small pieces.
    private final class StreamHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private static let pieceBytes = 700
        private let server: TestNameServer
        private var received: [UInt8] = []

        init(_ server: TestNameServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            guard received.count > 2, received.count >= 2 + (Int(received[0]) << 8 | Int(received[1])) else { return }
            guard let answer = server.answer(Array(received[2...]), overStream: true) else {
                return context.close(promise: nil)
            }
            let bytes = [UInt8(answer.count >> 8), UInt8(answer.count & 0xff)] + answer
            // The length by itself, even.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes.prefix(1))), promise: nil)
            for start in stride(from: 1, to: bytes.count, by: StreamHandler.pieceBytes) {
                let piece = bytes[start..<min(bytes.count, start + StreamHandler.pieceBytes)]
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: piece)), promise: nil)
            }
        }
    }
}
