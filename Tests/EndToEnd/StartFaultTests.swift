import Foundation
import Glibc
import TestKit
import Testing

@Suite(
    "What keeps a monitor from starting", .enabled(if: MagewatchBinary.isPresent, MagewatchBinary.absence),
    .timeLimit(.minutes(10)))
struct StartFaultTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("start") }

    /// Starts a monitor that must not come up.
    private func fail(_ configuration: String) async throws -> ChildProcess.Finished {
        let path = directory.path + "/bad.yaml"
        try configuration.write(toFile: path, atomically: true, encoding: .utf8)
        let ended = try await MagewatchBinary.run(["serve", "--config", path])
        #expect(ended.status > 0, "\(ended)")
        #expect(ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.split(separator: "\n").count == 1, "one error, and nothing else: \(ended)")
        return ended
    }

    @Test("A wrong configuration is told with file, line and key, every mistake at once")
    func configuration() async throws {
        let path = directory.path + "/bad.yaml"
        try """
        stack: shop
        ingest: { listen: "nowhere" }
        scrape:
          interval: soon
        servres: []

        """.write(toFile: path, atomically: true, encoding: .utf8)
        for command in [["serve", "--config", path], ["check-config", path]] {
            let ended = try await MagewatchBinary.run(command)
            #expect(ended.status > 0)
            #expect(ended.errors.contains("\(path):2: ingest.listen: "), "\(ended)")
            #expect(ended.errors.contains("\(path):4: scrape.interval: "), "\(ended)")
            #expect(ended.errors.contains("\(path):5: servres: "), "\(ended)")
        }
        try "stack: [\n".write(toFile: path, atomically: true, encoding: .utf8)
        let broken = try await MagewatchBinary.run(["serve", "--config", path])
        #expect(broken.status > 0 && broken.errors.contains("\(path):"), "\(broken)")
        let missing = try await MagewatchBinary.run(["serve", "--config", directory.path + "/none.yaml"])
        #expect(missing.status > 0 && missing.errors.contains("/none.yaml"), "\(missing)")
    }

    @Test("A port that is taken is named, with what to do")
    func ports() async throws {
        let monitor = try await MonitorProcess()
        let quiet = "agent: { enabled: false }\n"
        let ingest = try await fail(
            MonitorProcess.configuration(data: directory.path + "/a", ingestPort: monitor.address.ingestPort, quiet))
        #expect(ingest.errors.contains("\(monitor.address.ingestPort)") && ingest.errors.contains("stop it"), "\(ingest)")
        let api = try await fail(
            MonitorProcess.configuration(data: directory.path + "/b", apiPort: monitor.address.apiPort, quiet))
        #expect(api.errors.contains("\(monitor.address.apiPort)") && api.errors.contains("api.listen"), "\(api)")
        #expect(try await monitor.address.get(monitor.address.api + "/ready").status == 200)
        try await monitor.stop()
    }

    @Test("A data directory that another monitor has is left to it")
    func secondMonitor() async throws {
        let monitor = try await MonitorProcess()
        let second = try await fail(MonitorProcess.configuration(data: monitor.dataDirectory, "agent: { enabled: false }\n"))
        #expect(second.errors.contains(monitor.dataDirectory) && second.errors.contains("another process"), "\(second)")
        try await monitor.stop()
    }

    @Test("A data directory that can't be made is named, with what to do")
    func unwritable() async throws {
        // A file stands where the directory should be: that stops root as well.
        try "in the way".write(toFile: directory.path + "/file", atomically: true, encoding: .utf8)
        let ended = try await fail(
            MonitorProcess.configuration(data: directory.path + "/file/data", "agent: { enabled: false }\n"))
        #expect(ended.errors.contains(directory.path + "/file/data") && ended.errors.contains("--data"), "\(ended)")
    }
}
