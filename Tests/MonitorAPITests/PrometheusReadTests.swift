import Foundation
import Telemetry
import TestKit
import Testing

@testable import MonitorAPI

/// A real Prometheus that has nothing of its own and reads everything from the API.
@Suite(.timeLimit(.minutes(10))) struct PrometheusReadTests {
    @Test(
        "Prometheus reads over remote-read what the API holds, bit by bit",
        .enabled(if: Tool.isPresent("prometheus") && Tool.isPresent("curl"), "needs prometheus and curl"))
    func reads() async throws {
        // Near the real time, as Prometheus asks for nothing in a far past.
        let now = Milliseconds(Date().timeIntervalSince1970) * 1000
        let series = Self.series(now)
        try await Scene(series: series, clock: { now }).serve { url in
            let directory = try TemporaryDirectory("prometheus")
            let configuration = "remote_read: [{ url: \(url)/api/v1/read, read_recent: true }]\n"
            try configuration.write(toFile: directory.path + "/p.yml", atomically: true, encoding: .utf8)
            try await Self.running(in: directory) { address in
                let answer = try await Self.ask("\(address)/api/v1/query?query=m%5B1h%5D&time=\(now / 1000)")
                #expect(answer.count == 2)
                for result in answer {
                    let expected = series.all[Labels(result.metric.map { Label($0.key, $0.value) })]
                    #expect(result.values.map(\.time) == expected?.timestamps)
                    #expect(result.values.map(\.value) == expected?.values)
                }
                let sum = try await Self.ask(
                    "\(address)/api/v1/query?query=sum(count_over_time(m%5B1h%5D))%5B1s:1s%5D&time=\(now / 1000)")
                #expect(sum.first?.values.last?.value == 1009)
            }
        }
    }

    /// A thousand samples of one series, which make several chunks, and nine of another.
    private static func series(_ now: Milliseconds) -> SeriesInMemory {
        var series = SeriesInMemory()
        for index in 0..<1000 {
            let time = now - Milliseconds(1000 - index) * 1000 - Milliseconds(index % 3)
            series.append(["__name__": "m", "job": "a"], time, index % 7 == 0 ? Double(index) : Double(index) * 0.1)
            if index > 990 { series.append(["__name__": "m", "job": "b"], time, -1) }
        }
        return series
    }

    /// Runs Prometheus for the time of `body`.
    private static func running(in directory: TemporaryDirectory, _ body: (String) async throws -> Void) async throws {
        // Below the ports that the kernel gives to outgoing connections.
        let address = "127.0.0.1:\(Int.random(in: 20_000..<32_000))"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "prometheus", "--config.file=\(directory.path)/p.yml", "--storage.tsdb.path=\(directory.path)/data",
            "--web.listen-address=\(address)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try await body("http://" + address)
    }

    /// One series of an answer.
    struct Series: Decodable {
        /// A time and a value.
        struct Sample: Decodable {
            var time: Milliseconds
            var value: Double

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                time = Milliseconds((try container.decode(Double.self) * 1000).rounded())
                value = Double(try container.decode(String.self)) ?? .nan
            }
        }

        var metric: [String: String]
        var values: [Sample]
    }

    private struct Envelope: Decodable {
        struct Content: Decodable { var result: [Series] }
        var data: Content
    }

    /// Asks; curl tries again until Prometheus is up.
    private static func ask(_ url: String) async throws -> [Series] {
        let text = try await Tool.run(
            "curl", ["-sfg", "--retry", "200", "--retry-delay", "1", "--retry-max-time", "60", "--retry-all-errors", url])
        return try JSONDecoder().decode(Envelope.self, from: Data(text.utf8)).data.result
    }
}
