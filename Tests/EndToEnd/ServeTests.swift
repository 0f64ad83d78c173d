import Foundation
import TestKit
import Testing

@Suite("A monitor without a stack", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(10)))
struct ServeTests {
    @Test("It watches its own machine, stops cleanly, and has everything again when it comes back")
    func ownMachine() async throws {
        let files = FileManager.default.temporaryDirectory.appendingPathComponent("magewatch-own-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: files) }
        try "first line\nsecond line\n".write(toFile: files, atomically: true, encoding: .utf8)
        let monitor = try await MonitorProcess(keepsPorts: true, "agent: { logs: [\"\(files)\"] }\n")
        let api = monitor.address
        for resource in ["cpu", "memory", "disk"] {
            let expression = "magewatch:host_utilisation:ratio{resource=\"\(resource)\"}"
            let share = try await eventually("\(resource)'s utilisation") { try await api.value(expression) }
            #expect((0...1).contains(share), "\(resource) \(share)")
        }
        #expect(try await api.value("magewatch_service_turns_total{service=\"rules\"}") ?? 0 > 0)
        try await eventually("the log file's lines") {
            try await api.lines("{host=~\".+\"}").contains("second line") ? true : nil
        }

        let samples = "sum(count_over_time(magewatch_host_memory_total_bytes[1h]))"
        let before = try #require(try await api.value(samples))
        let ended = try await monitor.stop(within: .seconds(20))
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.errors.contains("stopped"), "\(ended)")
        #expect(!ended.errors.contains(" error "), "\(ended)")

        try await monitor.start()
        #expect(try await monitor.address.value(samples) ?? 0 >= before)
        let lines = try await monitor.address.lines("{host=~\".+\"}")
        #expect(lines.filter { $0 == "first line" }.count == 1 && lines.filter { $0 == "second line" }.count == 1)
        try await monitor.stop()
    }

    @Test(
        "It stops in time while senders are connected and sending, and keeps what it acknowledged",
        .enabled(if: MagewatchBinary.hasPrograms(RealPrograms.rsyslogd), "needs rsyslogd with omrelp"))
    func stopUnderLoad() async throws {
        let total = 20_000
        let monitor = try await MonitorProcess(keepsPorts: true)
        let address = monitor.address
        let idle = [try LineSender(port: address.ingestPort), try LineSender(port: address.apiPort)]
        try idle[0].send("<14>1 - web1 idle - - - half a li")
        let directory = try TemporaryDirectory("load")
        let log = directory.path + "/stream.log"
        try (0..<total).map { "line \($0) of the stream\n" }.joined().write(toFile: log, atomically: true, encoding: .utf8)
        let sender = try RealPrograms.rsyslog(following: log, to: address.ingestPort, in: directory)
        try await eventually("lines to arrive; rsyslog said \(sender.errors)") {
            try await address.counter("magewatch_ingest_entries_total", "relp") >= 2000 ? true : nil
        }
        let ended = try await monitor.stop(within: .seconds(10))
        #expect(ended.status == 0 && ended.errors.contains("stopped"), "\(ended)")
        #expect(!ended.errors.contains(" error "), "\(ended)")

        try await monitor.start()
        try await eventually("all lines, once") {
            let query = "sum(count_over_time({app=\"stream\"}[2h]))"
            let answer = try await address.get(address.api + "/loki/api/v1/query", ["query": query])
            return answer.text.contains("\"\(total)\"") ? true : nil
        }
        withExtendedLifetime(idle) {}
        try await monitor.stop()
    }
}
