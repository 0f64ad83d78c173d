import PromQL
import Synchronization
import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct PrometheusRoutesTests {
    static let seconds = Scene.now / 1000

    @Test("An instant query answers in Prometheus' envelope, by GET and by form alike")
    func instant() async throws {
        let scene = Scene()
        let got = try await scene.get("/api/v1/query?query=" + Scene.encoded(#"up{job="web"}"#))
        #expect(got.status == 200)
        #expect(got.contentType.hasPrefix("application/json"))
        #expect(
            try got.json == [
                "status": "success",
                "data": [
                    "resultType": "vector",
                    "result": [
                        ["metric": ["__name__": "up", "job": "web", "host": "web1"], "value": [1_700_000_000, "1"]]
                    ],
                ],
            ])
        let posted = try await scene.post(form: [("query", #"up{job="web"}"#)], to: "/api/v1/query")
        #expect(posted.text == got.text)
    }

    @Test("Grafana's health check gets its 2")
    func health() async throws {
        let answer = try await Scene().post(form: [("query", "1+1"), ("time", "\(Self.seconds)")], to: "/api/v1/query")
        #expect(try answer.json["data"] == ["resultType": "scalar", "result": [1_700_000_000, "2"]])
    }

    @Test(
        "Times are float seconds or RFC 3339",
        arguments: [
            ("1700000000", 1_700_000_000), ("1700000000.123", 1_700_000_000.123), ("1.7e9", 1_700_000_000),
            ("2023-11-14T22:13:20Z", 1_700_000_000), ("2023-11-14T22:13:20.5Z", 1_700_000_000.5),
            ("2023-11-15T00:13:20+02:00", 1_700_000_000), ("0", 0), ("-0.5", -0.5), ("1900-01-01T00:00:00Z", -2_208_988_800),
        ] as [(String, Double)])
    func times(text: String, seconds: Double) async throws {
        let answer = try await Scene().get("/api/v1/query?query=time()&time=" + Scene.encoded(text))
        #expect(try answer.json["data", "result", 0] == .number(seconds), "\(answer.text)")
    }

    @Test(
        "A step is float seconds or a duration, and a range answers a matrix",
        arguments: ["60", "60.0", "1m", "60s", "60000ms", "0m60s"])
    func steps(step: String) async throws {
        let answer = try await Scene().get(
            "/api/v1/query_range?query=requests_total&start=\(Self.seconds - 120)&end=\(Self.seconds)&step=\(step)")
        #expect(
            try answer.json["data"] == [
                "resultType": "matrix",
                "result": [
                    [
                        "metric": ["__name__": "requests_total", "job": "web"],
                        "values": [[1_699_999_880, "480"], [1_699_999_940, "540"], [1_700_000_000, "600"]],
                    ]
                ],
            ])
    }

    @Test(
        "Numbers beyond JSON travel as texts",
        arguments: [
            ("0/0", "NaN"), ("1/0", "+Inf"), ("-1/0", "-Inf"), ("1e300", "1e+300"), ("0.1", "0.1"), ("1e-7", "1e-07"),
            ("123456789012", "123456789012"), ("-0.25", "-0.25"),
        ])
    func numbers(query: String, text: String) async throws {
        let answer = try await Scene().get("/api/v1/query?query=" + Scene.encoded(query))
        #expect(Self.value(try answer.json["data", "result", 1])?.isEqual(Double(text)!) == true, "\(answer.text)")
    }

    private static func value(_ json: JSON?) -> Double? {
        guard case .string(let text)? = json else { return nil }
        return Double(text)
    }

    @Test(
        "A request that can't be answered is told why, with its status",
        arguments: [
            ("/api/v1/query", 400, "bad_data"), ("/api/v1/query?query=sum(", 400, "bad_data"),
            ("/api/v1/query?query=nosuch(up)", 400, "bad_data"), ("/api/v1/query?query=up&time=soon", 400, "bad_data"),
            ("/api/v1/query?query=up&time=1e300", 400, "bad_data"), ("/api/v1/query?query=up&time=nan", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=0&end=1", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=2&end=1&step=1", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=0&end=1&step=0", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=0&end=1&step=-5", 400, "bad_data"),
            ("/api/v1/query_range?query=up&start=0&end=1e9&step=1", 422, "execution"),
            ("/api/v1/query?query=up%2Bon()up", 422, "execution"), ("/api/v1/series", 400, "bad_data"),
            ("/api/v1/series?match[]=up{", 400, "bad_data"), ("/api/v1/series?match[]=up&limit=-1", 400, "bad_data"),
            ("/api/v1/labels?start=2&end=1", 400, "bad_data"), ("/api/v1/format_query?query=)", 400, "bad_data"),
        ])
    func errors(uri: String, status: Int, type: String) async throws {
        let answer = try await Scene().get(uri)
        let json = try answer.json
        #expect(answer.status == status, "\(answer.text)")
        #expect(json["status"] == "error")
        #expect(json["errorType"] == .string(type))
        guard case .string(let message)? = json["error"] else {
            Issue.record("no message in \(answer.text)")
            return
        }
        #expect(!message.isEmpty)
    }

    @Test("A query that takes too long is 503, a store that fails is 500 or 503")
    func unavailable() async throws {
        var options = PromQLEngine.Options()
        options.deadline = .zero
        let late = try await Scene(options: options).get("/api/v1/query?query=sum(up)")
        #expect(late.status == 503, "\(late.text)")
        #expect(try late.json["errorType"] == "timeout")
        var series = SeriesInMemory()
        series.failure = SinkError(.unavailable, "the store is closed")
        let closed = try await Scene(series: series).get("/api/v1/labels")
        #expect(closed.status == 503)
        #expect(try closed.json["errorType"] == "unavailable")
        let failing = try await Scene(series: series).get("/api/v1/query?query=up")
        #expect(failing.status == 500, "\(failing.text)")
        #expect(try failing.json["errorType"] == "internal")
    }

    @Test("Series, label names and values are those of the selectors and times asked for")
    func metadata() async throws {
        let scene = Scene()
        let match = "match[]=" + Scene.encoded(#"up{job="web"}"#)
        let other = "match%5B%5D=requests_total"
        let series = try await scene.get("/api/v1/series?\(match)&\(other)")
        #expect(try series.json["data"]?.count == 2)
        let posted = try await scene.post(form: [("match[]", "up"), ("limit", "1")], to: "/api/v1/series")
        #expect(try posted.json["data"]?.count == 1)
        #expect(try await scene.get("/api/v1/labels").json["data"] == ["__name__", "host", "job"])
        #expect(try await scene.get("/api/v1/labels?\(other)").json["data"] == ["__name__", "job"])
        #expect(try await scene.get("/api/v1/labels?end=100").json["data"] == [])
        #expect(try await scene.get("/api/v1/label/job/values").json["data"] == ["db", "web"])
        #expect(try await scene.get("/api/v1/label/job/values?\(match)").json["data"] == ["web"])
        #expect(try await scene.get("/api/v1/label/%6Aob/values?limit=1").json["data"] == ["db"])
        #expect(try await scene.get("/api/v1/label/host/values").json["data"] == ["db+1/x y%", "web1"])
    }

    @Test("A query is formatted")
    func format() async throws {
        let answer = try await Scene().get("/api/v1/format_query?query=" + Scene.encoded("sum( rate(up[5m]))by(job)"))
        #expect(try answer.json["data"] == "sum by (job) (rate(up[5m]))")
    }

    @Test("Alerts, rules and targets have Prometheus' shapes")
    func state() async throws {
        let scene = Scene()
        scene.alerts.withLock {
            $0 = [
                Alert(
                    labels: ["alertname": "SiteDown", "job": "db"], annotations: ["summary": "down"], state: .firing, value: 0,
                    activeAt: Scene.now - 60_000, firedAt: Scene.now - 30_500)
            ]
        }
        let alert = try await scene.get("/api/v1/alerts").json["data", "alerts", 0]
        #expect(
            alert == [
                "labels": ["alertname": "SiteDown", "job": "db"], "annotations": ["summary": "down"], "state": "firing",
                "activeAt": "2023-11-14T22:12:20.000Z", "firedAt": "2023-11-14T22:12:49.500Z", "value": "0",
            ])
        let group = try await scene.get("/api/v1/rules").json["data", "groups", 0]
        #expect(group?["name"] == "sites")
        #expect(group?["interval"] == 15)
        #expect(group?["rules", 0, "type"] == "alerting")
        #expect(group?["rules", 0, "state"] == "firing")
        #expect(group?["rules", 0, "duration"] == 30)
        #expect(group?["rules", 0, "alerts", 0] == alert)
        #expect(group?["rules", 1, "type"] == "recording")
        #expect(group?["rules", 1, "query"] == "sum by (job) (up)")
        let target = try await scene.get("/api/v1/targets").json["data", "activeTargets", 0]
        #expect(target?["scrapeUrl"] == "http://10.0.0.1:9100/metrics")
        #expect(target?["health"] == "down")
        #expect(target?["lastError"] == "refused")
        #expect(try await scene.get("/api/v1/targets").json["data", "droppedTargets"] == [])
    }

    @Test("Build information names no features, so that Grafana takes the monitor for Prometheus")
    func build() async throws {
        let data = try await Scene().get("/api/v1/status/buildinfo").json["data"]
        #expect(data?["version"] != nil)
        #expect(data?["features"] == nil)
    }
}

extension Double {
    /// Equal, with NaN equal to itself.
    fileprivate func isEqual(_ other: Double) -> Bool { self == other || (isNaN && other.isNaN) }
}
