import AsyncHTTPClient
import Foundation
import Logging
import ServiceLifecycle
import StackConfiguration
import StateStore
import Topology

/// How the monitor speaks to its agents: in the clear with a token, or by certificates where the stack has an authority.
package struct AgentLine: Sendable {
    /// Nil where the stack has no authority.
    let enrolment: Enrolment?
    let identity: MonitorIdentity?

    /// The line of a stack without an authority.
    package static let clear = AgentLine(enrolment: nil, identity: nil)

    init(enrolment: Enrolment?, identity: MonitorIdentity?) {
        self.enrolment = enrolment
        self.identity = identity
    }

    /// Opens the stack's authority, where the configuration has one.
    init(_ configuration: MagewatchConfiguration, state: StateStore, at now: Date) throws {
        guard let settings = configuration.authority else {
            self = .clear
            return
        }
        let files = AuthorityFiles(dataDirectory: configuration.dataDirectory)
        let authority = try files.authority(of: configuration.stack, at: now)
        let hosts = Dictionary(
            configuration.servers.map { ($0.name, AgentLine.hosts(of: $0)) }, uniquingKeysWith: { first, _ in first })
        enrolment = Enrolment(
            authority: authority, files: files, hosts: hosts, lifetimeSeconds: settings.lifetimeSeconds
        ) { kind, server, detail in
            try state.audit(at: SystemClock.milliseconds(), by: "authority", kind, server, detail)
        }
        identity = try MonitorIdentity(authority, lifetimeSeconds: settings.lifetimeSeconds, at: now)
    }

    /// Every name under which the monitor asks a server's agent.
    private static func hosts(of server: Server) -> [String] {
        let host = URLComponents(string: server.agentURL)?.host?.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return Set([host, server.address].compactMap { $0 }.filter { !$0.isEmpty }).sorted()
    }

    /// Makes a request to an agent ready to be sent.
    /// - Throws: ``AgentUnreachable`` where the agent's certificates were taken back.
    func prepare(_ request: inout HTTPClientRequest, to server: String) throws {
        guard request.url.hasPrefix("https://"), let identity, let enrolment else { return }
        guard try !enrolment.files.isRevoked(server) else {
            throw AgentUnreachable(
                "the certificates of \(server) were taken back; to have it back, join with a new token: \"magewatch agent token \(server)\""
            )
        }
        request.tlsConfiguration = try identity.clientConfiguration()
    }

    /// Runs something that scrapes, anew each time the monitor's certificate was replaced.
    func scraping(
        logger: Logger, _ run: @escaping @Sendable (HTTPClient) async throws -> Void
    ) async throws {
        guard let identity else { return try await run(.prompt) }
        while !Task.isCancelled {
            var configuration = HTTPClient.Configuration.singletonConfiguration
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.tlsConfiguration = try identity.scrapeConfiguration()
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await run(client)
                        // With nothing to scrape there is nothing to do anew either.
                        try await gracefulShutdown()
                    }
                    group.addTask {
                        repeat {
                            // Never long, as clocks are set.
                            let pause = min(max(0.1, identity.renewalDue.timeIntervalSinceNow), 600)
                            try await Task.sleep(for: .seconds(pause))
                        } while !(try identity.renewIfDue(at: Date()))
                        logger.info("the monitor's certificate was replaced")
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
        }
    }
}
