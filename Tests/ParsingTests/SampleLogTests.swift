import Foundation
import Parsing
import TestKit
import Testing

/// Logs of other people's programs: each line is a record, part of one, or of a program that has nothing to tell.
@Suite("Logs of other programs", .enabled(if: SharedMaterial.isPresent, "needs ../shared"))
struct SampleLogTests {
    private func readings(_ path: String) throws -> [String: Int] {
        let data = try Data(contentsOf: SharedMaterial.url("suites/waf/samples/\(path)"))
        var reader = LogRecordReader()
        var counts: [String: Int] = [:]
        for line in data.split(separator: 0x0a, omittingEmptySubsequences: false) where !line.isEmpty || path.contains("Native") {
            counts[kind(reader.take(Array(line)[...], program: [], stream: 1)), default: 0] += 1
        }
        return counts
    }

    private func kind(_ reading: LogRecordReader.Reading) -> String {
        switch reading {
        case .record(.access): "access"
        case .record(.service): "service"
        case .record(.audit): "audit"
        case .record(.error(let entry)): entry.ruleMessage == nil ? "error" : "rule"
        case .record(.connection): "connection"
        case .record(.slow): "slow"
        case .part: "part"
        case .silent: "silent"
        case .unknown: "unknown"
        }
    }

    @Test(
        "Every line is known for what it is",
        arguments: [
            ("nginx/generated_nginx122_combined.log", ["access"]), ("nginx/generated_nginx122_json.log", ["access"]),
            ("nginx/http_dos_random_uri.log", ["access"]), ("nginx/nginx-http-xss-probing.log", ["access"]),
            ("nginx/nginx-http-sqli-probing.log", ["access"]), ("nginx/nginx-http-path-traversal.log", ["access"]),
            ("apache/generated_combined.log", ["access"]), ("apache/generated_vhost_combined.log", ["access"]),
            ("apache/elastic_apache_combined_500.log", ["access"]), ("apache/apache2-logs.log", ["access", "error"]),
            ("apache/apache2-malformed.log", ["access"]), ("haproxy/generated_haproxy26_httplog_captures.log", ["access"]),
            ("haproxy/haproxy-logs.log", ["access", "error"]), ("modsec/apache_error_modsec2_crs334.log", ["error", "rule"]),
            ("modsec/modsecurity-logs.log", ["rule"]), ("modsec/modsecurity.log", ["rule"]),
            ("modsec/modsec_audit_v2_JSON.log", ["audit"]), ("modsec/modsec_audit_v3_JSON.log", ["audit"]),
            ("modsec/modsec_audit_v3_Native.log", ["audit", "part", "silent"]),
            ("modsec/modsec_audit_v2_Native.log", ["audit", "part", "silent"]),
            ("magento/magento-ccs.log", ["error"]), ("magento/magento-ccs-by-as.log", ["error"]),
            ("postfix/postfix-logs.log", ["service"]), ("postfix/postfix-sasl-bf.log", ["service"]),
            ("ssh/sshd-logs-fp.log", ["silent"]),
        ])
    func known(path: String, kinds: [String]) throws {
        let counts = try readings(path)
        print("\(path): \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
        #expect(!counts.isEmpty)
        for (kind, count) in counts where !kinds.contains(kind) { Issue.record("\(count) lines are \(kind)") }
    }
}
