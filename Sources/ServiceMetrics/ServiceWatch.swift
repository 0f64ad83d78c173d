import CLinux
import Foundation
package import Logging
import Synchronization
package import Telemetry

/// Follows the services of a server: finds them, asks them side by side at an interval, and keeps the newest that each told.
///
/// Reading it never waits: a service that hangs holds up its own thread until its time is over, and neither another service nor a scrape.
package final class ServiceWatch: Sendable {
    /// How often services are asked.
    package static let interval = Duration.seconds(5)
    /// How long one may take for all of its answers.
    package static let timeout = Duration.seconds(2)
    /// For how long every round looks for services anew after processes that may be some have come or gone: a service opens its ports one
    /// after the other.
    package static let settlingTime = Duration.seconds(60)
    /// How often they are looked for otherwise.
    package static let discoveryInterval = Duration.seconds(30)
    /// How long a service whose processes are gone is told as down, in a container that goes on or on the server itself.
    package static let forgottenAfter = Duration.seconds(900)
    /// Most services asked at the same time; the others wait for their turn.
    package static let maximumAtOnce = 32

    private struct Key: Hashable, Sendable {
        var kind: ServiceKind
        var container: String?
        var endpoint: String
    }

    private struct State {
        var services: [Key: ServiceState] = [:]
        var waiting: [@Sendable () -> Void] = []
        var running = 0
        var discoveredAt: ContinuousClock.Instant?
        /// What may be a service, and since when.
        var candidates: Set<Int32> = []
        var changedAt: ContinuousClock.Instant?
        var isLooking = false
        var refused = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let server: String
    private let processRoot: String
    private let containers: @Sendable () -> [ServiceScope]
    private let credentials: ServiceCredentials
    private let timeout: Duration
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - server: the `server` label of all series.
    ///   - containers: the role containers that run now.
    ///   - timeout: for one service; ``timeout`` but in tests.
    package init(
        server: String, containers: @escaping @Sendable () -> [ServiceScope] = { [] },
        credentials: ServiceCredentials = ServiceCredentials(), processRoot: String = "/proc",
        timeout: Duration = ServiceWatch.timeout, logger: Logger
    ) {
        self.server = server
        self.containers = containers
        self.credentials = credentials
        self.processRoot = processRoot
        self.timeout = timeout
        self.logger = logger
    }

    /// Asks all services again and again until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            ask()
            do {
                try await Task.sleep(for: ServiceWatch.interval)
            } catch {
                return
            }
        }
    }

    /// Begins one round, unless the last one is still looking around.
    package func ask() {
        let isFree = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard isFree else { return }
        Thread.detachNewThread {
            self.look()
            self.finish { $0.isLooking = false }
        }
    }

    /// Waits until nothing is being asked.
    package func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isLooking || state.running > 0 { state.waiters.append(continuation) }
                return !state.isLooking && state.running == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Adds the newest that every service told.
    package func append(to batch: inout SampleBatch, at time: Milliseconds) {
        let (services, refused) = state.withLock { ($0.services.values.map { $0 }, $0.refused) }
        for service in services { service.append(to: &batch, server: server, at: time) }
        guard refused > 0 else { return }
        batch.append(
            [Labels.metricNameLabel: "magewatch_service_refused", "server": server], Double(refused), at: time)
    }

    /// One look at the machine: which services there are, and a thread for each to be asked on.
    private func look() {
        let table = ProcessTable(root: processRoot)
        let scopes = containers()
        var tables: [Int32: SocketTable] = [:]
        func sockets(_ process: Int32, _ scope: ServiceScope) -> SocketTable {
            let owner = scope.firstProcess ?? 0
            if let known = tables[owner] { return known }
            let read = SocketTable(process: scope.firstProcess ?? process, root: processRoot)
            tables[owner] = read
            return read
        }
        discover(table, scopes) { SocketTable(process: $0, root: self.processRoot) }
        let due = state.withLock { state in
            state.services.values.filter { !$0.isAsked && table.processes[$0.service.process] != nil }.map(\.service)
        }
        for service in due {
            let seen = sockets(service.process, service.scope)
            enqueue(service, table, seen)
        }
    }

    private func discover(_ table: ProcessTable, _ scopes: [ServiceScope], _ sockets: @escaping (Int32) -> SocketTable) {
        let now = ContinuousClock.now
        let candidates = ServiceDiscovery.candidates(in: table)
        let isDue = state.withLock { state in
            if state.candidates != candidates {
                state.candidates = candidates
                state.changedAt = now
            }
            return state.discoveredAt.map { now - $0 >= ServiceWatch.discoveryInterval } ?? true
                || state.changedAt.map { now - $0 < ServiceWatch.settlingTime } ?? false
        }
        guard isDue else { return }
        var tables: [String: SocketTable] = [:]
        let (found, refused) = ServiceDiscovery(containers: scopes).services(in: table) { process in
            let namespace = table.namespace("net", of: "\(process)") ?? ""
            if let known = tables[namespace] { return known }
            let read = sockets(process)
            tables[namespace] = read
            return read
        }
        let alive = Set(scopes.compactMap(\.container))
        state.withLock { state in
            state.discoveredAt = now
            state.refused = refused
            let keys = Set(found.map(ServiceWatch.key))
            for (service, key) in zip(found, found.map(ServiceWatch.key)) {
                state.services[key, default: ServiceState(service: service, seenAt: now)].service = service
                state.services[key]?.seenAt = now
            }
            for (key, known) in state.services where !keys.contains(key) {
                // A container that is gone took its services along; that is no failure of theirs.
                let isOver = known.service.scope.container.map { !alive.contains($0) } ?? false
                if isOver || now - known.seenAt > ServiceWatch.forgottenAfter {
                    state.services[key] = nil
                } else {
                    state.services[key]?.wentAway()
                }
            }
        }
    }

    private func enqueue(_ service: FoundService, _ table: ProcessTable, _ sockets: SocketTable) {
        state.withLock { state in
            state.services[ServiceWatch.key(service)]?.isAsked = true
            state.waiting.append { self.collect(service, table, sockets) }
        }
        launch()
    }

    private func launch() {
        while true {
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                guard state.running < ServiceWatch.maximumAtOnce, !state.waiting.isEmpty else { return nil }
                state.running += 1
                return state.waiting.removeFirst()
            }
            guard let next else { return }
            Thread.detachNewThread {
                next()
                self.finish { $0.running -= 1 }
                self.launch()
            }
        }
    }

    private func collect(_ service: FoundService, _ table: ProcessTable, _ sockets: SocketTable) {
        let clock = ContinuousClock()
        let start = clock.now
        let result: Result<ServiceReading, ServiceError>
        do throws(ServiceError) {
            try enterNetwork(of: service)
            let access = ServiceAccess(
                service: service, processes: table, sockets: sockets, credentials: credentials, deadline: start + timeout,
                now: Date().timeIntervalSince1970)
            var reading = try service.kind.collector.collect(access)
            ServiceWatch.addKernelFigures(access, to: &reading)
            result = .success(reading)
        } catch {
            result = .failure(error)
        }
        let elapsed = (clock.now - start).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        let key = ServiceWatch.key(service)
        let change = state.withLock { state -> String? in
            let before = state.services[key]?.message
            state.services[key]?.isAsked = false
            state.services[key]?.took(result, seconds: seconds)
            let after = state.services[key]?.message
            return before == after ? nil : after
        }
        guard let change, !change.isEmpty else { return }
        logger.warning("\(service.kind.rawValue)\(service.scope.container.map { " in \($0)" } ?? ""): \(change)")
    }

    /// A container's loopback is its own. The thread ends after the collection, so that it need not find its way back.
    private func enterNetwork(of service: FoundService) throws(ServiceError) {
        guard service.scope.firstProcess != nil else { return }
        let descriptor = unsafe open("\(processRoot)/\(service.process)/ns/net", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ServiceError(.denied, "the network of its container can't be seen; the agent needs root")
        }
        defer { close(descriptor) }
        guard clinux_setns(descriptor, clinux_CLONE_NEWNET) == 0 else {
            throw ServiceError(.denied, "the network of its container can't be entered; the agent needs root")
        }
    }

    /// What the kernel knows of every service.
    private static func addKernelFigures(_ access: ServiceAccess, to reading: inout ServiceReading) {
        reading.add("magewatch_service_processes", Double(1 + access.members.count))
        let own = Set(access.service.listeners)
        guard !own.isEmpty else { return }
        let ports = Set(own.compactMap(\.port))
        let paths = own.filter { $0.port == nil }
        let connections = ports.reduce(0) { $0 + access.sockets.connections(to: .tcp([], $1)) }
        reading.add(
            "magewatch_service_connections",
            Double(paths.reduce(connections) { $0 + access.sockets.connections(to: $1) }))
        let waiting = access.sockets.listeners.filter { own.contains($0.address) }
        reading.add("magewatch_service_listen_queue", Double(waiting.reduce(0) { $0 + access.sockets.waiting(at: $1) }))
    }

    private static func key(_ service: FoundService) -> Key {
        Key(kind: service.kind, container: service.scope.container, endpoint: service.endpoint)
    }

    private func finish(_ change: (inout sending State) -> Void) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            change(&state)
            guard !state.isLooking, state.running == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
