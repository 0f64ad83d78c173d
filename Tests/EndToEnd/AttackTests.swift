import Foundation
import Testing

@Suite("Attacks", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct AttackTests {
    @Test("Access lines become request counters, and who attacks becomes an offender and an alert")
    func offender() async throws {
        let monitor = try await MonitorProcess()
        let address = monitor.address
        let sender = try LineSender(port: address.ingestPort)
        for number in 0..<20 { try sender.send(access("198.51.100.20", "GET /page/\(number) HTTP/1.1", 200)) }
        let attacks = [
            "GET /index.php?id=1%27%20UNION%20SELECT%20password%20FROM%20users-- HTTP/1.1",
            "GET /../../../../etc/passwd HTTP/1.1",
        ]
        for attack in attacks { try sender.send(access("203.0.113.66", attack, 404)) }
        for _ in 0..<30 { try sender.send(access("203.0.113.66", "POST /wp-login.php HTTP/1.1", 200)) }
        #expect(sender.finish().isEmpty)

        try await eventually("the requests' counter") {
            try await address.value("sum(magewatch_http_requests_total{role=\"web\"})") == 52 ? true : nil
        }
        #expect(try await address.value("sum(magewatch_http_errors_total)") != nil)
        let offenders = try await eventually("the offender's score") { () -> [MonitorAddress.Series]? in
            let found = try await address.series("magewatch_waf_offender_score >= 100")
            return found.isEmpty ? nil : found
        }
        #expect(Set(offenders.compactMap { $0.metric["address"] }) == ["203.0.113.66"])
        let alert = try await eventually("the alert") { try await firing("OffenderFound", at: address).first }
        #expect(alert["address"] == "203.0.113.66" && alert["action"] == "ban")
        let explained = try await monitor.command("waf", "explain", "203.0.113.66")
        for part in ["http-login-brute-force", "sqli-", "where 5 are allowed"] {
            #expect(explained.status == 0 && explained.output.contains(part), "\(explained)")
        }
        let top = try await monitor.command("waf", "top")
        #expect(top.output.contains("52 requests") && top.output.contains("brute-force"), "\(top)")
        #expect(try await monitor.command("waf", "explain", "198.51.100.20").status != 0)
        let cost = try await address.value("magewatch_waf_attack_requests_total{role=\"web\"}")
        #expect((cost ?? 0) >= 2 && (cost ?? 0) <= 32, "\(cost as Any)")
        try await monitor.stop()
    }

    @Test("Access, audit and application records of one request are joined by its identifier")
    func joined() async throws {
        let monitor = try await MonitorProcess()
        let sender = try LineSender(port: monitor.address.ingestPort)
        let identifier = "a1b2c3d4e5f607182930"
        func send(_ app: String, _ line: String) throws {
            let now = Date().ISO8601Format(.init(includingFractionalSeconds: true))
            try sender.send("<190>1 \(now) web1 \(app) - - - \(line)\n")
        }
        let attack = "/rest/V1/carts?id=1%27%20UNION%20SELECT%20password%20FROM%20admin_user--"
        try send(
            "nginx",
            "203.0.113.66 - - [30/Nov/2026:03:00:00 +0000] \"POST \(attack) HTTP/1.1\" 500 12 \"-\" \"Mozilla/5.0\" \"\(identifier)\""
        )
        let audit =
            #"{"transaction":{"client_ip":"203.0.113.66","unique_id":"169","request":{"method":"POST","http_version":1.1,"uri":"\#(attack)","headers":{"Host":"shop.example","X-Request-Id":"\#(identifier)"}},"response":{"http_code":500}}}"#
        try send("modsecurity", audit)
        try send(
            "magento",
            #"[2026-11-30T03:00:00.500000+00:00] main.CRITICAL: SQLSTATE[42000]: Syntax error {"request_id":"\#(identifier)"} []"#
        )
        // Of another request, and of the same second and address.
        try send(
            "nginx",
            "203.0.113.66 - - [30/Nov/2026:03:00:00 +0000] \"GET /other HTTP/1.1\" 200 12 \"-\" \"Mozilla/5.0\" \"ffff0000\"")
        #expect(sender.finish().isEmpty)
        let explained = try await eventually("the three records") { () -> String? in
            let answer = try await monitor.command("waf", "explain", identifier)
            return ["access: ", "audit: ", "error: "].allSatisfy(answer.output.contains) ? answer.output : nil
        }
        #expect(explained.contains("sqli") && explained.contains("SQLSTATE[42000]"), "\(explained)")
        #expect(!explained.contains("/other"), "\(explained)")
        // The attack is told of by two logs, and counts once.
        let summary = try await monitor.command("waf", "top")
        #expect(summary.output.contains(" 1 attacks"), "\(summary)")
        try await monitor.stop()
    }

    /// A line of nginx' combined format, as nginx sends it by syslog.
    private func access(_ client: String, _ request: String, _ status: Int) -> String {
        let now = Date().ISO8601Format(.init(includingFractionalSeconds: true))
        let style = Date.VerbatimFormatStyle(
            format:
                "\(day: .twoDigits)/\(month: .abbreviated)/\(year: .defaultDigits):\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        let time = Date().formatted(style)
        return "<190>1 \(now) web1 nginx - - - \(client) - - [\(time)] \"\(request)\" \(status) 512 \"-\" \"Mozilla/5.0\"\n"
    }

    private struct Alerts: Decodable {
        struct Alert: Decodable {
            var labels: [String: String]
            var state: String
        }
        struct Body: Decodable { var alerts: [Alert] }
        var data: Body
    }

    private func firing(_ name: String, at address: MonitorAddress) async throws -> [[String: String]] {
        let answer = try await address.get(address.api + "/api/v1/alerts")
        return try JSONDecoder().decode(Alerts.self, from: answer.body).data.alerts
            .filter { $0.state == "firing" && $0.labels["alertname"] == name }.map(\.labels)
    }
}
