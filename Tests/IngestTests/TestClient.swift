import NIOCore
import NIOPosix

/// A raw connection to a server under test.
struct TestClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, lets `body` talk, and closes.
    static func connected<Result>(
        to port: Int, _ body: (inout Conversation) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let (chunks, continuation) = AsyncStream<ByteBuffer>.makeStream()
            async let pumped: Void = pump(inbound, into: continuation)
            var conversation = Conversation(inbound: chunks.makeAsyncIterator(), outbound: outbound)
            let result = try await body(&conversation)
            // Already closed where the server closed first.
            try? await channel.channel.close()
            await pumped
            return result
        }
    }

    private static func pump(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, into chunks: AsyncStream<ByteBuffer>.Continuation
    ) async {
        // A reset is a way of closing too.
        do { for try await chunk in inbound { chunks.yield(chunk) } } catch {}
        chunks.finish()
    }

    /// What goes to and fro.
    struct Conversation {
        var inbound: AsyncStream<ByteBuffer>.AsyncIterator
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        private var received = ""

        init(inbound: AsyncStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
            self.inbound = inbound
            self.outbound = outbound
        }

        /// Sends bytes in pieces of a size.
        func send(_ bytes: some Collection<UInt8>, pieces: Int = .max) async throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                try await outbound.writeAndFlush(ByteBuffer(bytes: rest.prefix(pieces)))
                rest = rest.dropFirst(pieces)
            }
        }

        func finish() { outbound.finish() }

        /// Everything received up to and with `mark`.
        mutating func receive(until mark: String) async -> String {
            while !received.contains(mark), let chunk = await inbound.next(isolation: #isolation) {
                received += String(buffer: chunk)
            }
            guard let range = received.firstRange(of: mark) else { return received }
            defer { received = String(received[range.upperBound...]) }
            return String(received[..<range.upperBound])
        }

        /// Everything received until the server closes.
        mutating func receiveAll() async -> String {
            while let chunk = await inbound.next(isolation: #isolation) { received += String(buffer: chunk) }
            return received
        }
    }
}

extension NIOAsyncChannelOutboundWriter where OutboundOut == ByteBuffer {
    func writeAndFlush(_ buffer: ByteBuffer) async throws { try await write(buffer) }
}
