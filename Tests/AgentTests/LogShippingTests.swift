import Foundation
import Hummingbird
import Logging
import NIOCore
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Agent

@Suite("Log shipping")
struct LogShippingTests {
    let directory: TemporaryDirectory
    var path: String { directory.path + "/app.log" }

    init() throws { directory = try TemporaryDirectory("logs") }

    func append(_ text: String, to file: String? = nil) throws {
        let file = file ?? path
        if !FileManager.default.fileExists(atPath: file) { try Data().write(to: URL(fileURLWithPath: file)) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    /// All that is there now, acknowledged.
    func drain(_ tailer: LogTailer) throws -> [String] {
        var lines: [String] = []
        while let chunk = try tailer.next() {
            lines += chunk.lines.map { String(decoding: chunk.bytes[$0], as: UTF8.self) }
            tailer.acknowledge(chunk)
        }
        return lines
    }

    @Test("A line is shipped when it is whole, and not before")
    func partialLines() throws {
        let tailer = LogTailer(path: path, position: nil)
        #expect(try drain(tailer).isEmpty)
        try append("one\ntw")
        #expect(try drain(tailer) == ["one"])
        try append("o\n\nthree\n")
        #expect(try drain(tailer) == ["two", "three"])
    }

    @Test("What was not acknowledged is read again, by a later run too")
    func atLeastOnce() throws {
        try append("one\ntwo\n")
        let tailer = LogTailer(path: path, position: nil)
        #expect(try tailer.next()?.lines.count == 2)
        #expect(try drain(tailer) == ["one", "two"])
        try append("three\n")
        #expect(try drain(LogTailer(path: path, position: tailer.position)) == ["three"])
    }

    @Test("A renamed log is read to its end before the new one, whatever is still written to it")
    func rotation() throws {
        let tailer = LogTailer(path: path, position: nil)
        try append("one\n")
        #expect(try drain(tailer) == ["one"])
        try append("two\n")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try append("three\n", to: path + ".1")
        try append("", to: path)
        #expect(try drain(tailer) == ["two", "three"])
        try append("four without end", to: path + ".1")
        try append("five\n")
        #expect(try drain(tailer) == ["four without end", "five"])
        #expect(tailer.takeEvents() == [.rotated])
    }

    @Test("A log rotated while the agent was down is found under its new name")
    func rotatedWhileDown() throws {
        let tailer = LogTailer(path: path, position: nil)
        try append("one\n")
        #expect(try drain(tailer) == ["one"])
        try append("two\n")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try append("three\n")
        #expect(try drain(LogTailer(path: path, position: tailer.position)) == ["two", "three"])
    }

    @Test("A log that was cut down is read from its start")
    func truncation() throws {
        let tailer = LogTailer(path: path, position: nil)
        try append("a long first line\n")
        #expect(try drain(tailer) == ["a long first line"])
        try "".write(toFile: path, atomically: false, encoding: .utf8)
        try append("new\n")
        #expect(try drain(tailer) == ["new"])
        #expect(tailer.takeEvents() == [.truncated])
    }

    @Test("Lines are the same however the file grew", arguments: 0..<20)
    func anyChunking(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var text = ""
        for index in 0..<40 {
            text += "line \(index) " + String(repeating: "x", count: Int.random(in: 0..<30, using: &generator)) + "\n"
        }
        let tailer = LogTailer(path: path, position: nil)
        var lines: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...60, using: &generator))
            rest = rest.dropFirst(part.count)
            try append(String(part))
            lines += try drain(tailer)
        }
        #expect(lines == text.split(separator: "\n").map(String.init), "seed \(seed)")
    }

    @Test("A line beyond the limit goes on as a line of its own, and nothing is lost")
    func longLines() throws {
        let tailer = LogTailer(path: path, position: nil, lineLimit: 10)
        try append(String(repeating: "a", count: 25) + "\nb\n")
        #expect(try drain(tailer) == [String(repeating: "a", count: 10), String(repeating: "a", count: 10), "aaaaa", "b"])
        #expect(tailer.takeEvents() == [.cut, .cut])
    }

    @Test("A push is JSON whatever the lines hold")
    func pushJSON() throws {
        var push = LokiPush()
        let bytes: [UInt8] = Array("a \"quoted\" \\ \u{1}é".utf8) + [0xff]
        push.add(stream: [("app", "a\"b"), ("host", "h")], bytes: bytes, lines: [0..<bytes.count, 0..<1], from: 7)
        push.add(stream: [("app", "c")], bytes: bytes, lines: [0..<1], from: 9)
        struct Push: Decodable {
            struct Stream: Decodable {
                var stream: [String: String]
                var values: [[String]]
            }
            var streams: [Stream]
        }
        #expect(push.lineCount == 3)
        let decoded = try JSONDecoder().decode(Push.self, from: Data(push.finished()))
        #expect(decoded.streams.map(\.stream) == [["app": "a\"b", "host": "h"], ["app": "c"]])
        #expect(decoded.streams[0].values == [["7", "a \"quoted\" \\ \u{1}é\u{fffd}"], ["8", "a"]])
    }

    @Test("Lines that are refused for a time come again; the position moves only when they are taken")
    func retry() async throws {
        try append("one\ntwo\n")
        let (pushes, pushed) = AsyncStream.makeStream(of: String.self)
        let answers = Mutex([503, 429, 204])
        let (ports, portKnown) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let router = Router()
        router.post("loki/api/v1/push") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let status = answers.withLock { $0.isEmpty ? 204 : $0.removeFirst() }
            pushed.yield(String(buffer: body))
            return HTTPResponse.Status(code: status)
        }
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { portKnown.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let metrics = SelfMetrics()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            var portIterator = ports.makeAsyncIterator()
            let port = try #require(await portIterator.next())
            let shipper = try LogShipper(
                server: "s1", paths: [path], apps: [:], destination: "http://127.0.0.1:\(port)/", token: nil,
                positionsPath: directory.path + "/positions.json", metrics: metrics, logger: logger)
            group.addTask { try await shipper.run() }
            var iterator = pushes.makeAsyncIterator()
            var bodies: [String] = []
            for _ in 0..<3 { bodies.append(try #require(await iterator.next())) }
            #expect(Set(bodies).count == 1)
            #expect(bodies[0].contains("\"one\"") && bodies[0].contains("\"app\":\"app\""))
            try append("three\n")
            let fourth = try #require(await iterator.next())
            #expect(fourth.contains("three") && !fourth.contains("one"))
            #expect(metrics.value("magewatch_agent_log_push_failures_total") == 2)
            #expect(metrics.value("magewatch_agent_log_lines_shipped_total") >= 2)
            group.cancelAll()
        }
    }

    @Test("The app label follows from the path")
    func appLabel() {
        #expect(LogShipper.app(of: "/var/log/nginx/access.log") == "nginx")
        #expect(LogShipper.app(of: "/var/log/haproxy.log") == "haproxy")
        #expect(LogShipper.app(of: "/data/app.json.log") == "app")
    }
}
