package import AsyncHTTPClient
package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// Makes one attempt of a check. Never throws: whatever goes wrong is the result.
package struct Prober: Sendable {
    /// Bytes of a body read before the connection is closed.
    package static let maximumBodyBytes = 1 << 20

    private let client: HTTPClient
    private let group: any EventLoopGroup

    package init(client: HTTPClient, group: any EventLoopGroup) {
        self.client = client
        self.group = group
    }

    package func probe(_ check: Check) async -> ProbeResult {
        let clock = ContinuousClock()
        let start = clock.now
        var result: ProbeResult
        do {
            switch check.kind {
            case .http(let url, let expected): result = try await http(url, expected, check.timeoutSeconds)
            case .tcp(let host, let port):
                try await connect(host, port, check.timeoutSeconds).close()
                result = ProbeResult(isUp: true, durationSeconds: 0)
            case .tls(let host, let port): result = try await tls(host, port, check.timeoutSeconds)
            case .greeting(let greeting, let host, let port):
                try await greet(greeting, host, port, check.timeoutSeconds)
                result = ProbeResult(isUp: true, durationSeconds: 0)
            }
        } catch {
            result = ProbeResult(isUp: false, durationSeconds: 0, message: "\(check.target): \(error)")
        }
        let elapsed = (clock.now - start).components
        result.durationSeconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        return result
    }

    private func http(_ url: String, _ expected: Range<Int>, _ timeoutSeconds: Double) async throws -> ProbeResult {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "user-agent", value: "Magewatch-check")
        let response = try await client.execute(request, timeout: .nanoseconds(Int64(timeoutSeconds * 1e9)))
        var received = 0
        for try await part in response.body {
            received += part.readableBytes
            if received > Prober.maximumBodyBytes { break }
        }
        let status = Int(response.status.code)
        let isUp = expected.contains(status)
        return ProbeResult(
            isUp: isUp, durationSeconds: 0, status: status, message: isUp ? "" : "\(url): status \(status), expected \(expected)")
    }

    private func connect(_ host: String, _ port: Int, _ timeoutSeconds: Double) async throws -> any Channel {
        try await ClientBootstrap(group: group).connectTimeout(.nanoseconds(Int64(timeoutSeconds * 1e9)))
            .connect(toNumberOrName: host, port).get()
    }

    /// The handler is there before the first byte can be: many services speak first.
    private func greet(_ greeting: Greeting, _ host: String, _ port: Int, _ timeoutSeconds: Double) async throws {
        let limit = TimeAmount.nanoseconds(Int64(timeoutSeconds * 1e9))
        let loop = group.next()
        let done = loop.makePromise(of: Void.self)
        let deadline = loop.scheduleTask(in: limit) { done.fail(ChannelError.connectTimeout(limit)) }
        defer { deadline.cancel() }
        do {
            let channel = try await ClientBootstrap(group: loop).connectTimeout(limit).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(GreetingHandler(greeting, done: done))
                }
            }.connect(toNumberOrName: host, port).get()
            defer { channel.close(promise: nil) }
            try await done.futureResult.get()
        } catch {
            // One that never connected has told nobody.
            done.fail(error)
            throw error
        }
    }

    /// The certificate is read whether or not it is trusted: an expired one has to be told from a missing one.
    private func tls(_ host: String, _ port: Int, _ timeoutSeconds: Double) async throws -> ProbeResult {
        let seen = CertificateBox()
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .noHostnameVerification
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await connect(host, port, timeoutSeconds)
        let done = channel.eventLoop.makePromise(of: Void.self)
        try await channel.eventLoop.submit {
            let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
            let handler = try NIOSSLClientHandler(
                context: context, serverHostname: isAddress ? nil : host,
                customVerificationCallback: { certificates, promise in
                    seen.set(certificates.first)
                    promise.succeed(.certificateVerified)
                })
            try channel.pipeline.syncOperations.addHandlers(handler, HandshakeHandler(done: done))
        }.get()
        let deadline = channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(timeoutSeconds * 1e9))) {
            done.fail(ChannelError.connectTimeout(.nanoseconds(Int64(timeoutSeconds * 1e9))))
        }
        defer { deadline.cancel() }
        do {
            try await done.futureResult.get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
        channel.close(promise: nil)
        return ProbeResult(isUp: true, durationSeconds: 0, certificateEnds: seen.notValidAfter)
    }
}

/// The leaf certificate that a handshake showed.
private final class CertificateBox: Sendable {
    private let ends = Mutex<Int64?>(nil)

    func set(_ certificate: NIOSSLCertificate?) {
        ends.withLock { $0 = certificate.map { Int64($0.notValidAfter) } }
    }

    var notValidAfter: Int64? { ends.withLock { $0 } }
}

/// Tells when the handshake is done, or that it failed.
private final class HandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let done: EventLoopPromise<Void>

    init(done: EventLoopPromise<Void>) {
        self.done = done
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent { done.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}

extension ClientBootstrap {
    /// An address in numbers is taken as it is: looking it up as a name would wait for a thread that others may hold up.
    fileprivate func connect(toNumberOrName host: String, _ port: Int) -> EventLoopFuture<any Channel> {
        guard let address = try? SocketAddress(ipAddress: host, port: port) else { return connect(host: host, port: port) }
        return connect(to: address)
    }
}
