import Foundation
import Hummingbird
import LogQL
import Telemetry
import Testing

@testable import MonitorAPI

@Suite("Tails over WebSocket", .timeLimit(.minutes(10))) struct TailTests {
    private static func target(_ query: String, _ more: String = "") -> String {
        "/loki/api/v1/tail?query=\(Scene.encoded(query))" + more
    }

    private static func client(_ url: String, _ target: String) throws -> TailClient {
        let port = try #require(URL(string: url)?.port)
        return TailClient(host: "127.0.0.1", port: port, target: target)
    }

    private static func batch(_ lines: [(Int64, String)], app: String = "web") -> LogBatch {
        var batch = LogBatch()
        for (time, line) in lines { batch.append(["app": app], at: time, line: line.utf8) }
        return batch
    }

    @Test("What is stored comes first, then what arrives, nothing twice")
    func follows() async throws {
        let scene = Scene()
        let now = Scene.nowNanoseconds
        var lines: [String] = []
        try await scene.serve { url in
            var found: [String] = []
            try await Self.client(url, Self.target(#"{app="web"} |= "GET""#)).follow { bytes in
                let frame = try JSONDecoder().decode(JSON.self, from: Data(bytes))
                guard case .array(let values)? = frame["streams", 0, "values"] else { return false }
                found += values.map { value in if case .string(let text)? = value[1] { text } else { "?" } }
                if found.count == 2 {
                    // One that was told already, one of another stream, one that is filtered out, and one that is news.
                    scene.live.send(Self.batch([(now - 2_999_999_999, "GET /a 200"), (now, "POST"), (now, "GET /c")]))
                    scene.live.send(Self.batch([(now, "GET /d")], app: "db"))
                    scene.live.send(Self.batch([(now + 1, "GET /e")]))
                }
                return found.last != "GET /e"
            }
            return found
        }.forEach { lines.append($0) }
        #expect(lines == ["GET /a 200", "GET /b 500", "GET /c", "GET /e"])
    }

    @Test(
        "What can't be followed is refused, and the reason told over HTTP",
        arguments: [
            (#"{app="web"}"#, "&delay_for=6", "delay_for"), (#"{app="#, "", "parse error"), ("vector(1)", "", "log query"),
            (#"{app="web"} | shape"#, "", "shape"), (#"{app="web"}"#, "&limit=0", "limit"),
        ])
    func refuses(_ query: String, _ more: String, _ reason: String) async throws {
        let scene = Scene()
        try await scene.serve { url in
            let client = try Self.client(url, Self.target(query, more))
            await #expect(throws: TailClient.Failure.refused) { try await client.follow { _ in false } }
        }
        let answer = try await scene.get(Self.target(query, more))
        #expect(answer.status == 400 && answer.text.contains(reason), "\(answer.text)")
    }

    @Test("Over plain HTTP a tail says what it speaks; the old path is unknown")
    func plain() async throws {
        let answer = try await Scene().get(Self.target(#"{app="web"}"#))
        #expect(answer.status == 400 && answer.text.contains("WebSocket"))
        #expect(try await Scene().get("/loki/api/v2alpha/tail").status == 404)
    }

    @Test("When the store stops, the session ends")
    func ends() async throws {
        let scene = Scene()
        try await scene.serve { url in
            try await Self.client(url, Self.target(#"{app="web"}"#)).follow { _ in
                scene.live.end()
                return true
            }
        }
    }

    @Test("A client that is too slow loses the oldest entries, and is told which")
    func drops() {
        let buffer = TailBuffer()
        let count = TailBuffer.maximumEntries + 250
        for time in 0..<count {
            let entry = LogEntryResult(timestamp: Int64(time), line: [0x61])
            buffer.append([LogStreamResult(labels: ["app": "web"], entries: [entry])])
        }
        let frame = buffer.take()
        #expect(frame?.streams.first?.entries.count == TailBuffer.maximumEntries)
        #expect(frame?.streams.first?.entries.first?.timestamp == 250)
        #expect(frame?.dropped.count == TailBuffer.maximumDropped)
        #expect(frame?.dropped.first == TailBuffer.Dropped(labels: ["app": "web"], timestamp: 0))
        #expect(buffer.take() == nil)
        let large = LogEntryResult(timestamp: 1, line: Array(repeating: UInt8(0x61), count: TailBuffer.maximumBytes)[...])
        buffer.append([LogStreamResult(labels: .empty, entries: [large, large])])
        #expect(buffer.take()?.streams.first?.entries.count == 1)
    }
}
