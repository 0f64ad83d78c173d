import Foundation
import LogQL
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import MonitorAPI

@Suite struct ValidJSONTests {
    @Test("Every answer is valid JSON, whatever stands in labels, lines and values")
    func everywhere() async throws {
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        for _ in 0..<12 {
            let scene = randomScene(&generator)
            for uri in [
                "/api/v1/query?query={__name__=~\".*\"}", "/api/v1/query?query=%22%01%22", "/api/v1/labels", "/api/v1/alerts",
                "/api/v1/query_range?query=m&start=1699999000&end=1700000000&step=100", "/api/v1/series?match[]=m",
                "/api/v1/label/a/values", "/api/v1/rules", "/api/v1/targets", "/api/v1/status/buildinfo", "/api/v1/metadata",
                "/api/v1/query?query=\(Scene.encoded(String.random(using: &generator)))", "/api/v1/status/config",
                "/loki/api/v1/query_range?query={app=~\".%2B\"}", "/loki/api/v1/series", "/loki/api/v1/labels",
                "/loki/api/v1/query_range?query=\(Scene.encoded(String.random(using: &generator)))",
                "/loki/api/v1/label/app/values", "/loki/api/v1/status/buildinfo", "/api/v2/alerts", "/api/v2/silences",
                "/api/v2/status", "/api/magewatch/v1/stack", "/api/magewatch/v1/plans", "/api/magewatch/v1/plans/%22%0A",
                "/api/v1/query?query=\(Scene.encoded("vector(\(Double.random(in: -1e20...1e20, using: &generator)))"))",
            ] {
                let answer = try await scene.get(uri)
                #expect(throws: Never.self, "\(uri), seed \(generator.seed): \(answer.text)") {
                    try JSONSerialization.jsonObject(with: answer.body, options: [])
                }
            }
        }
    }

    @Test("Labels come back as they are")
    func labels() async throws {
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        for _ in 0..<50 {
            let value = "x" + String.random(using: &generator)
            var series = SeriesInMemory()
            series.append(["__name__": "m", "a": value], Scene.now, 1)
            let answer = try await Scene(series: series).get("/api/v1/query?query=m")
            #expect(try answer.json["data", "result", 0, "metric", "a"] == .string(value), "seed \(generator.seed)")
        }
    }

    private func randomScene(_ generator: inout SeededGenerator) -> Scene {
        var series = SeriesInMemory()
        var logs = MemoryLogSource()
        let values = [0, -0.0, 1.5, .nan, .infinity, -.infinity, 1e308, .leastNonzeroMagnitude, 1e15, -1e16]
        for _ in 0..<5 {
            let labels = Labels([
                Label("__name__", "m"), Label("a", String.random(using: &generator)),
                Label("l" + String.random(using: &generator), String.random(using: &generator)),
            ])
            series.append(labels, Scene.now, values.randomElement(using: &generator)!)
            let line = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
            logs.append(
                ["app": "x" + String.random(using: &generator)], LogRow(timestamp: Scene.nowNanoseconds - 1, line: line[...]))
        }
        let scene = Scene(series: series, logs: logs)
        let text = String.random(using: &generator)
        let number = values.randomElement(using: &generator)!
        scene.alerts.withLock {
            $0 = [
                Alert(
                    labels: ["alertname": "a\(text)", text: "b"], annotations: [text: text], state: .firing, value: number,
                    activeAt: Scene.now)
            ]
        }
        scene.silences.withLock {
            $0 = [
                SilenceReport(
                    id: text, matchers: [.equal(text, text)], startsAt: 0, endsAt: Scene.now, createdBy: text, comment: text)
            ]
        }
        return scene
    }
}
