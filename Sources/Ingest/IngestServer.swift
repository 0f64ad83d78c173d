package import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
package import Telemetry

/// The ingest port: one number, TCP and UDP, on which every protocol is recognised by its first bytes.
///
/// ```swift
/// let server = IngestServer(options: .init(host: "0.0.0.0", port: 7100), samples: metricStore, logs: logStore, metrics: own, logger: log)
/// try await server.run { address in log.info("ingest", metadata: ["address": "\(address)"]) }
/// ```
/// What is acknowledged is durable, because the sinks return only then. While they are busy nothing more is read from that sender.
package struct IngestServer: Sendable {
    typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias HTTP = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// A connection, and the promise of what it speaks.
    struct Accepted: Sendable {
        var channel: any Channel
        var verdict: EventLoopFuture<ProtocolRecognizer.Verdict>
    }

    /// Connections the kernel holds until they are accepted.
    package static let backlog: Int32 = 512

    private let intake: Intake
    private let registry: ConnectionRegistry

    package init(
        options: Options, samples: any SampleSink, logs: any LogSink, metrics: SelfMetrics, logger: Logger
    ) {
        intake = Intake(options: options, samples: samples, logs: logs, metrics: metrics, logger: logger)
        registry = ConnectionRegistry(maximum: options.maximumConnections)
    }

    /// Listens until the task is cancelled. `onBound` is told every address, the recognising port's first.
    /// - Throws: ``IngestError`` where a port can't be had.
    package func run(onBound: @Sendable (SocketAddress) -> Void) async throws {
        let options = intake.options
        let first = try await Listener.bind(
            host: options.host, port: options.port, pinned: nil, withDatagrams: true, registry: registry, options: options)
        var listeners = [first]
        do {
            for pinned in options.pinned {
                listeners.append(
                    try await Listener.bind(
                        host: options.host, port: pinned.port, pinned: pinned.wireProtocol,
                        withDatagrams: pinned.wireProtocol != .http && pinned.wireProtocol != .relp, registry: registry,
                        options: options))
            }
        } catch {
            for listener in listeners { await listener.abandon() }
            throw error
        }
        for listener in listeners {
            if let address = listener.address { onBound(address) }
        }
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for listener in listeners {
                    group.addTask { try await serve(listener.stream) }
                    if let datagrams = listener.datagrams {
                        group.addTask { try await DatagramReceiver(intake: intake, pinned: listener.pinned).run(datagrams) }
                    }
                }
                do {
                    try await group.waitForAll()
                } catch is CancellationError {
                    // Being stopped is the ordinary end.
                }
            }
        } onCancel: {
            registry.closeAll()
        }
    }

    private func serve(_ listener: NIOAsyncChannel<Accepted, Never>) async throws {
        try await listener.executeThenClose { connections in
            await withDiscardingTaskGroup { group in
                do {
                    for try await accepted in connections {
                        group.addTask { await serve(accepted) }
                    }
                } catch is CancellationError {
                    // Being stopped is no error.
                } catch {
                    intake.logger.error("the ingest port stopped accepting", metadata: ["error": "\(error)"])
                }
                registry.closeAll()
            }
        }
    }

    private func serve(_ accepted: Accepted) async {
        let channel = accepted.channel
        let peer = channel.remoteAddress?.ipAddress ?? "unknown"
        do {
            let verdict = try await withTaskCancellationHandler {
                try await accepted.verdict.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            switch verdict {
            case .undecided: try await channel.close()
            case .refused(let reason): try await refuse(channel, reason, peer)
            case .recognised(.http): try await HTTPConnection(intake: intake, peer: peer).run(try await adoptHTTP(channel))
            case .recognised(.relp): try await RELPConnection(intake: intake, peer: peer).run(try await adoptBytes(channel))
            case .recognised(let spoken):
                try await LineConnection(intake: intake, peer: peer, spoken: spoken).run(try await adoptBytes(channel))
            }
        } catch let error as IngestError {
            intake.refuse(error.code.rawValue, from: peer)
            intake.logger.warning("connection closed", metadata: ["source": "\(peer)", "error": "\(error)"])
        } catch {
            // Peers vanish; that is no event worth more than a debug line.
            intake.logger.debug("connection ended", metadata: ["source": "\(peer)", "error": "\(error)"])
        }
        // Already closed on every ordinary way; only a failed hand-over leaves it open.
        channel.close(promise: nil)
    }

    private func refuse(_ channel: any Channel, _ reason: String, _ peer: String) async throws {
        intake.refuse(reason, from: peer)
        intake.logger.warning("protocol not spoken here", metadata: ["source": "\(peer)", "protocol": "\(reason)"])
        let text =
            "magewatch: this port does not speak \(reason); it takes syslog, RELP, JSON or text lines, and HTTP "
            + "(/api/v1/write, /v1/metrics, /loki/api/v1/push)\n"
        try await channel.writeAndFlush(ByteBuffer(string: text))
        try await channel.close()
    }

    private func adoptBytes(_ channel: any Channel) async throws -> Bytes {
        try await channel.eventLoop.submit {
            let holder = try channel.pipeline.syncOperations.handler(type: RecognitionHandler.self)
            let adopted = try Bytes(wrappingChannelSynchronously: channel, configuration: Listener.configuration())
            holder.release()
            return adopted
        }.get()
    }

    private func adoptHTTP(_ channel: any Channel) async throws -> HTTP {
        let limit = intake.options.maximumBodyBytes
        return try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let holder = try pipeline.handler(type: RecognitionHandler.self)
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
            try pipeline.addHandler(NIOHTTPRequestDecompressor(limit: .size(limit)))
            let adopted = try HTTP(wrappingChannelSynchronously: channel, configuration: Listener.configuration())
            holder.release()
            return adopted
        }.get()
    }
}
