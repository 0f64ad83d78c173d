import Compression
import Foundation
import Ingest
import NIOCore
import NIOPosix
import Telemetry
import TestKit
import Testing

private func post(_ path: String, _ type: String, _ body: [UInt8], extra: String = "") -> [UInt8] {
    Array("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\n\(extra)Content-Length: \(body.count)\r\n\r\n".utf8)
        + body
}

/// A length-delimited protobuf field.
private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(content.count)] + content }

private func remoteWrite(_ value: Double) -> [UInt8] {
    let name = field(1, field(1, Array("__name__".utf8)) + field(2, Array("m".utf8)))
    let job = field(1, field(1, Array("job".utf8)) + field(2, Array("j".utf8)))
    let bits = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    let sample = field(2, [1 << 3 | 1] + bits + [2 << 3, 0x88, 0x27])
    return Snappy.compress(field(1, name + job + sample) + field(3, [8, 1]))
}

@Suite(.timeLimit(.minutes(10)))
struct IngestServerTests {
    @Test(
        "Each line protocol arrives, in pieces of any size",
        arguments: [
            ("<13>1 2026-11-23T13:51:48.5+00:00 vm haproxy 1 - - hello\n<13>Nov 23 13:51:48 vm nginx: two\n", ["hello", "two"]),
            ("7 <11>a\nb<12>three\u{0}", ["a\nb", "three"]),
            ("{\"time\":\"2026-11-23T13:51:48Z\",\"level\":\"WARN\",\"app\":\"x\",\"msg\":\"m\"}\nnot json\n", nil),
            ("plain one\nplain two", ["plain one", "plain two"]),
        ], [1, 7, 10_000])
    func lines(_ talk: (text: String, expected: [String]?), pieces: Int) async throws {
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            try await TestClient.connected(to: port) { client in
                try await client.send(Array(talk.text.utf8), pieces: pieces)
                client.finish()
                _ = await client.receiveAll()
            }
            await sink.waitFor(2)
        }
        #expect(sink.rows.map(\.line) == talk.expected ?? talk.text.split(separator: "\n").map(String.init))
    }

    @Test("Streams are labelled by host, app, level and role")
    func labels() async throws {
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            try await TestClient.connected(to: port) { client in
                try await client.send(Array("<11>1 2026-11-23T13:51:48.5Z vm haproxy 1 - - hello\n".utf8))
                client.finish()
                _ = await client.receiveAll()
            }
            await sink.waitFor(1)
        }
        #expect(sink.rows.first?.labels == ["host": "vm", "app": "haproxy", "level": "error", "role": "lb"])
        // Plain syslog repeats nothing: equal lines are as many events.
        #expect(sink.rows.first?.metadata == .empty)
    }

    @Test("RELP messages are acknowledged after the sink has them")
    func relp() async throws {
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            try await TestClient.connected(to: port) { client in
                try await client.send(Array("1 open 14 relp_version=0\n".utf8))
                #expect(await client.receive(until: "commands=syslog\n").hasPrefix("1 rsp 61 200 OK"))
                try await client.send(Array("2 syslog 9 <13>hello\n3 syslog 9 <13>again\n".utf8), pieces: 5)
                _ = await client.receive(until: "2 rsp 6 200 OK\n")
                _ = await client.receive(until: "3 rsp 6 200 OK\n")
                #expect(sink.rows.map(\.line) == ["hello", "again"])
                try await client.send(Array("4 close 0\n".utf8))
                #expect(await client.receiveAll() == "4 rsp 0\n0 serverclose 0\n")
            }
        }
    }

    @Test("A sink that fails gets no acknowledgement sent")
    func relpFailure() async throws {
        let sink = RecordingSink(failure: SinkError(.unavailable, "disk full"))
        try await withServer(sink) { port, _ in
            let all = try await TestClient.connected(to: port) { client in
                try await client.send(Array("1 open 14 relp_version=0\n2 syslog 9 <13>hello\n".utf8))
                return await client.receiveAll()
            }
            #expect(!all.contains("2 rsp"))
        }
        #expect(sink.attempts == 1 && sink.rows.isEmpty)
    }

    @Test("Remote-write keeps every bit, and metadata alone is welcome", arguments: [1, 50, 10_000])
    func remoteWriting(pieces: Int) async throws {
        let sink = RecordingSink()
        try await withServer(sink) { port, metrics in
            try await TestClient.connected(to: port) { client in
                try await client.send(
                    post("/api/v1/write", "application/x-protobuf", remoteWrite(SampleBatch.staleMarker)), pieces: pieces)
                #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204"))
                let metadata = Snappy.compress(field(3, [8, 1]))
                try await client.send(post("/api/v1/write", "application/x-protobuf", metadata), pieces: pieces)
                #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204"))
                try await client.send(post("/api/v1/write", "application/x-protobuf", [1, 2, 3]))
                #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400"))
            }
            #expect(metrics.value(Intake.samplesMetric, ["protocol": "remote_write"]) == 1)
        }
        #expect(sink.sources == ["127.0.0.1"])
        let found = try #require(sink.samples.first)
        #expect(found.labels == ["__name__": "m", "job": "j"])
        #expect(found.sample.timestamp == 5000)
        #expect(found.sample.value.bitPattern == SampleBatch.staleMarker.bitPattern)
    }

    @Test("Labels that stand behind or between samples are found all the same")
    func unorderedLabels() throws {
        func label(_ name: String, _ value: String) -> [UInt8] {
            field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
        }
        func sample(_ time: UInt8) -> [UInt8] { field(2, [1 << 3 | 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 2 << 3, time]) }
        let series = [
            label("__name__", "m") + label("a", "1") + sample(1) + sample(2),
            sample(1) + label("__name__", "m") + sample(2) + label("a", "1"),
            label("__name__", "m") + sample(1) + label("a", "1") + sample(2) + field(4, [8, 1]),
        ]
        let result = try RemoteWriteDecoder.decode(series.flatMap { field(1, $0) })
        #expect(
            result.batch.series.map { result.batch.labels(of: $0) } == Array(repeating: ["__name__": "m", "a": "1"], count: 3))
        #expect(result.batch.series.map { Array(result.batch.timestamps[$0.samples]) } == Array(repeating: [1, 2], count: 3))
        #expect(result.refused == ["bad_histogram": 1])
    }

    @Test("Loki pushes arrive as JSON and as protobuf")
    func loki() async throws {
        let sink = RecordingSink()
        let json = #"{"streams":[{"values":[["17","l\u00e9\n",{"k":"v"}],["18","two"]],"stream":{"app":"x"}}]}"#
        let entry = field(1, [8, 2, 16, 3]) + field(2, Array("line".utf8)) + field(3, field(1, [0x61]) + field(2, [0x62]))
        let protobuf = Snappy.compress(field(1, field(1, Array(#"{app="x", b="\"q\""}"#.utf8)) + field(2, entry)))
        try await withServer(sink) { port, _ in
            try await TestClient.connected(to: port) { client in
                for (type, body) in [("application/json; charset=utf-8", Array(json.utf8)), ("application/x-protobuf", protobuf)]
                {
                    try await client.send(post("/loki/api/v1/push", type, body, extra: "X-Scope-OrgID: t\r\n"))
                    #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204"))
                }
                try await client.send(post("/loki/api/v1/push", "application/json", Array("{\"streams\":[{}]}".utf8)))
                #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400"))
            }
        }
        #expect(sink.rows.map(\.line) == ["lé\n", "two", "line"])
        #expect(sink.rows.map(\.timestamp) == [17, 18, 2_000_000_003])
        #expect(sink.rows.map(\.metadata) == [["k": "v"], .empty, ["a": "b"]])
        #expect(sink.rows.last?.labels == ["app": "x", "b": "\"q\""])
    }

    @Test("A pushed time that is far ahead is not believed: the entry would outlive every retention")
    func farAhead() async throws {
        let sink = RecordingSink()
        let now = Intake.now()
        let near = now + 600_000_000_000
        let body = #"{"streams":[{"stream":{"app":"x"},"values":[["\#(near)","near"],["\#(Int64.max)","far"]]}]}"#
        try await withServer(sink) { port, metrics in
            try await TestClient.connected(to: port) { client in
                try await client.send(post("/loki/api/v1/push", "application/json", Array(body.utf8)))
                #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204"))
            }
            #expect(metrics.value(Intake.redatedMetric, ["source": "127.0.0.1"]) == 1)
        }
        #expect(sink.rows.first?.timestamp == near)
        let far = try #require(sink.rows.last?.timestamp)
        #expect(far >= now && far <= Intake.now())
    }

    @Test(
        "A sink's refusal is told by status",
        arguments: [(SinkError.Code.overloaded, "429"), (.unavailable, "503"), (.invalid, "400")])
    func statuses(code: SinkError.Code, status: String) async throws {
        let sink = RecordingSink(failure: SinkError(code, "no"))
        try await withServer(sink) { port, metrics in
            try await TestClient.connected(to: port) { client in
                try await client.send(post("/api/v1/write", "application/x-protobuf", remoteWrite(1)))
                #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 \(status)"))
            }
            #expect(metrics.value(Intake.refusedMetric, ["reason": "http_\(status)", "source": "127.0.0.1"]) == 1)
        }
    }

    @Test("Bodies over the limit are refused with 413, compressed or not")
    func tooLarge() async throws {
        let sink = RecordingSink()
        try await withServer(sink, { $0.maximumBodyBytes = 100 }) { port, _ in
            let bomb = Snappy.compress([UInt8](repeating: 0, count: 100_000))
            for body in [[UInt8](repeating: 65, count: 150), Array(bomb.prefix(90))] {
                try await TestClient.connected(to: port) { client in
                    try await client.send(post("/api/v1/write", "application/x-protobuf", body))
                    #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
                }
            }
        }
    }

    @Test("Readiness and own metrics are answered on the port")
    func own() async throws {
        try await withServer(RecordingSink()) { port, metrics in
            metrics.add("magewatch_x_total", ["a": "b"], by: 2)
            try await TestClient.connected(to: port) { client in
                try await client.send(Array("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
                #expect(await client.receive(until: "ready\n").hasPrefix("HTTP/1.1 200"))
                try await client.send(Array("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
                #expect(
                    await client.receive(until: "magewatch_x_total{a=\"b\"} 2\n").contains("# TYPE magewatch_x_total counter"))
            }
        }
    }

    @Test("What is not spoken is refused by name and counted")
    func refused() async throws {
        try await withServer(RecordingSink()) { port, metrics in
            let answer = try await TestClient.connected(to: port) { client in
                try await client.send([0x16, 3, 1, 0, 5, 1])
                return await client.receiveAll()
            }
            #expect(answer.contains("does not speak tls"))
            #expect(metrics.value(Intake.refusedMetric, ["reason": "tls", "source": "127.0.0.1"]) == 1)
        }
    }

    @Test("A line over the limit is cut, marked and counted; the next one is whole")
    func cut() async throws {
        let sink = RecordingSink()
        try await withServer(sink, { $0.maximumLineBytes = 20 }) { port, metrics in
            try await TestClient.connected(to: port) { client in
                try await client.send(Array((String(repeating: "x", count: 50) + "\nnext\n").utf8), pieces: 9)
                client.finish()
                _ = await client.receiveAll()
            }
            await sink.waitFor(2)
            #expect(metrics.value(Intake.cutMetric, ["source": "127.0.0.1"]) == 1)
        }
        #expect(sink.rows.map(\.line) == [String(repeating: "x", count: 14) + " [cut]", "next"])
    }

    @Test("Datagrams are taken on the same number")
    func datagrams() async throws {
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            for text in ["<11>hello\0", "{\"a\":1}", "raw text"] {
                try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: text)))
            }
            await sink.waitFor(3)
            try await channel.close()
        }
        #expect(sink.rows.map(\.line) == ["hello", "{\"a\":1}", "raw text"])
    }

    @Test("A port in use is an error that names it")
    func portInUse() async throws {
        try await withServer(RecordingSink()) { port, _ in
            let error = await #expect(throws: IngestError.self) {
                try await withServer(RecordingSink(), { $0.port = port }) { _, _ in }
            }
            #expect(error?.code == .portInUse)
            #expect(error?.message.contains("port \(port)") == true)
        }
    }

    @Test("Connections beyond the limit are turned away and counted")
    func tooMany() async throws {
        try await withServer(RecordingSink(), { $0.maximumConnections = 1 }) { port, metrics in
            try await TestClient.connected(to: port) { first in
                try await first.send(Array("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
                _ = await first.receive(until: "ready\n")
                _ = try await TestClient.connected(to: port) { second in await second.receiveAll() }
                #expect(metrics.value(Intake.refusedMetric, ["reason": "too_many_connections", "source": "127.0.0.1"]) == 1)
            }
        }
    }
}
