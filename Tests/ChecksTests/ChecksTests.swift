import AsyncHTTPClient
import Checks
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Telemetry
import TestKit
import Testing

@Suite("Probes")
struct ProberTests {
    let prober = Prober(client: .shared, group: MultiThreadedEventLoopGroup.singleton)

    /// A server on a free port that answers any request with the status, then closes.
    func withServer(answer: String, _ body: (Int) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answerer(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(try #require(channel.localAddress?.port))
        try await channel.close()
    }

    @Test(
        "A status in the range is up, another is down and says so",
        arguments: [(200, true), (302, true), (404, false), (503, false)])
    func http(status: Int, isUp: Bool) async throws {
        try await withServer(answer: "HTTP/1.1 \(status) X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n") { port in
            let check = Check(
                name: "c", kind: .http(url: "http://127.0.0.1:\(port)/", expectedStatus: 200..<400), intervalSeconds: 1,
                timeoutSeconds: 5)
            let result = await prober.probe(check)
            #expect(result.isUp == isUp)
            #expect(result.status == status)
            #expect(result.message.isEmpty == isUp)
        }
    }

    @Test("A TCP connection is up where something listens, and down where nothing does")
    func tcp() async throws {
        try await withServer(answer: "") { port in
            let check = Check(name: "c", kind: .tcp(host: "127.0.0.1", port: port), intervalSeconds: 1, timeoutSeconds: 5)
            #expect(await prober.probe(check).isUp)
        }
        // Nothing listens on port 1, and no test can be given it.
        let check = Check(name: "c", kind: .tcp(host: "127.0.0.1", port: 1), intervalSeconds: 1, timeoutSeconds: 5)
        let result = await prober.probe(check)
        #expect(!result.isUp)
        #expect(result.message.contains("127.0.0.1:1"))
    }

    @Test(
        "A TLS check tells when a certificate ends, trusted or not",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/openssl"), "needs openssl"))
    func tls() async throws {
        let directory = try TemporaryDirectory("tls")
        let days = 30
        try run(
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "\(days)",
                "-subj", "/CN=shop",
            ], in: directory)
        let certificate = try NIOSSLCertificate.fromPEMFile(directory.path + "/cert.pem")
        let key = try NIOSSLPrivateKey(file: directory.path + "/key.pem", format: .pem)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: certificate.map { .certificate($0) }, privateKey: .privateKey(key)))
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let check = Check(name: "c", kind: .tls(host: "127.0.0.1", port: port), intervalSeconds: 1, timeoutSeconds: 20)
        let result = await prober.probe(check)
        try await server.close()
        #expect(result.isUp, "\(result.message)")
        let left = Double(try #require(result.certificateEnds)) - Date().timeIntervalSince1970
        #expect(abs(left - Double(days) * 86_400) < 3600)
    }

    private func run(_ arguments: [String], in directory: TemporaryDirectory) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = directory.url
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

@Suite("Results as series")
struct ProbeResultTests {
    @Test("A result becomes series with the check's labels")
    func series() {
        var batch = SampleBatch()
        let check = Check(
            name: "shop", kind: .http(url: "http://h/", expectedStatus: 200..<400), intervalSeconds: 1, timeoutSeconds: 1,
            labels: ["site": "s"])
        ProbeResult(isUp: true, durationSeconds: 0.25, status: 200).append(to: &batch, check, vantage: "monitor", at: 5)
        let names = batch.series.map { batch.labels(of: $0).metricName }
        #expect(names == ["magewatch_check_up", "magewatch_check_duration_seconds", "magewatch_check_http_status"])
        #expect(batch.labels(of: batch.series[0])["site"] == "s")
        #expect(batch.values == [1, 0.25, 200])
    }
}

private final class Answerer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let answer: String

    init(answer: String) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: answer)), promise: nil)
        context.close(promise: nil)
    }
}
