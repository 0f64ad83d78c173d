import Foundation
import TestKit
import Testing

@Suite("Real senders", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct SenderTests {
    @Test(
        "Debian's Prometheus writes its samples, and promtool finds them",
        .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.prometheus, RealPrograms.promtool), "needs prometheus"))
    func prometheus() async throws {
        let monitor = try await MonitorProcess()
        let directory = try TemporaryDirectory("prometheus")
        let prometheus = try RealPrograms.prometheus(writingTo: monitor.address, in: directory)
        try await eventually("its up to arrive; it said \(prometheus.errors.suffix(300))", within: .seconds(60)) {
            try await monitor.address.value("up{job=\"own\"}") == 1 ? true : nil
        }
        let asked = try await ChildProcess.run(
            RealPrograms.promtool, ["query", "instant", monitor.address.api, "count({job=\"own\"})"])
        #expect(asked.status == 0 && asked.output.contains("{} =>"), "\(asked)")
        prometheus.signal(SIGTERM)
        try await monitor.stop()
    }

    @Test(
        "The logger command arrives whichever way it speaks",
        .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.logger), "needs logger"))
    func logger() async throws {
        let monitor = try await MonitorProcess()
        let ways = [
            ["--tcp", "--rfc5424"], ["--tcp", "--rfc3164"], ["--tcp", "--rfc5424", "--octet-count"], ["--udp", "--rfc5424"],
            ["--udp", "--rfc3164"],
        ]
        for (index, way) in ways.enumerated() {
            let target = ["--server", "127.0.0.1", "--port", "\(monitor.address.ingestPort)", "--tag", "spoken"]
            let sent = try await ChildProcess.run(RealPrograms.logger, way + target + ["--priority", "user.err", "way \(index)"])
            #expect(sent.status == 0, "\(sent)")
        }
        let found = try await eventually("all ways") { () -> [String]? in
            let found = try await monitor.address.lines("{app=\"spoken\", level=\"error\"}")
            return found.count >= ways.count ? found : nil
        }
        #expect(found.sorted() == ways.indices.map { "way \($0)" })
        try await monitor.stop()
    }

    @Test("JSON lines and lines of text arrive as they were")
    func lines() async throws {
        let monitor = try await MonitorProcess()
        let json = #"{"message":"hello","host":"web1","level":"info"}"#
        for line in [json, "just a line of text"] {
            let sender = try LineSender(port: monitor.address.ingestPort)
            try sender.send(line + "\n")
            #expect(sender.finish().isEmpty)
        }
        #expect(try await eventually("the JSON line") { try await monitor.address.lines("{host=\"web1\"}").first } == json)
        try await eventually("the text") {
            try await monitor.address.lines("{host=\"127.0.0.1\"}").contains("just a line of text") ? true : nil
        }
        #expect(try await monitor.address.lines("{host=\"web1\"} | json | message = \"hello\"").count == 1)
        try await monitor.stop()
    }
}
