import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct LokiRoutesTests {
    static let start = Scene.nowNanoseconds - 10_000_000_000

    private func range(_ query: String, _ more: String = "") -> String {
        "/loki/api/v1/query_range?query=\(Scene.encoded(query))&start=\(Self.start)&end=\(Scene.nowNanoseconds)" + more
    }

    @Test("A log query answers streams with nanoseconds as texts, the newest first")
    func streams() async throws {
        let answer = try await Scene().get(range(#"{app="web"}"#))
        let data = try #require(try answer.json["data"])
        #expect(data["resultType"] == "streams")
        #expect(data["result", 0, "stream"] == ["app": "web"])
        #expect(data["result", 0, "values", 0] == ["1699999999000000001", "quote \" back \\ tab \t"])
        #expect(data["result", 0, "values"]?.count == 3)
        #expect(data["stats"] != nil)
        let forward = try await Scene().get(range(#"{app="web"}"#, "&direction=FORWARD&limit=1"))
        #expect(try forward.json["data", "result", 0, "values"] == [["1699999997000000001", "GET /a 200"]])
    }

    @Test("A line that is no text still gives valid JSON")
    func invalidLines() async throws {
        let answer = try await Scene().get(range(#"{app="db"}"#))
        #expect(String(validating: answer.body, as: UTF8.self) != nil)
        let line = try answer.json["data", "result", 0, "values", 0, 1]
        #expect(line == "a\u{fffd}\u{fffd}\u{0}\u{1f}\u{fffd}")
    }

    @Test("Metric queries answer a matrix or a vector, with seconds", arguments: ["5", "5s", "5000ms"])
    func metrics(step: String) async throws {
        let scene = Scene()
        let query = #"sum(count_over_time({app="web"}[10s]))"#
        let matrix = try await scene.get(range(query, "&step=\(step)"))
        #expect(try matrix.json["data", "resultType"] == "matrix")
        #expect(try matrix.json["data", "result", 0] == ["metric": [:], "values": [[1_700_000_000, "3"]]])
        let vector = try await scene.get(
            "/loki/api/v1/query?query=\(Scene.encoded(query))&time=\(Scene.nowNanoseconds)")
        #expect(try vector.json["data", "resultType"] == "vector")
        #expect(try vector.json["data", "result"] == [["metric": [:], "value": [1_700_000_000, "3"]]])
    }

    @Test("Grafana's step of 30000ms and its health check are understood")
    func grafana() async throws {
        let scene = Scene()
        let health = try await scene.get(
            "/loki/api/v1/query?direction=backward&query=vector(1)%2Bvector(1)&time=\(Scene.nowNanoseconds)")
        #expect(try health.json["data", "result"] == [["metric": [:], "value": [1_700_000_000, "2"]]])
        let stepped = try await scene.get(range(#"rate({app="web"}[1m])"#, "&step=30000ms"))
        #expect(stepped.status == 200, "\(stepped.text)")
        let tail = try await scene.get("/loki/api/v2alpha/tail?query=" + Scene.encoded(#"{app="web"}"#))
        #expect(tail.status == 404)
    }

    @Test(
        "Times are nanoseconds, seconds or RFC 3339",
        arguments: [
            "1700000000000000000", "1700000000", "1700000000.0", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000000000Z",
        ])
    func times(text: String) async throws {
        let answer = try await Scene().get("/loki/api/v1/query?query=vector(1)&time=" + Scene.encoded(text))
        #expect(try answer.json["data", "result", 0, "value", 0] == 1_700_000_000, "\(answer.text)")
    }

    @Test("Streams, label names and values, without times those of the last hour")
    func metadata() async throws {
        let scene = Scene()
        #expect(try await scene.get("/loki/api/v1/labels").json["data"] == ["app"])
        #expect(try await scene.get("/loki/api/v1/label").json["data"] == ["app"])
        #expect(try await scene.get("/loki/api/v1/label/app/values?since=1m").json["data"] == ["db", "web"])
        let match = Scene.encoded(#"{app=~"w.*"}"#)
        #expect(try await scene.get("/loki/api/v1/label/app/values?query=\(match)").json["data"] == ["web"])
        #expect(try await scene.get("/loki/api/v1/series?match[]=\(match)").json["data"] == [["app": "web"]])
        let posted = try await scene.post(form: [("match[]", #"{app="db"}"#)], to: "/loki/api/v1/series")
        #expect(try posted.json["data"] == [["app": "db"]])
        #expect(try await scene.get("/ready").text == "ready\n")
    }

    @Test(
        "What is out of bounds is refused, and nothing overflows",
        arguments: [
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&limit=50001", 400),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&limit=0", 400),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&limit=50000", 422),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&direction=up", 400),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&since=1e300", 400),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&since=-1", 400),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&start=9223372036854775807", 400),
            ("/loki/api/v1/query_range?query=vector(1)&start=-4600000000000000000&end=4600000000000000000&step=1", 422),
            ("/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&start=0001-01-01T00:00:00Z", 400),
            ("/loki/api/v1/query?query=%7Bapp%3D", 400), ("/loki/api/v1/query", 400),
            ("/loki/api/v1/query?query=vector(1)&time=-4600000000000000000", 200),
            ("/loki/api/v1/labels?query=%7B", 400),
        ])
    func limits(uri: String, status: Int) async throws {
        let answer = try await Scene().get(uri)
        #expect(answer.status == status, "\(answer.text)")
        #expect(try answer.json["status"] == (status == 200 ? "success" : "error"))
    }
}
