import Checks
import Logging
import Telemetry
import Topology

/// Checks from outside that are made without being configured: one for each port at which an agent saw a service of a role container take
/// connections from other machines.
///
/// Where the monitor never reached a service it may have no way to the container's network: that says nothing, and is only counted. A check
/// that was up once goes on while the inventory has its container run, also when its service, or the agent that saw it, is gone.
actor ServiceChecks {
    /// How often a service is checked.
    static let intervalSeconds = 30.0
    /// How long one may take.
    static let timeoutSeconds = 5.0
    /// Most checks.
    static let maximumChecks = 2000
    /// A listener that was not seen for longer is not believed.
    private static let maximumAge: Milliseconds = 120_000

    /// A port of a service in a container.
    struct Target: Hashable {
        var container: String
        var service: String
        var port: Int
    }

    private let source: any SeriesSource
    private let sink: any SampleSink
    private let prober: Prober
    private let metrics: SelfMetrics
    private let stack: @Sendable () throws -> Stack
    private var known: Set<Target> = []
    /// Names of checks that were up once.
    private var proven: Set<String> = []

    init(
        source: any SeriesSource, sink: any SampleSink, prober: Prober, metrics: SelfMetrics,
        stack: @escaping @Sendable () throws -> Stack
    ) {
        self.source = source
        self.sink = sink
        self.prober = prober
        self.metrics = metrics
        self.stack = stack
    }

    /// Checks every service once, side by side.
    func probe(at now: Milliseconds) async throws {
        let checks = try checks(at: now)
        let prober = self.prober
        let results = await withTaskGroup(of: (Int, ProbeResult).self) { group in
            for (index, check) in checks.enumerated() { group.addTask { (index, await prober.probe(check)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var batch = SampleBatch()
        proven.formIntersection(checks.map(\.name))
        for (index, result) in results {
            let check = checks[index]
            if result.isUp { proven.insert(check.name) }
            guard proven.contains(check.name) else {
                metrics.add("magewatch_service_checks_total", ["result": "never reached"])
                continue
            }
            result.append(to: &batch, check, vantage: "monitor", at: now)
            metrics.add("magewatch_service_checks_total", ["result": result.isUp ? "up" : "down"])
        }
        if !batch.isEmpty { _ = try await sink.append(batch) }
    }

    /// The checks of a moment.
    func checks(at now: Milliseconds) throws -> [Check] {
        let running = Dictionary(
            try stack().containers.filter { $0.state == .running && $0.kind == .active }.map { ($0.name, $0) },
            uniquingKeysWith: { $1 })
        known.formUnion(try seen(at: now))
        known = known.filter { running[$0.container] != nil }
        let sorted = known.sorted { ($0.container, $0.service, $0.port) < ($1.container, $1.service, $1.port) }
        if sorted.count > ServiceChecks.maximumChecks {
            metrics.add("magewatch_service_checks_refused_total", by: Double(sorted.count - ServiceChecks.maximumChecks))
        }
        return sorted.prefix(ServiceChecks.maximumChecks).compactMap { target in
            running[target.container].map { ServiceChecks.check(target, $0) }
        }
    }

    private static func check(_ target: Target, _ container: Container) -> Check {
        let kind: Check.Kind =
            if let greeting = greeting(target.service, target.port) {
                .greeting(greeting, host: container.host, port: target.port)
            } else {
                .tcp(host: container.host, port: target.port)
            }
        return Check(
            name: "\(target.container) \(target.service) \(target.port)", kind: kind, intervalSeconds: intervalSeconds,
            timeoutSeconds: timeoutSeconds,
            labels: ["container": target.container, "role": container.role.rawValue, "service": target.service])
    }

    /// What a service says at a port; nil where nothing can be asked without knowing more.
    static func greeting(_ service: String, _ port: Int) -> Greeting? {
        switch (service, port) {
        case ("postfix", 25), ("postfix", 587): .smtp
        case ("sshd", _): .ssh
        case ("mariadb", _), ("sphinx", 9306): .mysql
        case ("redis", _): .redis
        case ("memcached", _): .memcached
        case ("rabbitmq", 5672): .amqp
        default: nil
        }
    }

    private func seen(at now: Milliseconds) throws -> [Target] {
        let range = now - ServiceChecks.maximumAge...now
        return try source.select([.equal(Labels.metricNameLabel, "magewatch_service_listens")], in: range).compactMap { reader in
            guard let container = reader.labels["container"], let service = reader.labels["service"],
                let port = reader.labels["port"].flatMap({ UInt16($0) })
            else { return nil }
            var columns = SampleColumns()
            try reader.read(range, into: &columns)
            return columns.values.last == 1 ? Target(container: container, service: service, port: Int(port)) : nil
        }
    }
}
