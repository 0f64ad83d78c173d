import Telemetry
import Testing

@testable import MonitorAPI

@Suite struct StateRoutesTests {
    @Test("Targets tell how their last scrape went, and can be chosen by job and state")
    func targets() async throws {
        let scene = Scene()
        let all = try await scene.get("/api/v1/targets").json["data", "activeTargets"]
        #expect(all?.count == 2)
        let node = all?[0]
        #expect(node?["scrapePool"] == "node" && node?["health"] == "down" && node?["lastError"] == "refused")
        #expect(node?["lastScrape"] == "2023-11-14T22:13:20.000Z" && node?["lastScrapeDuration"] == 0.25)
        #expect(node?["scrapeInterval"] == "15s" && node?["scrapeTimeout"] == "5s")
        #expect(node?["discoveredLabels", "__address__"] == "10.0.0.1:9100")
        #expect(node?["discoveredLabels", "__metrics_path__"] == "/metrics")
        #expect(all?[1, "health"] == "unknown" && all?[1, "discoveredLabels", "__metrics_path__"] == "/")
        #expect(try await scene.get("/api/v1/targets?scrapePool=agent").json["data", "activeTargets"]?.count == 1)
        #expect(try await scene.get("/api/v1/targets?state=dropped").json["data", "activeTargets"] == [])
        #expect(try await scene.get("/api/v1/scrape_pools").json["data"] == ["scrapePools": ["agent", "node"]])
    }

    @Test("Metadata is told by metric, each text once, within the limits")
    func metadata() async throws {
        let scene = Scene()
        let all = try await scene.get("/api/v1/metadata").json["data"]
        #expect(all?["up"] == [["type": "gauge", "help": "Up.", "unit": ""]])
        #expect(all?["requests_total"]?.count == 2)
        #expect(try await scene.get("/api/v1/metadata?limit=1").json["data"]?.count == 1)
        #expect(try await scene.get("/api/v1/metadata?limit_per_metric=1").json["data", "requests_total"]?.count == 1)
        #expect(try await scene.get("/api/v1/metadata?metric=up").json["data"]?.count == 1)
        #expect(try await scene.get("/api/v1/metadata?metric=none").json["data"] == [:])
    }

    @Test("Metadata is told by target")
    func targetMetadata() async throws {
        let scene = Scene()
        let uri = "/api/v1/targets/metadata"
        #expect(try await scene.get(uri).json["data"]?.count == 4)
        let one = try await scene.get(uri + "?metric=up&match_target=" + Scene.encoded(#"{job="one"}"#)).json["data"]
        #expect(one == [["target": ["job": "one"], "type": "gauge", "help": "Up.", "unit": ""]])
        #expect(try await scene.get(uri + "?limit=1").json["data"]?.count == 2)
        #expect(try await scene.get(uri + "?match_target=" + Scene.encoded("{")).status == 400)
    }

    @Test(
        "Rules are filtered by kind, name, group and file",
        arguments: [
            ("type=alert", ["SiteDown"]), ("type=record", ["job:up:sum"]), ("rule_name[]=SiteDown", ["SiteDown"]),
            ("rule_group[]=sites", ["SiteDown", "job:up:sum"]), ("rule_group[]=none", []), ("file[]=none", []),
            ("match[]=%7Bseverity%3D%22page%22%7D", ["SiteDown"]), ("", ["SiteDown", "job:up:sum"]),
        ])
    func rules(filter: String, names: [String]) async throws {
        let groups = try await Scene().get("/api/v1/rules?" + filter).json["data", "groups"]
        #expect(groups?.count == (names.isEmpty ? 0 : 1))
        guard case .array(let rules)? = groups?[0, "rules"] else { return #expect(names.isEmpty) }
        #expect(rules.map { $0["name"] } == names.map { .string($0) })
    }

    @Test("Groups of rules come page by page, alerts only where they are wanted")
    func pages() async throws {
        let scene = Scene()
        #expect(try await scene.get("/api/v1/rules?type=alerts").status == 400)
        let page = try await scene.get("/api/v1/rules?group_limit=1").json["data"]
        #expect(page?["groups"]?.count == 1 && page?["groupNextToken"] == nil)
        #expect(try await scene.get("/api/v1/rules?group_limit=1&group_next_token=gone").status == 400)
        let bare = try await scene.get("/api/v1/rules?exclude_alerts=true").json["data", "groups", 0, "rules", 0]
        #expect(bare?["state"] == "inactive" && bare?["alerts"] == nil)
    }

    @Test("The server tells its version, settings, configuration and replay")
    func status() async throws {
        let scene = Scene()
        func data(_ path: String) async throws -> JSON? { try await scene.get("/api/v1/status/" + path).json["data"] }
        #expect(try await data("buildinfo")?["revision"] == "0.9.9")
        let runtime = try await data("runtimeinfo")
        #expect(runtime?["startTime"] == "2023-11-14T22:12:20.000Z" && runtime?["serverTime"] == "2023-11-14T22:13:20.000Z")
        #expect(runtime?["timeSeriesCount"] == 3 && runtime?["reloadConfigSuccess"] == true)
        #expect(runtime?["storageRetention"] == "86400s" && runtime?["CWD"] == "/srv")
        let flags = try await data("flags")
        #expect(flags?["storage.tsdb.path"] == "data" && flags?["query.lookback-delta"] == "300s")
        #expect(flags?["web.enable-admin-api"] == "false")
        #expect(try await data("config") == ["yaml": "stack: shop\n"])
        #expect(try await data("walreplay") == ["min": 0, "max": 2, "current": 2, "state": "done"])
        let receivers = try await scene.get("/api/v1/alertmanagers").json["data"]
        #expect(receivers == ["activeAlertmanagers": [["url": "http://hooks.example"]], "droppedAlertmanagers": []])
        #expect(try await scene.get("/api/v1/notifications").json["data"] == [])
        #expect(try await scene.get("/api/v1/notifications/live").status == 204)
        #expect(try await scene.get("/api/v1/features").json["data", "api", "admin"] == false)
        for path in ["/-/healthy", "/-/ready"] { #expect(try await scene.get(path).status == 200) }
    }

    @Test("Cardinality is counted by metric, label and pair")
    func cardinality() async throws {
        let scene = Scene()
        let data = try await scene.get("/api/v1/status/tsdb").json["data"]
        #expect(data?["headStats", "minTime"] == .number(Double(Scene.now - 120_000)))
        #expect(data?["headStats", "numSeries"] == 3 && data?["headStats", "chunkCount"] == 3)
        #expect(
            data?["seriesCountByMetricName"] == [["name": "up", "value": 2], ["name": "requests_total", "value": 1]])
        #expect(data?["seriesCountByLabelValuePair", 0] == ["name": "__name__=up", "value": 2])
        #expect(data?["labelValueCountByLabelName", 0] == ["name": "__name__", "value": 2])
        #expect(data?["memoryInBytesByLabelName", 0] == ["name": "__name__", "value": 16])
        #expect(try await scene.get("/api/v1/status/tsdb?limit=1").json["data", "seriesCountByMetricName"]?.count == 1)
        for limit in ["0", "-1", "10001", "x"] {
            #expect(try await scene.get("/api/v1/status/tsdb?limit=\(limit)").status == 400, "\(limit)")
        }
    }

    @Test(
        "Escaped names in a path are the names they stand for",
        arguments: [
            ("U__http_2e_status", "http.status"), ("U__a__b", "a_b"), ("job", "job"), ("U__x_20ac_", "x€"),
            ("U__broken_2", "U__broken_2"), ("U__broken_zz_", "U__broken_zz_"), ("U__", ""),
        ])
    func escape(escaped: String, name: String) {
        #expect(LabelNameEscape.decode(escaped) == name)
    }
}
