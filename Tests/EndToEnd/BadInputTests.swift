import Foundation
import Glibc
import Testing

@Suite("Bad input", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct BadInputTests {
    @Test(
        "A protocol that is not spoken is told so, and counted",
        arguments: [
            ("tls", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), ("gzip", [0x1f, 0x8b, 0x08, 0, 0, 0]),
            ("http2", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)), ("binary", [0x07, 0x99, 0x01, 0x02, 0x03, 0x04, 0x05]),
        ] as [(String, [UInt8])])
    func unknownProtocol(reason: String, bytes: [UInt8]) async throws {
        let monitor = try await MonitorProcess()
        let sender = try LineSender(port: monitor.address.ingestPort)
        try sender.send(bytes)
        let answer = sender.finish()
        #expect(answer.contains("does not speak") && answer.contains("it takes syslog"), "\(answer)")
        #expect(try await monitor.address.counter("magewatch_ingest_refused_total", "reason=\"\(reason)\"") == 1)
        #expect(monitor.errors.contains("protocol not spoken here"))
        try await monitor.stop()
    }

    @Test("A line beyond the limit is cut, marked and counted, and the next one is whole")
    func longLine() async throws {
        let monitor = try await MonitorProcess()
        let address = monitor.address
        let sender = try LineSender(port: address.ingestPort)
        try sender.send("{\"host\":\"long\",\"message\":\"" + String(repeating: "x", count: 1 << 20) + "\"}\n")
        try sender.send(#"{"host":"long","message":"short"}"# + "\n")
        #expect(sender.finish().isEmpty)
        try await eventually("the second line") {
            try await address.lines("{host=\"long\"}").contains { $0.contains("short") } ? true : nil
        }
        // A cut object is no JSON any more; it is kept as text of its sender.
        let cut = try await address.lines("{host=~\".+\"} |= \"xxxx\"")
        #expect(cut.count == 1 && cut[0].hasSuffix(" [cut]") && cut[0].utf8.count == 256 << 10)
        #expect(try await address.counter("magewatch_ingest_cut_lines_total") == 1)
        try await monitor.stop()
    }

    @Test("Bytes that are no UTF-8 are kept, and the answer is JSON all the same")
    func invalidText() async throws {
        let monitor = try await MonitorProcess()
        let address = monitor.address
        let sender = try LineSender(port: address.ingestPort)
        try sender.send(Array("<14>1 - web1 odd - - - before ".utf8) + [0xff, 0xfe, 0xc0, 0x80] + Array(" after\n".utf8))
        #expect(sender.finish().isEmpty)
        let line = try await eventually("the line") { try await address.lines("{app=\"odd\"} |= \"after\"").first }
        #expect(line.hasPrefix("before ") && line.hasSuffix(" after") && line.contains("\u{fffd}"))
        try await monitor.stop()
    }

    @Test("A body that is not what its address wants is refused with 4xx and counted or told; the monitor goes on")
    func brokenBodies() async throws {
        let monitor = try await MonitorProcess()
        let address = monitor.address
        let write = try await address.post(
            address.ingest + "/api/v1/write", Array("no snappy at all".utf8), type: RemoteWrite.type, headers: RemoteWrite.headers
        )
        #expect(write.status == 400 && !write.text.isEmpty)
        let push = try await address.post(address.ingest + "/loki/api/v1/push", Array("{\"streams\":[{".utf8))
        #expect(push.status == 400 && !push.text.isEmpty)
        #expect(try await address.get(address.ingest + "/nowhere").status == 404)
        for query in ["sum(", "up{", "1 +", String(repeating: "(", count: 20_000)] {
            let answer = try await address.get(address.api + "/api/v1/query", ["query": query])
            #expect(
                (400..<500).contains(answer.status) && answer.text.contains("\"error\""),
                "\(answer.status) \(answer.text.prefix(200))")
        }
        #expect(try await address.get(address.ingest + "/ready").status == 200)
        try await monitor.stop()
    }

    @Test("More connections than are taken are refused and counted, and the API answers meanwhile")
    func manyConnections() async throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let monitor = try await MonitorProcess()
        let address = monitor.address
        let maximum = 1024
        let senders = try (0..<maximum + 10).map { _ in try LineSender(port: address.ingestPort) }
        for sender in senders.prefix(maximum) { try sender.send("<14>1 - many app - - - half a li") }
        try await eventually("refusals; it said \(monitor.errors.prefix(2000))") {
            try await address.value("magewatch_ingest_refused_total{reason=\"too_many_connections\"}")
        }
        withExtendedLifetime(senders) {}
        try await monitor.stop()
    }
}
