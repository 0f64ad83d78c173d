import AgentContract
import AsyncHTTPClient
import Drivers
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Telemetry
import TestKit
import Testing

@testable import Agent

@Suite("The agent's requests")
struct AgentServiceTests {
    let directory: TemporaryDirectory
    let drivers = FakeDrivers()
    let metrics = SelfMetrics()

    init() throws { directory = try TemporaryDirectory("agent") }

    func withAgent(_ body: (String) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = try AgentService(
            options: AgentOptions(
                name: "s1", port: 0, dataDirectory: directory.path, imagesDirectory: directory.path, token: "secret-token"),
            hands: Hands(containers: drivers, loadBalancer: nil, sharedFiles: drivers, addresses: drivers), metrics: metrics,
            logger: logger, onRunning: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Being cancelled is how the agent is stopped here.
            group.addTask { try? await service.run() }
            for await port in ports {
                try await body("http://127.0.0.1:\(port)")
                break
            }
            group.cancelAll()
        }
    }

    func request(_ url: String, token: String? = nil, body: Data? = nil) async throws -> (UInt, String) {
        var request = HTTPClientRequest(url: url)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.method = .POST
            request.body = .bytes(body)
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return (response.status.code, String(buffer: bytes))
    }

    @Test("A step needs the right token, a body that is one, and of bounded size")
    func refusals() async throws {
        try await withAgent { url in
            let step = try JSONEncoder().encode(Scene.start("web1", id: "p/0"))
            #expect(try await request(url + "/v1/steps", body: step).0 == 401)
            #expect(try await request(url + "/v1/steps", token: "secret-tokem", body: step).0 == 401)
            #expect(try await request(url + "/v1/steps", token: "secret-token-and-more", body: step).0 == 401)
            #expect(drivers.starts == 0)
            #expect(try await request(url + "/v1/steps", token: "secret-token", body: Data("{}".utf8)).0 == 400)
            let large = Data(repeating: 32, count: AgentService.maximumBodyBytes + 1)
            #expect(try await request(url + "/v1/steps", token: "secret-token", body: large).0 == 413)
            #expect(metrics.value("magewatch_agent_requests_refused_total", ["reason": "unauthorized"]) == 3)
        }
    }

    @Test("A step is done, and the figures show it")
    func stepAndMetrics() async throws {
        try await withAgent { url in
            let step = try JSONEncoder().encode(Scene.start("web1", id: "p/0"))
            let (status, text) = try await request(url + "/v1/steps", token: "secret-token", body: step)
            #expect(status == 200)
            let answer = try JSONDecoder().decode(StepAnswer.self, from: Data(text.utf8))
            #expect(answer.outcome == .done)
            #expect(try await request(url + "/health").1 == "ok\n")
            let (_, metrics) = try await request(url + "/metrics")
            for part in [
                "magewatch_agent_steps_total{outcome=\"done\",step=\"start_container\"} 1\n",
                "magewatch_container_up{container=\"web1\",role=\"web\",server=\"s1\"} 1\n",
                "# TYPE magewatch_host_cpu_seconds_total counter\n", "magewatch_host_memory_total_bytes{server=\"s1\"} ",
                "magewatch_host_network_receive_bytes_total{interface=\"lo\",server=\"s1\"} ",
            ] { #expect(metrics.contains(part), "\(part)") }
        }
    }

    @Test("An agent without a token, or with a bad name, does not start")
    func options() throws {
        var options = AgentOptions(name: "s1", dataDirectory: directory.path, imagesDirectory: "/i", token: "")
        #expect(throws: AgentError.self) { try AgentService(options: options, logger: Logger(label: "t")) }
        options.token = "secret-token"
        options.name = "../s1"
        #expect(throws: DriverError.self) { try AgentService(options: options, logger: Logger(label: "t")) }
    }

    @Test("A token is made once where none is given, and a short or missing one is refused")
    func token() throws {
        let made = try AgentToken.load(file: nil, dataDirectory: directory.path)
        #expect(made.utf8.count > 30)
        #expect(try AgentToken.load(file: nil, dataDirectory: directory.path) == made)
        #expect(throws: AgentError.self) {
            try AgentToken.load(file: directory.path + "/none", dataDirectory: directory.path)
        }
        try "abc\n".write(toFile: directory.path + "/short", atomically: true, encoding: .utf8)
        #expect(throws: AgentError.self) {
            try AgentToken.load(file: directory.path + "/short", dataDirectory: directory.path)
        }
    }
}
