import Foundation
import HTTPTypes
import Logging
import Subprocess
import Telemetry
import Testing

@testable import MonitorAPI

/// The tools of Prometheus and Alertmanager against a live server.
@Suite struct RealToolsTests {
    @Test("promtool queries instants, ranges, series and labels", .enabled(if: Tool.isPresent("promtool"), "needs promtool"))
    func promtool() async throws {
        try await Scene().serve { url in
            let time = "\(Scene.now / 1000)"
            let instant = try await Tool.run("promtool", ["query", "instant", "--time=\(time)", url, #"up{job="web"}"#])
            #expect(instant.contains(#"up{host="web1", job="web"} => 1 @[1700000000]"#), "\(instant)")
            let range = try await Tool.run(
                "promtool", ["query", "range", "--start=1699999880", "--end=\(time)", "--step=1m", url, "requests_total"])
            #expect(range.contains("480 @[1699999880]") && range.contains("600 @[1700000000]"), "\(range)")
            let series = try await Tool.run(
                "promtool",
                ["query", "series", "--match=up", "--start=2023-11-14T22:00:00Z", "--end=2023-11-14T23:00:00Z", url])
            #expect(series.contains(#"job="web""#) && series.contains(#"job="db""#), "\(series)")
            let labels = try await Tool.run(
                "promtool", ["query", "labels", "--start=2023-11-14T22:00:00Z", "--end=2023-11-14T23:00:00Z", url, "job"])
            #expect(labels.split(separator: "\n") == ["db", "web"], "\(labels)")
        }
    }

    @Test(
        "promtool finds nothing to say about the monitor's own metrics",
        .enabled(if: Tool.isPresent("promtool"), "needs promtool"))
    func metrics() async throws {
        let scene = Scene()
        let services = scene.services()
        let server = APIServer(services: services, now: { Scene.now }, logger: .init(label: "test"))
        let metrics = services.metrics
        metrics.add("magewatch_steps_total", ["step": "a \"b\" \\ \n"])
        metrics.add("magewatch_step_duration_seconds_sum", ["step": "x"], by: 0.5)
        metrics.add("magewatch_step_duration_seconds_count", ["step": "x"])
        metrics.set("magewatch_metric_store_series", to: 3)
        metrics.set("magewatch_nobody_described_me", to: .infinity)
        for uri in ["/health", "/metrics", "/api/v1/labels", "/none"] { _ = try await Scene.send(server.router(), .get, uri) }
        let text = try await Scene.send(server.router(), .get, "/metrics").text
        #expect(text.contains("# TYPE magewatch_step_duration_seconds summary\n"))
        #expect(text.contains("# HELP magewatch_steps_total Steps of plans"))
        let said = try await Tool.run("promtool", ["check", "metrics"], input: text)
        #expect(said == "", "\(said)")
        // What another Prometheus is given to scrape must be readable, too.
        let federated = try await scene.get("/federate?match[]=up&match[]=requests_total").text
        _ = try await Tool.run("promtool", ["check", "metrics"], input: federated, mayComplain: true)
    }

    @Test("amtool lists alerts and adds, lists and ends silences", .enabled(if: Tool.isPresent("amtool"), "needs amtool"))
    func amtool() async throws {
        // amtool names times of its own, so the server's clock is the real one here.
        let scene = Scene(clock: { Milliseconds(Date().timeIntervalSince1970 * 1000) })
        try await scene.serve { url in
            func amtool(_ arguments: String...) async throws -> String {
                try await Tool.run("amtool", ["--alertmanager.url=\(url)"] + arguments)
            }
            _ = try await amtool("alert", "add", "alertname=Disk", "host=s1", "--annotation=summary=full")
            _ = try await amtool("alert", "add", "alertname=Load", "host=s2")
            let all = try await amtool("alert", "query", "-o", "extended")
            #expect(all.contains("Disk") && all.contains("Load"), "\(all)")
            let one = try await amtool("alert", "query", "alertname=Disk", "-o", "extended")
            #expect(one.contains("Disk") && !one.contains("Load"), "\(one)")
            let id = try await amtool("silence", "add", "--author=me", "--comment=works", "alertname=~Di.*").trimmed
            #expect(scene.silencesNow.map(\.id) == [id])
            let silences = try await amtool("silence", "query", "-o", "extended")
            #expect(silences.contains(id) && silences.contains("works"), "\(silences)")
            let active = try await amtool("alert", "query", "-o", "extended")
            #expect(!active.contains("Disk") && active.contains("Load"), "\(active)")
            _ = try await amtool("silence", "expire", id)
            #expect(try await amtool("silence", "query", "-q").trimmed == "")
            _ = try await amtool("cluster", "show")
            _ = try await amtool("config", "show")
        }
    }
}

/// A program of another project.
enum Tool {
    struct Failure: Error {
        let command: [String]
        let output: String
    }

    static func isPresent(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// What it prints; throws where it fails.
    /// - Parameters:
    ///   - input: what it reads.
    ///   - mayComplain: whether it may end with promtool's status for remarks that are no errors.
    static func run(
        _ name: String, _ arguments: [String], input: String = "", mayComplain: Bool = false
    ) async throws -> String {
        let ended = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments), input: .string(input), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        guard ended.terminationStatus.isSuccess || mayComplain && ended.terminationStatus == .exited(3) else {
            throw Failure(command: [name] + arguments, output: ended.standardOutput + ended.standardError)
        }
        return ended.standardOutput + (input.isEmpty ? "" : ended.standardError)
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
