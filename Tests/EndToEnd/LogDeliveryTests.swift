import Foundation
import TestKit
import Testing

@Suite(
    "Logs over kills, while queries compare", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .timeLimit(.minutes(10)))
struct LogDeliveryTests {
    @Test(
        "A real rsyslog and a real Loki client write through three kills; every query finds what was acknowledged before it",
        .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.rsyslogd), "needs rsyslogd with omrelp"),
        .enabled(if: PythonLogging.isPresent, "needs python-logging-loki, in the Python that MAGEWATCH_PYTHON names"))
    func clients() async throws {
        let monitor = try await MonitorProcess(keepsPorts: true)
        let directory = try TemporaryDirectory("delivery")
        let log = directory.path + "/stream.log"
        try Data().write(to: URL(fileURLWithPath: log))
        let stream = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        let rsyslog = try RealPrograms.rsyslog(following: log, to: monitor.address.ingestPort, in: directory)
        let client = try PythonLogging.start(writingTo: monitor.address, in: directory)
        var written = 0
        for round in 0..<4 {
            try stream.write(
                contentsOf: Data((written..<written + 1_000).map { "line \($0) of the stream\n" }.joined().utf8))
            written += 1_000
            let goal = PythonLogging.acknowledged(client).count + 100
            try await eventually("more acknowledgements; the client said \(client.errors.suffix(300))", within: .seconds(60)) {
                try await compare(monitor.address, client)
                return PythonLogging.acknowledged(client).count >= goal ? true : nil
            }
            guard round < 3 else { break }
            try await monitor.crash()
            try await monitor.start()
        }
        client.signal(SIGKILL)
        try await eventually("all of rsyslog's lines; it said \(rsyslog.errors.suffix(300))", within: .seconds(60)) {
            try await monitor.address.lines("{app=\"stream\"}").count >= written ? true : nil
        }
        rsyslog.signal(SIGTERM)
        _ = try await rsyslog.end(within: .seconds(30))
        let lines = try await monitor.address.lines("{app=\"stream\"}").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(Set(lines) == Set((0..<written).map { "line \($0) of the stream" }))
        #expect(lines.count == written, "rsyslog names its lines, so that none is stored twice")
        try await compare(monitor.address, client)
        try await monitor.stop()
    }

    /// Whatever the client was told is kept must be found, once, in the order it was logged, and counted the same by a metric query.
    private func compare(_ address: MonitorAddress, _ client: ChildProcess) async throws {
        let acknowledged = PythonLogging.acknowledged(client)
        guard !acknowledged.isEmpty else { return }
        let found = try await address.lines("{app=\"python\", severity=\"error\"} |= \"of the client\"")
            .compactMap { line in line.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
        let counts = Dictionary(found.map { ($0, 1) }, uniquingKeysWith: +)
        let lost = acknowledged.filter { counts[$0] == nil }
        #expect(lost.isEmpty, "acknowledged and not found: \(lost.prefix(5))")
        let doubled = acknowledged.filter { counts[$0] ?? 0 > 1 }
        #expect(doubled.isEmpty, "found twice: \(doubled.prefix(5))")
        #expect(found == found.sorted(by: >), "the newest come first")
        let last = acknowledged[acknowledged.count - 1]
        let needle = try await address.lines("{app=\"python\"} |= \"order \(last) of\"")
        #expect(needle == ["order \(last) of the client"])
    }

    @Test("What is deleted on request is gone at once and after a restart, told of, and not to be called back")
    func deletion() async throws {
        let monitor = try await MonitorProcess(keepsPorts: true, allowsOrders: true)
        let address = monitor.address
        let now = Int(Date().timeIntervalSince1970) - 5
        let streams = ["1", "2"].map { #"{"stream":{"user":"\#($0)"},"values":[["\#(now)000000000","seen \#($0)"]]}"# }
        let body = #"{"streams":[\#(streams.joined(separator: ","))]}"#
        #expect(try await address.post(address.ingest + "/loki/api/v1/push", Array(body.utf8)).status == 204)
        let order = address.api + "/loki/api/v1/delete?query=%7Buser%3D%221%22%7D&start=\(now - 60)"
        let taken = try await address.post(order, [])
        #expect(taken.status == 204, "\(taken.text)")
        #expect(try await address.lines("{user=~\".+\"}") == ["seen 2"])
        try await monitor.crash()
        try await monitor.start()
        #expect(try await address.lines("{user=~\".+\"}") == ["seen 2"])
        let told = try await address.get(address.api + "/loki/api/v1/delete")
        #expect(told.text.contains(#""request_id":"1""#) && told.text.contains(#""status":"processed""#), "\(told.text)")
        try await monitor.stop()
    }
}
