import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Follows a query at a monitor's `tail` endpoint: what `magewatch logs --follow` speaks.
package struct TailClient: Sendable {
    /// Largest frame taken, in bytes.
    package static let maximumFrameBytes = 64 << 20

    /// What kept a tail from going on.
    package enum Failure: Error, Equatable {
        /// The server did not change to WebSocket; the same request over plain HTTP tells why.
        case refused
        /// The server closed with a code of RFC 6455.
        case closed(UInt16)
    }

    private enum Outcome: Sendable {
        case tail(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
        case refused
    }

    /// A connection whose server is asked to change to WebSocket.
    private struct Asked: Sendable {
        var connection: any Channel
        var outcome: EventLoopFuture<Outcome>
    }

    private let host: String
    private let port: Int
    private let target: String

    /// - Parameter target: path and query, percent-encoded.
    package init(host: String, port: Int, target: String) {
        self.host = host
        self.port = port
        self.target = target
    }

    /// Hands each frame's JSON to `visit` until it returns false or the server closes.
    package func follow(_ visit: ([UInt8]) async throws -> Bool) async throws {
        let asked = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
                    // The first frame may come in one piece with the answer to the upgrade.
                    configuration.leftOverBytesStrategy = .forwardBytes
                    return Asked(
                        connection: channel,
                        outcome: try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                            configuration: configuration))
                }
            }
        // An answer that is no upgrade fails the future, too.
        guard case .tail(let channel)? = try? await asked.outcome.get() else {
            asked.connection.close(promise: nil)
            throw Failure.refused
        }
        try await channel.executeThenClose { inbound, outbound in
            for try await frame in inbound {
                switch frame.opcode {
                case .text, .binary, .continuation:
                    guard try await visit(Array(frame.data.readableBytesView)) else { return }
                case .ping: try await outbound.write(answer(frame, .pong))
                case .connectionClose:
                    var data = frame.data
                    let code = data.readInteger(as: UInt16.self) ?? 1005
                    try await outbound.write(answer(frame, .connectionClose))
                    if code != 1000 { throw Failure.closed(code) }
                    return
                default: continue
                }
            }
        }
    }

    private var upgrade: NIOTypedHTTPClientUpgradeConfiguration<Outcome> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Outcome>(maxFrameSize: TailClient.maximumFrameBytes) { channel, _ in
            channel.eventLoop.makeCompletedFuture { .tail(try NIOAsyncChannel(wrappingChannelSynchronously: channel)) }
        }
        var headers = HTTPHeaders([("Host", "\(host):\(port)"), ("Content-Length", "0")])
        headers.add(name: "User-Agent", value: "magewatch")
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
        return NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
            channel.eventLoop.makeSucceededFuture(.refused)
        }
    }

    /// A frame in answer to one; those of clients are masked.
    private func answer(_ frame: WebSocketFrame, _ opcode: WebSocketOpcode) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: frame.unmaskedData)
    }
}
