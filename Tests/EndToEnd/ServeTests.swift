import Foundation
import Testing

@Suite("A monitor without a stack", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence), .timeLimit(.minutes(2)))
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
}
