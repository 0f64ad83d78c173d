import AsyncHTTPClient
import Checks
import Foundation
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite("Greetings of services")
struct GreetingTests {
    /// Loops of its own: those that all tests share may be held up by others for longer than a probe waits.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let prober = Prober(client: .shared, group: GreetingTests.loops)

    private static let handshake: [UInt8] = [30, 0, 0, 0, 10] + Array("10.11.6-MariaDB\0".utf8)
    private static let start: [UInt8] = [1, 0, 0, 0, 0, 1, 0xf8, 0, 10, 0, 10, 0, 9]

    /// A service's first words, or its answer to the first question.
    static let words: [(Greeting, [UInt8], Bool)] = [
        (.smtp, Array("220 mail.shop ESMTP Postfix\r\n".utf8), true), (.smtp, Array("421 too busy\r\n".utf8), false),
        (.smtp, Array("554 go away\r\n".utf8), false), (.ssh, Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8), true),
        (.ssh, Array("Not allowed at this time\r\n".utf8), false), (.mysql, handshake, true),
        (.mysql, [40, 0, 0, 0, 0xff, 0x6a, 0x04] + Array("Host is not allowed".utf8), true),
        (.mysql, [40, 0, 0, 0, 0xff, 0x10, 0x04] + Array("Too many connections".utf8), false),
        (.mysql, Array("HTTP/1.1 400 Bad Request\r\n".utf8), false), (.redis, Array("+PONG\r\n".utf8), true),
        (.redis, Array("-NOAUTH Authentication required.\r\n".utf8), true),
        (.redis, Array("-LOADING Redis is loading the dataset in memory\r\n".utf8), false),
        (.memcached, Array("VERSION 1.6.18\r\n".utf8), true), (.memcached, Array("ERROR\r\n".utf8), false), (.amqp, start, true),
        (.amqp, Array("AMQP".utf8) + [0, 0, 9, 1, 0, 0, 0], false),
        (.smtp, [UInt8](repeating: 65, count: 2000), false), (.redis, [], false),
    ]

    @Test("A service is up when it says what it should, in whatever pieces", arguments: words, [1, 4096])
    func answers(answer: (Greeting, [UInt8], Bool), piece: Int) async throws {
        let (greeting, bytes, isUp) = answer
        let speaksFirst = [.smtp, .ssh, .mysql].contains(greeting)
        try await withServer(bytes, speaksFirst: speaksFirst, piece: piece) { port in
            let result = await prober.probe(GreetingTests.check(greeting, port))
            #expect(result.isUp == isUp, "\(greeting) \(result.message)")
            #expect(result.message.isEmpty == isUp)
        }
    }

    @Test("A service that says nothing is down when its time is over; so is one that is not there")
    func silent() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0)
            .get()
        let port = try #require(server.localAddress?.port)
        let result = await prober.probe(GreetingTests.check(.smtp, port, timeoutSeconds: 0.1))
        #expect(!result.isUp && result.message.contains("127.0.0.1:\(port)"))
        try await server.close()
        #expect(await prober.probe(GreetingTests.check(.redis, 1)).isUp == false)
    }

    fileprivate static func check(_ greeting: Greeting, _ port: Int, timeoutSeconds: Double = 20) -> Check {
        Check(
            name: "c", kind: .greeting(greeting, host: "127.0.0.1", port: port), intervalSeconds: 1,
            timeoutSeconds: timeoutSeconds)
    }

    private func withServer(
        _ bytes: [UInt8], speaksFirst: Bool, piece: Int, _ body: (Int) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Speaker(bytes, speaksFirst: speaksFirst, piece: piece))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(try #require(server.localAddress?.port))
        try await server.close()
    }
}

/// Programs that were started a moment ago are waited for, which goes wrong where hundreds of tests want the processors at once.
@Suite("Greetings of real services")
struct GreetingAloneTests {
    private let prober = Prober(client: .shared, group: MultiThreadedEventLoopGroup.singleton)

    @Test(
        "Real ones are recognised",
        arguments: [
            (Greeting.redis, "/usr/bin/redis-server", ["--port", "PORT", "--save", ""]),
            (.memcached, "/usr/bin/memcached", ["-u", "nobody", "-l", "127.0.0.1", "-p", "PORT"]),
        ].filter { FileManager.default.isExecutableFile(atPath: $0.1) })
    func real(greeting: Greeting, program: String, arguments: [String]) async throws {
        let directory = try TemporaryDirectory("greeting")
        // Free a moment ago; whoever takes it in between makes the program end, which the test says.
        let probe = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(probe.localAddress?.port)
        try await probe.close()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments.map { $0 == "PORT" ? "\(port)" : $0 }
        process.currentDirectoryURL = directory.url
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Not asked, as it has inherited which signals it does not hear; nor waited for, which would hold up other tests.
        defer { kill(process.processIdentifier, SIGKILL) }
        // Asked again and again, as on a busy machine it may be long until it says something.
        let end = ContinuousClock.now + .seconds(180)
        var result = await prober.probe(GreetingTests.check(greeting, port, timeoutSeconds: 3))
        while !result.isUp, process.isRunning, ContinuousClock.now < end {
            result = await prober.probe(GreetingTests.check(greeting, port, timeoutSeconds: 3))
        }
        #expect(result.isUp, "\(result.message)")
        let other: Greeting = greeting == .redis ? .memcached : .redis
        #expect(
            await prober.probe(GreetingTests.check(other, port, timeoutSeconds: 3)).isUp == false, "one is not taken for another")
    }
}

/// Says its piece at once or when asked, then answers anything with a word and closes.
private final class Speaker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]
    private let speaksFirst: Bool
    private let piece: Int
    private var hasSpoken = false

    init(_ bytes: [UInt8], speaksFirst: Bool, piece: Int) {
        self.bytes = bytes
        self.speaksFirst = speaksFirst
        self.piece = piece
    }

    func channelActive(context: ChannelHandlerContext) {
        if speaksFirst { speak(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasSpoken {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "bye\r\n")), promise: nil)
            context.close(promise: nil)
        } else {
            speak(context)
        }
    }

    private func speak(_ context: ChannelHandlerContext) {
        hasSpoken = true
        for start in stride(from: 0, to: bytes.count, by: piece) {
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(bytes: bytes[start..<min(start + piece, bytes.count)])), promise: nil)
        }
        if bytes.isEmpty { context.close(promise: nil) }
    }
}
