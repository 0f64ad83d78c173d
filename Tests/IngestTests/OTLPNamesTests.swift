import Testing

@testable import Ingest

@Suite struct OTLPNamesTests {
    @Test(
        "Metrics are named as Prometheus names them",
        arguments: [
            ("system.memory.usage", "By", OTLPMetrics.Shape.sum, false, "system_memory_usage_bytes"),
            ("http.server.duration", "ms", .histogram, false, "http_server_duration_milliseconds"),
            ("http.server.requests", "{request}", .sum, true, "http_server_requests_total"),
            ("requests_total", "1", .sum, true, "requests_total"), ("total.requests", "", .sum, true, "requests_total"),
            ("cpu.utilization", "1", .gauge, false, "cpu_utilization_ratio"), ("cpu.percent", "%", .gauge, false, "cpu_percent"),
            ("disk.io", "By/s", .gauge, false, "disk_io_bytes_per_second"),
            ("speed", "m/s", .gauge, false, "speed_meters_per_second"),
            ("request_duration_seconds", "s", .gauge, false, "request_duration_seconds"), ("2xx", "", .gauge, false, "_2xx"),
            ("a..b__c-d", "", .gauge, false, "a_b_c_d"), ("job:x", "", .gauge, false, "job:x"),
            ("t", "foo", .gauge, false, "t_foo"),
            ("rate", "1/s", .gauge, false, "rate_per_second"), ("é.x", "", .gauge, false, "x"),
            ("x", " ms ", .gauge, false, "x_milliseconds"),
        ] as [(String, String, OTLPMetrics.Shape, Bool, String)])
    func metrics(name: String, unit: String, shape: OTLPMetrics.Shape, isMonotonic: Bool, expected: String) {
        #expect(OTLPNames.metric(name, unit: unit, shape: shape, isMonotonic: isMonotonic) == expected)
    }

    @Test(
        "Labels are named as Prometheus names them",
        arguments: [
            ("http.method", "http_method"), ("0day", "key_0day"), ("_private", "key_private"), ("__name", "__name"),
            ("a b", "a_b"),
            ("ok_1", "ok_1"), ("é", "key_"), ("", ""),
        ])
    func labels(name: String, expected: String) {
        #expect(OTLPNames.label(name) == expected)
    }
}
