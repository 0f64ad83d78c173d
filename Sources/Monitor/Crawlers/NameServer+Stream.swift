import NIOCore
import NIOPosix

extension NameServer {
    /// Asks over TCP, where each message stands behind its length in two bytes (RFC 1035, 4.2.2).
    func askOverStream(_ name: String, _ kind: DNSMessage.Kind) async throws -> DNSMessage.Answer? {
        guard let question = DNSMessage.question(UInt16.random(in: 0...UInt16.max), name, kind) else { return .noName }
        let answer = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: DNSMessage.Answer.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: answer.futureResult.eventLoop)
                .connectTimeout(TimeAmount(timeout))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(StreamAnswerHandler(question, kind, answer))
                    }
                }
                .connect(host: host, port: port).get()
        } catch {
            answer.fail(error)
            throw error
        }
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) { answer.fail(ChannelError.connectTimeout(.zero)) }
        defer {
            deadline.cancel()
            channel.close(promise: nil)
        }
        try await channel.writeAndFlush(
            channel.allocator.buffer(bytes: [UInt8(question.count >> 8), UInt8(question.count & 0xff)] + question))
        return try await answer.futureResult.get()
    }
}

/// Waits for the one answer, in as many pieces as it comes.
private final class StreamAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let question: [UInt8]
    private let kind: DNSMessage.Kind
    private let answer: EventLoopPromise<DNSMessage.Answer>
    private var received: [UInt8] = []

    init(_ question: [UInt8], _ kind: DNSMessage.Kind, _ answer: EventLoopPromise<DNSMessage.Answer>) {
        self.question = question
        self.kind = kind
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        guard received.count >= 2 else { return }
        let length = Int(received[0]) << 8 | Int(received[1])
        // What comes behind the message was not asked for.
        guard received.count >= 2 + length else { return }
        let found = DNSMessage.answer(
            Array(received[2..<2 + length]), to: question, kind, limit: DNSMessage.maximumStreamBytes)
        answer.succeed(found == .truncated ? .failure : found ?? .failure)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
