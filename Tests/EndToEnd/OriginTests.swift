import Foundation
import Glibc
import TestKit
import Testing

@Suite(
    "Where attackers are at home, and who is a crawler", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .timeLimit(.minutes(10)))
struct OriginTests {
    /// A line of nginx' combined format, as nginx sends it by syslog.
    private func access(_ client: String, _ uri: String, agent: String = "Mozilla/5.0") -> String {
        let now = Date.now
        let time = now.formatted(
            Date.VerbatimFormatStyle(
                format:
                    "\(day: .twoDigits)/\(month: .abbreviated)/\(year: .defaultDigits):\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000",
                locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
        return
            "<190>1 \(now.ISO8601Format()) web1 nginx - - - \(client) - - [\(time)] \"GET \(uri) HTTP/1.1\" 200 512 \"-\" \"\(agent)\"\n"
    }

    private let attack = "/?id=1%27%20UNION%20SELECT%20password%20FROM%20users--"

    private func database(_ path: String, _ entries: [(String, MaxMindSample)]) throws {
        var writer = MaxMindWriter(recordBits: 28)
        for (network, value) in entries { writer.add(network, value) }
        try Data(writer.file()).write(to: URL(fileURLWithPath: path))
    }

    @Test(
        "Offenders have a country and a provider; SIGHUP reads the databases again, and keeps them where the new ones are broken")
    func origins() async throws {
        let directory = try TemporaryDirectory("origins")
        let (countries, networks) = (directory.path + "/country.mmdb", directory.path + "/asn.mmdb")
        try database(countries, [("203.0.113.0/24", .country("FR"))])
        try database(networks, [("203.0.113.0/24", .system(64_500, "Example Telecom"))])
        let monitor = try await MonitorProcess(
            """
            agent: { enabled: false }
            waf: { country-database: \(countries), network-database: \(networks), verify-crawlers: false }

            """)
        let sender = try LineSender(port: monitor.address.ingestPort)
        for number in 0..<5 { try sender.send(access("203.0.113.66", attack + "\(number)")) }
        #expect(sender.finish().isEmpty)
        try await eventually("the offender and its origin") {
            let found = try await monitor.command("waf", "offenders")
            return found.output.contains("FR AS64500 Example Telecom") ? true : nil
        }
        let explained = try await monitor.command("waf", "explain", "203.0.113.66")
        #expect(explained.output.contains("at home in FR AS64500 Example Telecom"), "\(explained)")
        try await eventually("attacks by country") {
            try await monitor.address.value("magewatch_waf_country_attacks_total{country=\"FR\"}") == 5 ? true : nil
        }
        let page = try await monitor.command("dash", "--once", "--page", "attacks", "--width", "160", "--height", "45")
        #expect(page.output.contains("203.0.113.66") && page.output.contains("FR AS64500 Example Telecom"), "\(page)")

        try Data("nothing of the kind".utf8).write(to: URL(fileURLWithPath: networks))
        monitor.signal(SIGHUP)
        try await eventually("the complaint") {
            monitor.errors.contains("asn.mmdb") || monitor.output.contains("asn.mmdb") ? true : nil
        }
        #expect(try await monitor.command("waf", "offenders").output.contains("FR AS64500"))
        try database(countries, [("203.0.113.0/24", .country("BR"))])
        try database(networks, [("203.0.113.0/24", .system(64_501, "Example Hosting"))])
        monitor.signal(SIGHUP)
        try await eventually("the new databases") {
            try await monitor.command("waf", "offenders").output.contains("BR AS64501 Example Hosting") ? true : nil
        }
        try await monitor.stop()
    }

    @Test("A database that can't be read keeps the monitor from starting, with its name and what is wrong")
    func unreadable() async throws {
        let directory = try TemporaryDirectory("origins")
        let path = directory.path + "/bad.mmdb"
        try Data("nothing of the kind".utf8).write(to: URL(fileURLWithPath: path))
        let configuration = directory.path + "/magewatch.yaml"
        let text = MonitorProcess.configuration(
            data: directory.path + "/data", "agent: { enabled: false }\nwaf: { country-database: \(path) }\n")
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
        let ended = try await MagewatchBinary.run(["serve", "--config", configuration])
        #expect(ended.status != 0 && ended.errors.contains("waf.country-database: \(path): no MaxMind database"), "\(ended)")
    }

    @Test(
        "A false crawler is an offender and a real one is not, by a real name server",
        .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.dnsmasq), "needs dnsmasq"))
    func crawlers() async throws {
        let port = try FreePort.take()
        let server = try ChildProcess(
            RealPrograms.dnsmasq,
            [
                "--keep-in-foreground", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-ping",
                "--user=root",
                "--pid-file=", "--bind-interfaces", "--listen-address=127.0.0.1", "--port=\(port)", "--local=/com/",
                "--local=/arpa/",
                "--host-record=crawl-203-0-113-10.googlebot.com,203.0.113.10",
                "--ptr-record=10.113.0.203.in-addr.arpa,crawl-203-0-113-10.googlebot.com",
                // Its owner gives it a crawler's name, which the domain gives to another address.
                "--ptr-record=20.113.0.203.in-addr.arpa,crawl-203-0-113-10.googlebot.com",
            ])
        let monitor = try await MonitorProcess(
            "agent: { enabled: false }\nwaf: { resolver: \"127.0.0.1:\(port)\" }\n")
        let sender = try LineSender(port: monitor.address.ingestPort)
        let agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
        for number in 0..<10 {
            for last in [10, 20, 30] { try sender.send(access("203.0.113.\(last)", "/page/\(number)", agent: agent)) }
            try sender.send(access("203.0.113.10", attack + "\(number)", agent: agent))
        }
        #expect(sender.finish().isEmpty)
        try await eventually("the false ones; dnsmasq said \(server.errors)") {
            let found = try await monitor.address.series("magewatch_waf_offender_score{family=\"bot\"} >= 100")
            return Set(found.compactMap { $0.metric["address"] }) == ["203.0.113.20", "203.0.113.30"] ? true : nil
        }
        let explained = try await monitor.command("waf", "explain", "203.0.113.20")
        #expect(explained.output.contains("false-crawler"), "\(explained)")
        #expect(try await monitor.command("waf", "explain", "203.0.113.10").status != 0)
        #expect(try await monitor.address.value("magewatch_waf_crawler_claims_total{answer=\"confirmed\"}") == 1)
        try await monitor.stop()
    }
}
