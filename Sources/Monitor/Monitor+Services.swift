import Agent
import Alerting
import AsyncHTTPClient
import Checks
import Execution
import Foundation
import Ingest
import LogQL
import Logging
import MonitorAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import PromQL
import ServiceLifecycle
import StackConfiguration
import StateStore
import Synchronization
import Telemetry
import Topology

extension Monitor {
    var hostName: String { ProcessInfo.processInfo.hostName }

    func serveIngest(onBound: @escaping @Sendable () -> Void) async throws {
        let server = IngestServer(
            options: .init(host: configuration.ingest.host, port: configuration.ingest.port), samples: stores.metrics,
            logs: access,
            metrics: metrics, logger: logger)
        let listening = onListening
        try await server.run { address in
            listening(.ingest(Monitor.text(address)))
            onBound()
        }
    }

    func serveAPI() async throws {
        let endpoint = configuration.api
        let server = APIServer(services: apiServices(), now: SystemClock.milliseconds, logger: logger)
        let listening = onListening
        do {
            try await server.run(host: endpoint.host, port: endpoint.port) { port in
                listening(.api(MagewatchConfiguration.Endpoint(host: endpoint.host, port: port).description))
            }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw MonitorError(
                "the API port \(endpoint) is in use by another program: stop it, or choose another with api.listen in the configuration"
            )
        }
    }

    /// Where the stack has an authority: the port where agents join, and their renewals.
    func serveAuthority() async throws {
        guard let enrolment = agentLine.enrolment, let identity = agentLine.identity,
            let endpoint = configuration.authority?.endpoint
        else { return try await gracefulShutdown() }
        try await enrolment.revokeWhoLeft(at: Date())
        let server = EnrolmentServer(enrolment: enrolment, identity: identity, metrics: metrics, logger: logger)
        let listening = onListening
        do {
            try await server.run(host: endpoint.host, port: endpoint.port) { port in
                listening(.authority(MagewatchConfiguration.Endpoint(host: endpoint.host, port: port).description))
            }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw MonitorError(
                "the authority's port \(endpoint) is in use by another program: stop it, or choose another with authority.listen in the "
                    + "configuration")
        }
    }

    func scraper(_ client: HTTPClient) -> Scraper {
        let scrape = configuration.scrape
        let interval = Duration.seconds(scrape.intervalSeconds)
        let timeout = Duration.seconds(scrape.timeoutSeconds)
        let agents = configuration.servers.map { server in
            ScrapeTarget(
                job: "agent", url: server.agentURL + "/metrics", labels: ["server": server.name], interval: interval,
                timeout: timeout)
        }
        let exporters = scrape.targets.map { target in
            ScrapeTarget(
                job: target.job, url: target.url, labels: Labels(target.labels.map { Label($0.key, $0.value) }),
                interval: interval,
                timeout: timeout)
        }
        let state = stores.state
        let logger = self.logger
        let missed = MissedScrapes()
        return Scraper(
            targets: agents + exporters, samples: stores.metrics, client: client, metrics: metrics, logger: logger,
            board: scrapes
        ) { target, isUp in
            guard target.job == "agent", let server = target.labels["server"] else { return }
            // One lost scrape says nothing about a server.
            let misses = missed.withLock { missed -> Int in
                missed[server] = isUp ? 0 : missed[server, default: 0] + 1
                return missed[server] ?? 0
            }
            guard misses != 1 else { return }
            do {
                try state.setHealth(isUp ? .up : .down, of: server)
            } catch {
                logger.error("health of \(server) can't be kept: \(error)")
            }
        }
    }

    func checks() -> CheckSchedule {
        let checks = configuration.checks.map { check in
            let kind: Check.Kind =
                switch check.kind {
                case .http(let url, let status): .http(url: url, expectedStatus: status)
                case .tcp(let host, let port): .tcp(host: host, port: port)
                case .tls(let host, let port): .tls(host: host, port: port)
                case .greeting(let greeting, let host, let port):
                    // The names are the same, which a test holds on to.
                    Greeting(rawValue: greeting.rawValue).map { .greeting($0, host: host, port: port) }
                        ?? .tcp(host: host, port: port)
                }
            return Check(
                name: check.name, kind: kind, intervalSeconds: check.intervalSeconds, timeoutSeconds: check.timeoutSeconds,
                labels: check.labels)
        }
        return CheckSchedule(
            checks: checks, prober: Prober(client: .prompt, group: MultiThreadedEventLoopGroup.singleton), vantage: "monitor",
            sink: stores.metrics, metrics: metrics, logger: logger, now: SystemClock.milliseconds)
    }

    /// The addresses of this machine.
    static func ownAddresses() -> [NetworkRange] {
        let devices = (try? System.enumerateDevices()) ?? []
        return devices.compactMap { $0.address?.ipAddress.flatMap { NetworkRange($0) } }
    }

    /// Asks the name server of the configuration, or the system's.
    static func crawlerVerifier(_ settings: MagewatchConfiguration.WAF, metrics: SelfMetrics) -> CrawlerVerifier? {
        guard settings.verifiesCrawlers else { return nil }
        let system = try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)
        let server = settings.resolver ?? .init(host: NameServer.ofSystem(system), port: 53)
        return CrawlerVerifier(
            service: NameServer(host: server.host, port: server.port, timeout: .seconds(settings.resolverTimeoutSeconds)),
            metrics: metrics)
    }

    /// Checks that need no configuration.
    func serviceChecks() -> ServiceChecks {
        let state = stores.state
        let name = configuration.stack
        return ServiceChecks(
            source: stores.metrics, sink: stores.metrics,
            prober: Prober(client: .prompt, group: MultiThreadedEventLoopGroup.singleton), metrics: metrics
        ) { try state.stack(named: name) }
    }

    /// Follows this machine's own log files, as the agent of a server does.
    func localAgent() -> [any Service] {
        let files = configuration.builtInAgent.logs.filter { FileManager.default.fileExists(atPath: $0) }
        let host = configuration.ingest.host == "0.0.0.0" ? "127.0.0.1" : configuration.ingest.host
        guard !files.isEmpty, configuration.ingest.port != 0 else { return [] }
        let url = "http://\(MagewatchConfiguration.Endpoint(host: host, port: configuration.ingest.port))"
        do {
            return [
                try LogShipper(
                    server: hostName, paths: files, apps: [:], destination: url, token: nil,
                    positionsPath: configuration.dataDirectory + "/log-positions.json", metrics: metrics, logger: logger)
            ]
        } catch {
            logger.error("this machine's log files are not followed: \(error)")
            return []
        }
    }

    /// Characters of a bouncer's key: fewer can be guessed.
    private static let minimumKeyCharacters = 16

    /// Keys of bouncers by their names.
    static func readBouncerKeys(_ bouncers: [MagewatchConfiguration.Bouncer]) throws -> [String: String] {
        var keys: [String: String] = [:]
        for bouncer in bouncers {
            guard let data = FileManager.default.contents(atPath: bouncer.keyFile) else {
                throw MonitorError("key-file \(bouncer.keyFile) of the bouncer \(bouncer.name) can't be read")
            }
            let key = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard key.count >= minimumKeyCharacters else {
                throw MonitorError(
                    "key-file \(bouncer.keyFile) of the bouncer \(bouncer.name) holds fewer than \(minimumKeyCharacters) characters"
                )
            }
            guard !keys.values.contains(key) else {
                throw MonitorError(
                    "the bouncer \(bouncer.name) has the key of another; each needs its own, as each is told what is new to it")
            }
            keys[bouncer.name] = key
        }
        return keys
    }

    static func makeExecutor(
        _ configuration: MagewatchConfiguration, _ stores: MonitorStores, _ line: AgentLine, metrics: SelfMetrics, logger: Logger
    ) throws -> Executor {
        var token = ""
        if let file = configuration.tokenFile {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw MonitorError("token-file \(file) can't be read; it must hold the token that the agents were started with")
            }
            token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let urls = Dictionary(configuration.servers.map { ($0.name, $0.agentURL) }, uniquingKeysWith: { first, _ in first })
        return try Executor(
            state: stores.state, performer: HTTPStepPerformer(client: .prompt, token: token, line: line) { urls[$0] },
            pool: LedgerServerPool(
                servers: configuration.servers, billedPeriodSeconds: configuration.scaler.billedPeriodSeconds, state: stores.state
            ),
            metrics: metrics
        ) { event in
            logger.info("\(event.plan) \(event.kind.rawValue) \(event.summary) \(event.outcome) \(event.message)")
        }
    }

    /// Asks a server's agent whether it is there.
    static func prober(_ configuration: MagewatchConfiguration, _ line: AgentLine) -> @Sendable (String) async -> Bool {
        let urls = Dictionary(configuration.servers.map { ($0.name, $0.agentURL) }, uniquingKeysWith: { first, _ in first })
        return { server in
            guard let url = urls[server] else { return false }
            do {
                var request = HTTPClientRequest(url: url + "/health")
                try line.prepare(&request, to: server)
                let response = try await HTTPClient.prompt.execute(request, timeout: .milliseconds(500))
                return response.status == .ok
            } catch {
                return false
            }
        }
    }

    /// Connects to a container as its clients do.
    static func containerProber() -> @Sendable (Container) async -> Bool {
        let prober = Prober(client: .prompt, group: MultiThreadedEventLoopGroup.singleton)
        return { container in
            let check = Check(
                name: container.name, kind: .tcp(host: container.host, port: container.port), intervalSeconds: 1,
                timeoutSeconds: 0.4)
            return await prober.probe(check).isUp
        }
    }

    static func receivers(_ configuration: MagewatchConfiguration) -> [Receiver] {
        configuration.alerts.webhooks.enumerated().map { index, url in
            Receiver(name: "webhook-\(index + 1)", url: url, repeatSeconds: configuration.alerts.repeatSeconds)
        }
    }

    private static func text(_ address: SocketAddress) -> String {
        "\(address.ipAddress ?? ""):\(address.port ?? 0)"
    }
}

/// How many scrapes of a server were missed in a row.
private final class MissedScrapes: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func withLock<Value: Sendable>(_ body: (inout [String: Int]) -> Value) -> Value {
        counts.withLock { counts in body(&counts) }
    }
}
