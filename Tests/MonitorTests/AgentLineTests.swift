import Agent
import AgentContract
import AsyncHTTPClient
import Authority
import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Telemetry
import TestKit
import Testing

@testable import Monitor

/// A monitor's authority and a real agent that joined it, both on free ports of this machine.
private struct JoinedAgent {
    let directory: TemporaryDirectory
    let files: AuthorityFiles
    let authority: CertificateAuthority
    let line: AgentLine

    init(lifetimeSeconds: Double) throws {
        directory = try TemporaryDirectory("line")
        files = AuthorityFiles(dataDirectory: directory.path + "/monitor")
        authority = try files.authority(of: "shop", at: Date())
        let enrolment = Enrolment(
            authority: authority, files: files, hosts: ["s1": ["127.0.0.1"]], lifetimeSeconds: lifetimeSeconds
        ) { _, _, _ in }
        line = AgentLine(
            enrolment: enrolment, identity: try MonitorIdentity(authority, lifetimeSeconds: 3600, at: Date()))
    }

    var agentDirectory: String { directory.path + "/agent" }

    /// The end of the certificate that the agent has on its disk.
    func certificate() throws -> AgentCertificate {
        try AgentCertificate(pem: try #require(try AgentIdentity.load(dataDirectory: agentDirectory)).current.certificate)
    }

    /// Runs the authority's port and the agent for as long as the body takes; the body is told the agent's URL.
    func run(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let logger = quiet
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = EnrolmentServer(
            enrolment: try #require(line.enrolment), identity: try #require(line.identity), metrics: SelfMetrics(), logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Being cancelled is how both are stopped here.
            group.addTask { try? await server.run(host: "127.0.0.1", port: 0) { port.yield($0) } }
            var opened = ports.makeAsyncIterator()
            let enrolmentPort = try #require(await opened.next())
            let token = try files.makeToken(for: "s1", of: authority, at: Date(), forSeconds: 60)
            try await EnrolmentClient(monitor: "127.0.0.1:\(enrolmentPort)").join(
                token, dataDirectory: agentDirectory, at: Date())
            let agent = try AgentService(
                options: AgentOptions(
                    name: "s1", port: 0, dataDirectory: agentDirectory, imagesDirectory: directory.path, token: ""),
                logger: logger, onRunning: { port.yield($0) })
            group.addTask { try? await agent.run() }
            let agentPort = try #require(await opened.next())
            try await body("https://127.0.0.1:\(agentPort)")
            group.cancelAll()
        }
    }

    func performer(_ url: String, _ line: AgentLine? = nil) -> HTTPStepPerformer {
        HTTPStepPerformer(client: .prompt, token: "", line: line ?? self.line) { _ in url }
    }
}

@Suite("Monitor and agent by certificates", .timeLimit(.minutes(2)))
struct AgentLineTests {
    /// A step that does nothing to this machine.
    private static func wait(_ id: String, port: Int, seconds: Double) -> StepRequest {
        StepRequest(
            id: id, fencingToken: 1, step: .waitUntilHealthy(HealthProbe(url: "tcp://127.0.0.1:\(port)", timeoutSeconds: seconds))
        )
    }

    @Test("A certificate is replaced while an order is under way: the order is answered, and the next one too")
    func rotation() async throws {
        let joined = try JoinedAgent(lifetimeSeconds: 15)
        try await joined.run { url in
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let port = try #require(listener.localAddress?.port)
            try await listener.close()
            let first = try joined.certificate()
            let performer = joined.performer(url)
            async let inFlight = performer.perform(AgentLineTests.wait("p/0", port: port, seconds: 60), on: "s1")
            while try joined.certificate().serial == first.serial { try await Task.sleep(for: .milliseconds(20)) }
            let again = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: port).get()
            #expect(try await inFlight.succeeded)
            #expect(try joined.certificate().notAfter > first.notAfter)
            // The monitor's own is replaced as well.
            #expect(try joined.line.identity?.renewIfDue(at: Date()) == false)
            #expect(try joined.line.identity?.renewIfDue(at: Date().addingTimeInterval(2401)) == true)
            #expect(try await performer.perform(AgentLineTests.wait("p/1", port: port, seconds: 20), on: "s1").succeeded)
            try await again.close()
        }
    }

    @Test("Whoever is not the stack's monitor gets no word from an agent, another agent of the stack included")
    func strangers() async throws {
        let joined = try JoinedAgent(lifetimeSeconds: 600)
        let other = try JoinedAgent(lifetimeSeconds: 600)
        try await joined.run { url in
            func ask(_ tls: TLSConfiguration?) async throws {
                var request = HTTPClientRequest(url: url + "/health")
                request.tlsConfiguration = tls
                _ = try await HTTPClient.prompt.execute(request, timeout: .seconds(10))
            }
            let good = try #require(joined.line.identity).clientConfiguration()
            try await ask(good)
            // Without any certificate.
            var anonymous = TLSConfiguration.makeClientConfiguration()
            anonymous.trustRoots = good.trustRoots
            await #expect(throws: (any Error).self) { try await ask(anonymous) }
            // With the agent's own, which is of the right authority, but good for answering only.
            let identity = try #require(try AgentIdentity.load(dataDirectory: joined.agentDirectory)).current
            var colleague = anonymous
            colleague.certificateChain = [.certificate(try .init(bytes: Array(identity.certificate.utf8), format: .pem))]
            colleague.privateKey = .privateKey(try .init(bytes: Array(identity.key.utf8), format: .pem))
            await #expect(throws: (any Error).self) { try await ask(colleague) }
            // With the certificate of another stack's monitor; and in the clear.
            var stranger = try #require(other.line.identity).clientConfiguration()
            stranger.trustRoots = good.trustRoots
            await #expect(throws: (any Error).self) { try await ask(stranger) }
            await #expect(throws: (any Error).self) {
                _ = try await HTTPClient.prompt.execute(
                    HTTPClientRequest(url: url.replacing("https", with: "http") + "/health"), timeout: .seconds(10))
            }
            // And this monitor takes no answer of an agent that is not its own.
            await #expect(throws: (any Error).self) {
                try await joined.performer(url, other.line).perform(AgentLineTests.wait("p/0", port: 1, seconds: 1), on: "s1")
            }
        }
    }

    @Test("A server that was revoked is sent no step, and told why; a certificate that ended is not renewed")
    func revoked() async throws {
        let joined = try JoinedAgent(lifetimeSeconds: 600)
        try await joined.run { url in
            try joined.files.revoke("s1", at: Date().addingTimeInterval(1))
            let error = await #expect(throws: AgentUnreachable.self) {
                try await joined.performer(url).perform(AgentLineTests.wait("p/0", port: 1, seconds: 1), on: "s1")
            }
            #expect(error?.description.contains("magewatch agent token s1") == true)
            let identity = try #require(try AgentIdentity.load(dataDirectory: joined.agentDirectory))
            let client = try EnrolmentClient(monitor: identity.current.monitor)
            let refusal = await #expect(throws: (any Error).self) { try await client.renew(identity, at: Date()) }
            #expect("\(String(describing: refusal))".contains("taken back"))
        }
    }

    @Test("A machine whose clock is far off is told so when it joins, and keeps its token", arguments: [-7200.0, 7200])
    func clocks(skewSeconds: Double) async throws {
        let joined = try JoinedAgent(lifetimeSeconds: 3600)
        try await joined.run { _ in
            let monitor = try #require(try AgentIdentity.load(dataDirectory: joined.agentDirectory)).current.monitor
            let token = try joined.files.makeToken(for: "s1", of: joined.authority, at: Date(), forSeconds: 60)
            let client = try EnrolmentClient(monitor: monitor)
            let data = joined.directory.path + "/skewed"
            let error = await #expect(throws: AuthorityError.self) {
                try await client.join(token, dataDirectory: data, at: Date().addingTimeInterval(skewSeconds))
            }
            #expect(error?.code == .time && error?.message.contains("clock") == true)
            #expect(try AgentIdentity.load(dataDirectory: data) == nil)
            // With the clock set, the same token does.
            try await client.join(token, dataDirectory: data, at: Date())
            #expect(try AgentIdentity.load(dataDirectory: data) != nil)
        }
    }
}
