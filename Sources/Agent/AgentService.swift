import AgentContract
import Authority
import Drivers
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import ServiceLifecycle
import ServiceMetrics
package import Telemetry

/// An agent: answers scrapes, does steps, ships logs, keeps the load balancer as it was told. Runs until it is asked to stop;
/// containers run on without it.
package struct AgentService: Service {
    /// Largest step taken, in bytes; a larger body is answered 413.
    package static let maximumBodyBytes = 256 << 10
    /// How often HAProxy is compared with what it was told.
    package static let reconcileInterval = Duration.seconds(2)

    private let options: AgentOptions
    private let desk: StepDesk
    private let hands: Hands
    private let services: ServiceWatch
    private let identity: AgentIdentity?
    private let metrics: SelfMetrics
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// Prepares an agent with the server's real drivers.
    /// - Parameter onRunning: told the port once requests are taken.
    package init(
        options: AgentOptions, metrics: SelfMetrics = SelfMetrics(), logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        try self.init(
            options: options, hands: Hands(options: options), metrics: metrics, logger: logger, onRunning: onRunning)
    }

    /// Prepares an agent with drivers given.
    package init(
        options: AgentOptions, hands: Hands, metrics: SelfMetrics = SelfMetrics(), logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        identity = try AgentIdentity.load(dataDirectory: options.dataDirectory)
        guard !options.token.isEmpty || identity != nil else {
            throw AgentError(
                .options,
                "an agent needs a token that callers have to show: give --token-file FILE, or join with \"magewatch agent join\"")
        }
        try Names.check(options.name, "server")
        if let joined = identity?.current.server, joined != options.name {
            throw AgentError(
                .options, "this agent is called \(options.name) and joined as \(joined): give --name \(joined), or join anew")
        }
        self.options = options
        self.hands = hands
        self.metrics = metrics
        self.logger = logger
        self.onRunning = onRunning
        let containers = ContainerCollector(containers: hands.containers)
        services = ServiceWatch(
            server: options.name, containers: { containers.scopes() },
            credentials: try options.serviceCredentials.map { try ServiceCredentials(file: $0) } ?? ServiceCredentials(),
            logger: logger)
        desk = try StepDesk(hands: hands, dataDirectory: options.dataDirectory, metrics: metrics)
    }

    package func run() async throws {
        for files in options.sharedFiles {
            let outcome = try await hands.sharedFiles.attach(files)
            logger.info("\(outcome.message)")
        }
        let databases = DatabaseWatch(server: options.name, hands: hands, metrics: metrics)
        var services: [any Service] = [
            try application(databases), Reaper(metrics: metrics), databases, ServiceFollower(watch: self.services),
        ]
        if let balancer = hands.loadBalancer {
            services.append(Reconciler(balancer: balancer, metrics: metrics, logger: logger))
        }
        if let filter = hands.packetFilter {
            services.append(PacketFilterKeeper(filter: filter, metrics: metrics, logger: logger))
        }
        if let identity {
            services.append(
                CertificateKeeper(
                    identity: identity, client: try EnrolmentClient(monitor: identity.current.monitor), metrics: metrics,
                    logger: logger))
        }
        if let destination = options.shipTo, !options.logPaths.isEmpty {
            services.append(
                try LogShipper(
                    server: options.name, paths: options.logPaths, apps: options.logApps, destination: destination,
                    token: options.shipToken, positionsPath: options.dataDirectory + "/positions.json", metrics: metrics,
                    logger: logger))
        }
        let group = ServiceGroup(configuration: .init(services: services, logger: logger))
        try await group.run()
    }

    private func application(_ databases: DatabaseWatch) throws -> some ApplicationProtocol {
        let router = Router()
        let collector = HostCollector(server: options.name, containers: hands.containers, services: services)
        router.get("health") { _, _ in "ok\n" }
        router.get("metrics") { _, _ in
            let text = await scrape(collector, databases)
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: text)))
        }
        router.post("v1/steps") { request, _ in try await step(request) }
        return Application(
            router: router,
            server: try identity.map { try .tls(.http1(), tlsConfiguration: $0.tlsConfiguration()) } ?? .http1(),
            configuration: .init(
                address: .hostname(options.host, port: options.port), serverName: "magewatch-agent"),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? options.port
                let way =
                    identity == nil ? "in the clear, to whoever has the token" : "the monitor that it joined, by certificate"
                logger.info("agent \(options.name) answers on \(options.host):\(port), \(way)")
                await onRunning(port)
            },
            logger: logger)
    }

    private func scrape(_ collector: HostCollector, _ databases: DatabaseWatch) async -> [UInt8] {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        var batch = SampleBatch()
        collector.collect(at: now, into: &batch)
        databases.collect(at: now, into: &batch)
        if let balancer = hands.loadBalancer {
            do {
                LoadBalancerSamples.append(try await balancer.statistics(), server: options.name, at: now, into: &batch)
            } catch {
                let code = (error as? DriverError)?.code.rawValue ?? "other"
                metrics.add("magewatch_agent_driver_errors_total", ["driver": "load_balancer", "code": code])
                // The reconciler says it, once an outage; here it is counted.
                logger.debug("load balancer figures are missing: \(error)")
            }
        }
        if let identity, let certificate = try? AgentCertificate(pem: identity.current.certificate) {
            batch.append(
                Labels([Label(Labels.metricNameLabel, "magewatch_agent_certificate_end_timestamp_seconds")]),
                certificate.notAfter.timeIntervalSince1970, at: now)
        }
        for reading in metrics.readings() { batch.append(reading.labels, reading.value, at: now) }
        return PrometheusText.render(batch)
    }

    private func step(_ request: Request) async throws -> Response {
        let shown = request.headers[.authorization] ?? ""
        // Whoever got this far to an agent that has joined has shown a certificate of the stack's monitor.
        guard identity != nil || AgentService.equal(shown, "Bearer " + options.token) else {
            metrics.add("magewatch_agent_requests_refused_total", ["reason": "unauthorized"])
            return AgentService.problem(.unauthorized, "a step needs 'Authorization: Bearer TOKEN' with this agent's token")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: AgentService.maximumBodyBytes)
        } catch {
            metrics.add("magewatch_agent_requests_refused_total", ["reason": "too_large"])
            return AgentService.problem(.contentTooLarge, "a step has at most \(AgentService.maximumBodyBytes) bytes")
        }
        let order: StepRequest
        do {
            order = try JSONDecoder().decode(StepRequest.self, from: Data(body.readableBytesView))
        } catch {
            metrics.add("magewatch_agent_requests_refused_total", ["reason": "malformed"])
            return AgentService.problem(.badRequest, "this is no step: \(error)")
        }
        let answer = await desk.perform(order)
        logger.info(
            "step \(order.id) \(order.step.name): \(answer.outcome.rawValue)",
            metadata: ["message": "\(answer.message)", "seconds": "\(answer.durationSeconds)"])
        let encoded = try JSONEncoder().encode(answer)
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: encoded)))
    }

    private static func problem(_ status: HTTPResponse.Status, _ message: String) -> Response {
        // Written by the encoder, as a message may quote what was sent.
        let body = (try? JSONEncoder().encode(["error": message])) ?? Data()
        return Response(
            status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Compares in a time that does not tell how much of a guess was right.
    static func equal(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var difference = left.count ^ right.count
        for index in right.indices { difference |= Int((index < left.count ? left[index] : 0) ^ right[index]) }
        return difference == 0
    }
}
