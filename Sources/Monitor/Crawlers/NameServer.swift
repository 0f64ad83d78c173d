import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Topology

/// Asks a recursive name server over UDP, and over TCP what is more than fits there: each question from a port of its own and with an identifier of its own, so that whoever wants to
/// answer in its stead has to guess both; answers from other addresses never arrive, as the socket is connected.
struct NameServer: NameService {
    /// Times that a question is sent.
    static let attempts = 2

    let host: String
    let port: Int
    /// How long an answer may take; asked again once after that.
    let timeout: Duration

    func ask(_ name: String, _ kind: DNSMessage.Kind) async -> DNSMessage.Answer {
        for _ in 0..<NameServer.attempts {
            if let answer = try? await askOnce(name, kind) {
                guard answer == .truncated else { return answer }
                // Whoever is cut short once is so again: what can't be had over TCP can't be had.
                return (try? await askOverStream(name, kind)) ?? .failure
            }
            if Task.isCancelled { break }
        }
        // A refused port, a time-out, a socket that can't be had: nobody could tell.
        return .failure
    }

    private func askOnce(_ name: String, _ kind: DNSMessage.Kind) async throws -> DNSMessage.Answer? {
        guard let question = DNSMessage.question(UInt16.random(in: 0...UInt16.max), name, kind) else { return .noName }
        let answer = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: DNSMessage.Answer.self)
        let channel: any Channel
        do {
            channel = try await DatagramBootstrap(group: answer.futureResult.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AnswerHandler(question, kind, answer))
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
        try await channel.writeAndFlush(channel.allocator.buffer(bytes: question))
        return try await answer.futureResult.get()
    }

    /// The server that the system asks: the first of resolv.conf, or this machine.
    static func ofSystem(_ text: String?) -> String {
        for line in (text ?? "").split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count >= 2, words[0] == "nameserver", NetworkAddress(String(words[1])) != nil { return String(words[1]) }
        }
        return "127.0.0.1"
    }
}

/// Waits for the one answer.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let question: [UInt8]
    private let kind: DNSMessage.Kind
    private let answer: EventLoopPromise<DNSMessage.Answer>

    init(_ question: [UInt8], _ kind: DNSMessage.Kind, _ answer: EventLoopPromise<DNSMessage.Answer>) {
        self.question = question
        self.kind = kind
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).data.readableBytesView)
        if let found = DNSMessage.answer(bytes, to: question, kind) { answer.succeed(found) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
    }
}
