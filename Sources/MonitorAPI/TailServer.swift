import Hummingbird
import HummingbirdCore
import LogQL
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import ServiceLifecycle
import Synchronization
import Telemetry

extension LokiRoutes {
    /// What `tail` answers where WebSocket was not asked for, or was refused: why.
    func registerTail(_ router: Router<BasicRequestContext>) {
        router.get(RouterPath(TailRequest.path)) { request, _ in
            await respond(request) { parameters in
                _ = try TailRequest(parameters, LokiEncoding(request))
                try refuseBrowsers(request)
                throw APIError(.badData, "a tail is followed over WebSocket (RFC 6455): ask for the upgrade")
            }
        }
    }
}

/// A connection to the API: HTTP, until its first request changes it to WebSocket for a tail.
struct TailServer: HTTPChannelHandler {
    /// Clients that may follow at once.
    static let maximumTails = 64
    /// Largest frame taken from a client, which has nothing to say but that it is there.
    static let maximumFrameBytes = 4 << 10

    /// What became of a connection.
    enum Connection: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case tail(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, TailRequest)
    }

    /// A connection whose first request is awaited.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: EventLoopFuture<Connection>
    }

    let responder: HTTPChannelHandler.Responder
    let services: APIServices
    let pool: QueryPool
    let now: @Sendable () -> Milliseconds
    private let tails = TailCount()

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FirstRequestWait())
            let upgrade = NIOTypedHTTPServerUpgradeConfiguration<Connection>(upgraders: [upgrader]) { channel in
                channel.eventLoop.makeCompletedFuture { .http(try TailServer.http(channel, logger)) }
            }
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade)
            // The channel of requests keeps their order, and Hummingbird answers what can't be read.
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            return Value(
                channel: channel,
                connection: try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                    configuration: configuration))
        }
    }

    private var upgrader: NIOTypedWebSocketServerUpgrader<Connection> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: TailServer.maximumFrameBytes,
            shouldUpgrade: { channel, head in
                // A request that is refused goes on to the routes, whose answer says why.
                channel.eventLoop.makeSucceededFuture((try? TailRequest(head, now: now() * 1_000_000)).map { _ in HTTPHeaders() })
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    FirstRequestWait.end(on: channel)
                    let request = try TailRequest(head, now: now() * 1_000_000)
                    return .tail(try NIOAsyncChannel(wrappingChannelSynchronously: channel), request)
                }
            })
    }

    private static func http(
        _ channel: any Channel, _ logger: Logger
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        FirstRequestWait.end(on: channel)
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try channel.pipeline.syncOperations.addHandler(HTTPConnectionStateHandler(logger: logger))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.connection.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .tail(let channel, let request): try await follow(channel, request)
            }
        } catch {
            logger.debug("connection ended: \(error)")
            value.channel.close(promise: nil)
        }
    }

    private func follow(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, _ request: TailRequest) async throws {
        let session = TailSession(services: services, pool: pool, request: request)
        guard tails.enter() else {
            return try await TailServer.close(channel, .unknown(1013))
        }
        defer { tails.leave() }
        try await cancelWhenGracefulShutdown {
            try await channel.executeThenClose { inbound, outbound in
                try await session.run(inbound, outbound)
            }
        }
    }

    /// Closes with a code: 1013 is "try again later" (RFC 6455, IANA's registry).
    private static func close(
        _ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, _ code: WebSocketErrorCode
    ) async throws {
        try await channel.executeThenClose { _, outbound in
            var data = ByteBuffer()
            data.write(webSocketErrorCode: code)
            try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
        }
    }
}

/// Closes a connection whose first request has not come when the server stops; afterwards others see to that.
private final class FirstRequestWait: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }

    /// The first request is there.
    static func end(on channel: any Channel) {
        let pipeline = channel.pipeline.syncOperations
        guard let handler = try? pipeline.handler(type: FirstRequestWait.self) else { return }
        pipeline.removeHandler(handler, promise: nil)
    }
}

/// How many clients follow.
private final class TailCount: Sendable {
    private let count = Atomic(0)

    func enter() -> Bool {
        let (_, now) = count.add(1, ordering: .relaxed)
        if now <= TailServer.maximumTails { return true }
        leave()
        return false
    }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
