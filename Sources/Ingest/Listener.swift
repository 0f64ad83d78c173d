import Glibc
import NIOCore
import NIOPosix

/// One bound port: its stream socket, and its datagram socket where there is one.
struct Listener: Sendable {
    typealias Datagrams = NIOAsyncChannel<[AddressedEnvelope<ByteBuffer>], AddressedEnvelope<ByteBuffer>>

    /// Times a free port is tried for again, when the number that TCP got is taken on UDP.
    private static let maximumPortAttempts = 16
    /// Largest single read of a stream.
    private static let maximumReadBytes = 128 << 10
    /// Datagrams taken in one system call.
    private static let datagramsPerRead = 32
    private static let maximumDatagramBytes = 64 << 10

    var stream: NIOAsyncChannel<IngestServer.Accepted, Never>
    var datagrams: Datagrams?
    var pinned: IngestProtocol?

    var address: SocketAddress? { stream.channel.localAddress }

    /// Two reads may wait for whoever takes them; then the socket is read no more.
    static func configuration<Inbound: Sendable, Outbound: Sendable>() -> NIOAsyncChannel<Inbound, Outbound>.Configuration {
        .init(
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2), isOutboundHalfClosureEnabled: false)
    }

    static func bind(
        host: String, port: Int, pinned: IngestProtocol?, withDatagrams: Bool, registry: ConnectionRegistry,
        options: IngestServer.Options
    ) async throws -> Listener {
        var attempt = 1
        while true {
            var listener = Listener(
                stream: try await bindStream(host, port, pinned, registry, options), datagrams: nil, pinned: pinned)
            guard withDatagrams else { return listener }
            do {
                listener.datagrams = try await bindDatagrams(host, listener.address?.port ?? port)
                return listener
            } catch {
                await listener.abandon()
                guard port == 0, attempt < maximumPortAttempts else { throw error }
                attempt += 1
            }
        }
    }

    /// Closes what was bound and will not be served.
    func abandon() async {
        // An error while closing a socket that nobody uses changes nothing.
        try? await stream.executeThenClose { _ in }
        try? await datagrams?.executeThenClose { _, _ in }
    }

    private static func bindStream(
        _ host: String, _ port: Int, _ pinned: IngestProtocol?, _ registry: ConnectionRegistry, _ options: IngestServer.Options
    ) async throws -> NIOAsyncChannel<IngestServer.Accepted, Never> {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: IngestServer.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 16 << 10, maximum: maximumReadBytes))
        do {
            return try await bootstrap.bind(host: host, port: port) { channel in
                accept(channel, pinned, registry, options)
            }
        } catch {
            throw failure(error, host, port, "TCP")
        }
    }

    private static func accept(
        _ channel: any Channel, _ pinned: IngestProtocol?, _ registry: ConnectionRegistry, _ options: IngestServer.Options
    ) -> EventLoopFuture<IngestServer.Accepted> {
        channel.eventLoop.makeCompletedFuture {
            let verdict = channel.eventLoop.makePromise(of: ProtocolRecognizer.Verdict.self)
            guard registry.admit(channel) else {
                verdict.succeed(.refused(reason: "too_many_connections"))
                return IngestServer.Accepted(channel: channel, verdict: verdict.futureResult)
            }
            try channel.pipeline.syncOperations.addHandler(
                RecognitionHandler(
                    verdict: verdict, pinned: pinned, patience: .milliseconds(Int64(options.recognitionMilliseconds))))
            return IngestServer.Accepted(channel: channel, verdict: verdict.futureResult)
        }
    }

    private static func bindDatagrams(_ host: String, _ port: Int) async throws -> Datagrams {
        let bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.datagramVectorReadMessageCount, value: datagramsPerRead)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: datagramsPerRead * maximumDatagramBytes))
        do {
            return try await bootstrap.bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramBatcher())
                    return try Datagrams(wrappingChannelSynchronously: channel, configuration: configuration())
                }
            }
        } catch {
            throw failure(error, host, port, "UDP")
        }
    }

    private static func failure(_ error: any Error, _ host: String, _ port: Int, _ transport: String) -> IngestError {
        if let error = error as? IOError, error.errnoCode == EADDRINUSE {
            return IngestError(
                .portInUse,
                "\(transport) port \(port) of \(host) is taken by another program: stop it (`ss -lpn 'sport = :\(port)'` names it) "
                    + "or configure another ingest port")
        }
        return IngestError(
            .cannotListen, "can't listen on \(transport) port \(port) of \(host): \(error); check the address and rights")
    }
}

/// Gives on the datagrams of one read together, so that they become one batch.
final class DatagramBatcher: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias InboundOut = [AddressedEnvelope<ByteBuffer>]

    private var batch: [AddressedEnvelope<ByteBuffer>] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        batch.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !batch.isEmpty {
            context.fireChannelRead(wrapInboundOut(batch))
            batch = []
        }
        context.fireChannelReadComplete()
    }
}
