import Compression
import Telemetry
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(10))) struct OTLPRoutesTests {
    private func send(
        _ body: [UInt8], type: String, path: String = "/v1/metrics", extra: String = "", to sink: RecordingSink,
        _ change: (inout IngestServer.Options) -> Void = { _ in }, check: (SelfMetrics) -> Void = { _ in }
    ) async throws -> String {
        var answer = ""
        try await withServer(sink, change) { port, metrics in
            answer = try await TestClient.connected(to: port) { client in
                let head =
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\n\(extra)Content-Length: \(body.count)\r\n"
                    + "Connection: close\r\n\r\n"
                try await client.send(Array(head.utf8) + body)
                return await client.receiveAll()
            }
            check(metrics)
        }
        return answer
    }

    @Test(
        "Exports are taken on both paths, in both forms, packed or not; the answer has the request's form",
        arguments: ["/v1/metrics", "/api/v1/otlp/v1/metrics"], [true, false])
    func taken(path: String, isPacked: Bool) async throws {
        for (type, body) in [
            ("application/json", Array(OTLPExport.json.utf8)), ("application/x-protobuf", OTLPExport.protobuf),
        ] {
            let sink = RecordingSink()
            let packed = isPacked ? try #require(Gzip.compress(body)) : body
            let extra = isPacked ? "Content-Encoding: gzip\r\n" : ""
            let answer = try await send(packed, type: type, path: path, extra: extra, to: sink) { _ in
            } check: { metrics in
                #expect(metrics.value(Intake.samplesMetric, ["protocol": "otlp"]) == 12)
            }
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Content-Type: \(type)\r\n"), "\(answer)")
            #expect(answer.hasSuffix(type == "application/json" ? "\r\n\r\n{}" : "\r\n\r\n"), "\(answer)")
            #expect(Set(sink.samples.map(\.labels)) == Set(OTLPExport.expected.keys))
            #expect(sink.sources == ["127.0.0.1"])
        }
    }

    @Test("What is refused for good is told in an answer of success, with what to do about it")
    func partial() async throws {
        let json = #"""
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","sum":{"aggregationTemporality":1,
            "dataPoints":[{"timeUnixNano":"1","asInt":"1"},{"timeUnixNano":"2","asInt":"1"}]}},
            {"name":"b","gauge":{"dataPoints":[{"timeUnixNano":"1000000000","asInt":1}]}}]}]}]}
            """#
        let sink = RecordingSink()
        let answer = try await send(Array(json.utf8), type: "application/json", to: sink) { _ in
        } check: { metrics in
            #expect(metrics.value(Intake.refusedMetric, ["reason": "delta_temporality", "source": "127.0.0.1"]) == 2)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains(#""rejectedDataPoints":"2""#) && answer.contains("cumulative temporality"), "\(answer)")
        #expect(sink.samples.map(\.labels) == [["__name__": "b"]])
    }

    @Test(
        "What can't be read is 400 with a status in the request's form",
        arguments: [("application/json", "{\"resourceMetrics\":[{]}"), ("application/x-protobuf", "\u{ff}\u{ff}")])
    func broken(type: String, body: String) async throws {
        let answer = try await send(Array(body.utf8), type: type, to: RecordingSink())
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("Content-Type: \(type)\r\n"), "\(answer)")
        if type.hasSuffix("json") { #expect(answer.contains(#"{"code":3,"message":"the body is no JSON"#), "\(answer)") }
    }

    @Test("Other types are 415, an export that unfolds too far is 413, a busy store 429")
    func statuses() async throws {
        let body = OTLPExport.protobuf
        #expect(try await send(body, type: "text/plain", to: RecordingSink()).hasPrefix("HTTP/1.1 415"))
        let busy = RecordingSink(failure: SinkError(.overloaded, "no"))
        let answer = try await send(body, type: "application/x-protobuf", to: busy)
        #expect(answer.hasPrefix("HTTP/1.1 429") && answer.contains("Retry-After: 1"))
        let points = Array(repeating: "{}", count: 10_000).joined(separator: ",")
        let json = #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":["# + points + "]}}]}]}]}"
        let large = try await send(Array(json.utf8), type: "application/json", to: RecordingSink()) { options in
            options.maximumBodyBytes = json.utf8.count
        }
        #expect(large.hasPrefix("HTTP/1.1 413"), "\(large)")
    }
}
