import Foundation
import TestKit
import Testing

@Suite("The metrics of a monitor", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct MetricsAPITests {
    @Test("What is exported over OTLP is asked for in PromQL, federated, and gone through by the status pages")
    func openTelemetry() async throws {
        let monitor = try await MonitorProcess()
        let address = monitor.address
        let now = UInt64(Date().timeIntervalSince1970 * 1e9)
        let export = """
            {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},
              {"key":"host.name","value":{"stringValue":"h1"}}]},
              "scopeMetrics":[{"metrics":[{"name":"http.requests","unit":"{request}","sum":{"aggregationTemporality":2,"isMonotonic":true,
              "dataPoints":[{"timeUnixNano":"\(now)","asInt":"42","attributes":[{"key":"http.method","value":{"stringValue":"GET"}}]}]}}]}]}]}
            """
        let taken = try await address.post(address.ingest + "/v1/metrics", Array(export.utf8))
        #expect(taken.status == 200 && taken.text == "{}", "\(taken.text)")
        #expect(try await address.value("http_requests_total{job=\"shop\",http_method=\"GET\"}") == 42)
        #expect(try await address.value("target_info{job=\"shop\",host_name=\"h1\"}") == 1)
        let federated = try await address.get(address.api + "/federate", ["match[]": "{job=\"shop\"}"])
        #expect(
            federated.text.contains("http_requests_total{http_method=\"GET\",job=\"shop\",instance=\"\"} 42 "),
            "\(federated.text)")
        let counted = try await address.get(address.api + "/api/v1/status/tsdb", ["limit": "100"])
        #expect(counted.text.contains("{\"name\":\"job=shop\",\"value\":2}"), "\(counted.text)")
        try await monitor.stop()
    }

    @Test("A native histogram is kept over a restart, asked for in PromQL and listed by the stats")
    func histograms() async throws {
        let monitor = try await MonitorProcess()
        let now = UInt64(Date().timeIntervalSince1970 * 1e9)
        let export = """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"wait","unit":"s","exponentialHistogram":{
              "aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"\(now)","count":"7","sum":21,"scale":0,
                "positive":{"offset":0,"bucketCounts":["4","0","3"]}}]}}]}]}]}
            """
        let taken = try await monitor.address.post(monitor.address.ingest + "/v1/metrics", Array(export.utf8))
        #expect(taken.status == 200 && taken.text == "{}", "\(taken.text)")
        try await monitor.crash()
        try await monitor.start()
        let address = monitor.address
        #expect(try await address.value("histogram_count(wait_seconds)") == 7)
        #expect(try await address.value("histogram_sum(wait_seconds)") == 21)
        // Three of seven lie above 4, up to 8.
        #expect(try await address.value("histogram_fraction(4, 8, wait_seconds)") == 3.0 / 7)
        let shown = try await address.get(address.api + "/api/v1/query", ["query": "wait_seconds"])
        #expect(shown.text.contains(#""histogram":"#) && shown.text.contains(#""count":"7""#), "\(shown.text)")
        let stats = try await monitor.command("metrics", "stats", "--top", "200")
        #expect(stats.status == 0 && stats.output.contains("1 wait_seconds"), "\(stats)")
        try await monitor.stop()
    }

    @Test("Targets tell whether their last scrape went well and why not, and orders to the store need leave")
    func targets() async throws {
        let exporter = try await MonitorProcess()
        let url = exporter.address.ingest
        let monitor = try await MonitorProcess(
            """
            agent: { enabled: false }
            scrape: { interval: 1s, timeout: 1s, targets: [{ job: up, url: "\(url)/metrics" }, { job: down, url: "\(url)/none" }] }

            """)
        let address = monitor.address
        let text = try await eventually("the state of both targets") {
            let text = try await address.get(address.api + "/api/v1/targets").text
            return text.contains("\"health\":\"up\"") && text.contains("\"health\":\"down\"") ? text : nil
        }
        #expect(text.contains("answered 404") && text.contains("\"scrapeInterval\":\"1s\""), "\(text)")
        let metadata = try await address.get(address.api + "/api/v1/metadata", ["metric": "magewatch_metric_store_series"])
        #expect(metadata.text.contains(#""type":"gauge","help":"Series in memory.""#), "\(metadata.text)")
        let refused = try await address.post(address.api + "/api/v1/admin/tsdb/snapshot", [])
        #expect(refused.status == 503 && refused.text.contains("api.admin"), "\(refused.text)")
        try await monitor.stop()
        try await exporter.stop()
    }
}
