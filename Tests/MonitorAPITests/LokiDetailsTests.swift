import HTTPTypes
import Hummingbird
import LogQL
import Telemetry
import Testing

@testable import MonitorAPI

/// Volumes, fields, patterns, forms and deletions of Loki's API.
@Suite struct LokiDetailsTests {
    /// Ten lines of logfmt a second apart up to now, one stream an application, with metadata.
    static func logs() -> MemoryLogSource {
        var logs = MemoryLogSource()
        for index in 0..<10 {
            let time = Scene.nowNanoseconds - Int64(10 - index) * 1_000_000_000
            let line = "status=\(index < 5 ? 200 : 500) took=\(index)ms"
            logs.append(
                ["app": index.isMultiple(of: 2) ? "web" : "db", "host": "s1"],
                LogRow(timestamp: time, line: Array(line.utf8)[...], metadata: ["trace": "t\(index)"]))
        }
        return logs
    }

    private func get(_ path: String, _ query: String = #"{host="s1"}"#, _ more: String = "") async throws -> Answer {
        try await Scene(logs: Self.logs()).get("/loki/api/v1/\(path)?query=\(Scene.encoded(query))" + more)
    }

    @Test("Statistics and volumes are told without reading lines")
    func volumes() async throws {
        #expect(try await get("index/stats").json == ["streams": 2, "chunks": 2, "bytes": 190, "entries": 10])
        #expect(try await get("index/stats", "{}").json["entries"] == 10)
        #expect(try await get("index/stats", #"{app="web"}"#).json["bytes"] == 95)
        let byHost = try await get("index/volume")
        #expect(
            try byHost.json["data"] == [
                "resultType": "vector", "result": [["metric": ["host": "s1"], "value": [1_700_000_000, "190"]]],
            ])
        let byApp = try await get("index/volume", #"{host="s1"}"#, "&targetLabels=app&limit=1")
        #expect(try byApp.json["data", "result"]?.count == 1)
        let byName = try await get("index/volume", #"{host="s1"}"#, "&aggregateBy=labels&targetLabels=app,host")
        #expect(try byName.json["data", "result", 0, "metric"] == ["app": ""])
        let range = try await get("index/volume_range", #"{app="web"}"#, "&since=10s&step=4s")
        #expect(
            try range.json["data"] == [
                "resultType": "matrix",
                "result": [
                    [
                        "metric": ["app": "web"],
                        "values": [[1_699_999_990, "38"], [1_699_999_994, "38"], [1_699_999_998, "19"]],
                    ]
                ],
            ])
        #expect(try await get("index/volume_range", "{}", "&start=0&end=1700000000&step=1").status == 400)
        #expect(try await get("index/volume", "{}", "&aggregateBy=nothing").status == 400)
    }

    @Test("Labels and fields are detected, with what their values are")
    func fields() async throws {
        #expect(
            try await get("detected_labels").json == [
                "detectedLabels": [["label": "app", "cardinality": 2], ["label": "host", "cardinality": 1]]
            ])
        let found = try await get("detected_fields").json
        #expect(
            found["fields"] == [
                ["label": "status", "type": "int", "cardinality": 2, "parsers": ["logfmt"]],
                ["label": "took", "type": "duration", "cardinality": 10, "parsers": ["logfmt"]],
                ["label": "trace", "type": "string", "cardinality": 10, "parsers": .null],
            ])
        #expect(try await get("detected_fields", #"{host="s1"}"#, "&line_limit=3").json["fields", 1, "cardinality"] == 3)
        #expect(try await get("detected_field/status/values").json["values"] == ["500", "200"])
        #expect(try await get("detected_field/none/values").json["values"] == [])
        #expect(try await get("detected_fields", "vector(1)").status == 400)
    }

    @Test("Patterns are counted by steps")
    func patterns() async throws {
        let answer = try await get("patterns", #"{app="web"}"#, "&since=10s&step=5s")
        #expect(
            try answer.json["data"] == [
                ["pattern": "status=<_> took=<_>", "samples": [[1_699_999_990, 3], [1_699_999_995, 2]]]
            ])
        #expect(try await get("patterns", "vector(1)").status == 400)
    }

    @Test("A query's one form is told")
    func form() async throws {
        let answer = try await get("format_query", #"sum( rate({a="b"}|="x"[5m]))"#)
        #expect(try answer.json == ["status": "success", "data": #"sum(rate({a="b"} |= "x" [5m]))"#])
        #expect(try await get("format_query", "{").status == 400)
    }

    @Test("Labels stand apart by origin where the header asks for it, and statistics say what was read")
    func categories() async throws {
        let scene = Scene(logs: Self.logs())
        let name = try #require(HTTPField.Name("X-Loki-Response-Encoding-Flags"))
        let uri = "/loki/api/v1/query_range?limit=1&query=" + Scene.encoded(#"{app="web"} | logfmt status"#)
        let apart = try await scene.send(.get, uri, headers: [name: "categorize-labels"]).json
        #expect(apart["data", "encodingFlags"] == ["categorize-labels"])
        #expect(apart["data", "result", 0, "stream"] == ["app": "web", "host": "s1"])
        #expect(
            apart["data", "result", 0, "values", 0, 2] == [
                "structuredMetadata": ["trace": "t8"], "parsed": ["status": "500"],
            ])
        let together = try await scene.get(uri).json
        #expect(together["data", "encodingFlags"] == nil)
        #expect(together["data", "result", 0, "stream"] == ["app": "web", "host": "s1", "status": "500", "trace": "t8"])
        #expect(together["data", "result", 0, "values", 0]?.count == 2)
        #expect(together["data", "stats", "summary", "totalLinesProcessed"] == 3)
        #expect(together["data", "stats", "summary", "totalEntriesReturned"] == 1)
    }

    @Test("Deletions are asked for, listed and withdrawn, where that is allowed and never by a web page")
    func deletions() async throws {
        let scene = Scene(store: RecordingStore())
        let uri = "/loki/api/v1/delete?start=1600000000&query=" + Scene.encoded(#"{app="web"}"#)
        #expect(try await scene.send(.post, uri).status == 204)
        let listed = try await scene.get("/loki/api/v1/delete").json
        #expect(
            listed == [
                [
                    "request_id": "d1", "query": #"{app="web"}"#, "status": "received", "start_time": 1_600_000_000,
                    "end_time": 1_700_000_000, "created_at": 1_700_000_000,
                ]
            ])
        #expect(try await scene.send(.delete, "/loki/api/v1/delete?request_id=d9").status == 404)
        #expect(try await scene.send(.delete, "/loki/api/v1/delete?request_id=d1").status == 204)
        #expect(try await scene.get("/loki/api/v1/delete").json == [])
        #expect(try await scene.send(.post, uri + "&end=1").status == 400)
        #expect(try await scene.send(.post, "/loki/api/v1/delete?query=" + Scene.encoded(#"{app="web"}"#)).status == 400)
        #expect(try await scene.send(.post, uri, headers: [.origin: "http://evil.example"]).status == 400)
        #expect(try await Scene().send(.post, uri).status == 503)
    }
}
