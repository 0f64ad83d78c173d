import Forecasting
import NIOPosix
package import Planning
package import StackConfiguration
package import StateStore
import Synchronization
package import Telemetry
package import Topology

/// Keeps every scalable role sized: measures its demand tick by tick and asks its ``RoleSizer`` what it should have.
///
/// What it decides is written as series, for rules to act on and people to read: `magewatch_scaler_launch_containers{role}` and
/// `magewatch_scaler_keep_containers{role}` (the bounds), `magewatch_scaler_containers{role}` (what serves),
/// `magewatch_scaler_price_periods{role}`, `magewatch_scaler_demand_source{role, source, resource}` (1 for what demand is measured by: requests over
/// the learned capacity, with the resource that binds it, or utilisation), and ``demandMetric``, which a restart learns from again.
package actor SizingService {
    /// Demand of a role, in cores.
    package static let demandMetric = "magewatch_scaler_demand_cores"
    /// How far back a restart learns from.
    package static let learnedSeconds = 14.0 * 86_400
    private static let eventLearningSeconds = 6 * 3600.0

    private let configuration: MagewatchConfiguration
    private let state: StateStore
    private let source: any SeriesSource
    private let sink: any SampleSink
    private let metrics: SelfMetrics
    private let events: [KnownEvent]
    private let capacities: @Sendable () -> [LearnedCapacity]
    private var sizers: [Role: RoleSizer]?
    private var meters: [Role: DemandMeter] = [:]
    private var sources: [Role: Labels] = [:]
    private var preparations: [Role: EventPreparation] = [:]
    /// What known events do to the demand of each role, and when that was learned.
    private var calendars: [Role: EventCalendar] = [:]
    private var calendarsMadeAt: Milliseconds = .min / 2
    private var lastTick: Milliseconds = 0
    private let latest = Latest()

    package init(
        _ configuration: MagewatchConfiguration, state: StateStore, source: any SeriesSource, sink: any SampleSink,
        capacities: @escaping @Sendable () -> [LearnedCapacity] = { [] }, metrics: SelfMetrics
    ) {
        self.capacities = capacities
        self.configuration = configuration
        self.state = state
        self.source = source
        self.sink = sink
        events = configuration.knownEvents(at: SystemClock.milliseconds())
        self.metrics = metrics
    }

    /// The newest sizing of each role; a role that was not measured lately has none.
    package nonisolated var sizing: [Role: RoleSizing] { latest.values }

    /// One tick: measure, decide, write.
    package func tick(at now: Milliseconds) async throws {
        var sizers = try await prepared(at: now)
        try learnEvents(of: sizers.keys, at: now)
        let stack = try state.stack(named: configuration.stack)
        let utilisation = try newest(ForecastService.signalMetric, at: now)
        let requests = try newest(CapacityService.requestMetric, at: now)
        let capacities = Dictionary(capacities().map { ($0.role, $0) }) { first, _ in first }
        let tick = configuration.scaler.tickSeconds
        let missed = lastTick > 0 ? Int(max(0, min(1e6, (Double(now - lastTick) / 1000 / tick).rounded() - 1))) : 0
        var batch = SampleBatch()
        var sizing: [Role: RoleSizing] = [:]
        for role in sizers.keys {
            let active = stack.containers(of: role).filter { $0.kind == .active && $0.state == .running }
            let cores = active.reduce(0) { $0 + $1.limits.cores }
            let demand = meters[role]?.demand(
                utilisation: utilisation[role], cores: cores, requests: requests[role], capacity: capacities[role.rawValue],
                at: now)
            guard var next = sizers[role]?.tick(demandCores: demand?.cores, readyCores: cores, missed: missed) else { continue }
            note(demand?.source, of: role, at: now, into: &batch)
            if let demand {
                next.sizing += "; demand " + demand.source.summary
                next = prepared(next, role, at: now)
                sizing[role] = next
                write(role, demand.cores, next, containers: active.count, at: now, into: &batch)
            }
        }
        self.sizers = sizers
        lastTick = now
        latest.set(sizing)
        if !batch.isEmpty { _ = try await sink.append(batch) }
    }

    /// The sizing, raised where a known event is about to begin.
    private func prepared(_ sizing: RoleSizing, _ role: Role, at now: Milliseconds) -> RoleSizing {
        guard let calendar = calendars[role] else { return sizing }
        let lead = configuration.scaler.attachSeconds + configuration.scaler.tickSeconds
        return preparations[role, default: EventPreparation(leadSeconds: lead)].prepared(
            sizing, for: calendar.ahead(at: now).map { .init(name: $0.name, start: $0.start, lift: $0.lift) }, at: now)
    }

    /// What known events do is learned anew a few times a day: from demand, which is the same however many served it.
    private func learnEvents(of roles: some Collection<Role>, at now: Milliseconds) throws {
        guard !events.isEmpty, Double(now - calendarsMadeAt) >= SizingService.eventLearningSeconds * 1000 else { return }
        calendarsMadeAt = now
        for role in roles {
            let own = events.filter { $0.role == nil || $0.role == role.rawValue }
            let demand = try history(of: role, at: now)
            calendars[role] = EventCalendar(
                own.compactMap { event in
                    EventEffect(
                        of: event, values: demand, end: now, stepSeconds: configuration.scaler.tickSeconds, others: own
                    ).map { .init(event: event, effect: $0) }
                })
        }
    }

    private func write(
        _ role: Role, _ demandCores: Double, _ sizing: RoleSizing, containers: Int, at now: Milliseconds,
        into batch: inout SampleBatch
    ) {
        let values = [
            (SizingService.demandMetric, demandCores), ("magewatch_scaler_launch_containers", Double(sizing.launchContainers)),
            ("magewatch_scaler_keep_containers", Double(sizing.keepContainers)),
            ("magewatch_scaler_containers", Double(containers)), ("magewatch_scaler_price_periods", sizing.pricePeriods),
        ]
        for (name, value) in values { batch.append(["__name__": name, "role": role.rawValue], value, at: now) }
    }

    /// Writes what the demand of a role is measured by; a source that is no more is ended.
    private func note(_ source: DemandMeter.Source?, of role: Role, at now: Milliseconds, into batch: inout SampleBatch) {
        let name: Labels = ["__name__": "magewatch_scaler_demand_source", "role": role.rawValue]
        let labels: Labels? =
            switch source {
            case .utilisation: name.setting("source", to: "utilisation")
            case .requests(let resource, _): name.setting("source", to: "requests").setting("resource", to: resource)
            case nil: nil
            }
        if let before = sources[role], before != labels { batch.append(before, SampleBatch.staleMarker, at: now) }
        sources[role] = labels
        if let labels { batch.append(labels, 1, at: now) }
    }

    /// The sizers; the first time they are made, and learn from the demand that was recorded before.
    private func prepared(at now: Milliseconds) async throws -> [Role: RoleSizer] {
        if let sizers { return sizers }
        var learned: [Role: RoleSizer] = [:]
        for (role, settings) in configuration.roles where !settings.addresses.isEmpty {
            let sizer = sizer(role, settings)
            meters[role] = DemandMeter(unitCores: sizer.unitCores, saturation: configuration.forecast.limit)
            let history = try history(of: role, at: now)
            // Seconds of work for weeks of history: not on the threads that all tasks share.
            learned[role] = try await NIOThreadPool.singleton.runIfActive {
                var sizer = sizer
                sizer.learn(history)
                return sizer
            }
        }
        sizers = learned
        return learned
    }

    private func sizer(_ role: Role, _ settings: MagewatchConfiguration.RoleSettings) -> RoleSizer {
        let terms = SizingTerms(configuration)
        return RoleSizer(
            rules: terms.rules(role, settings), containerCores: settings.limits.cores, saturation: configuration.forecast.limit,
            options: terms.options)
    }

    private func history(of role: Role, at now: Milliseconds) throws -> [Double] {
        let from = now - Milliseconds(SizingService.learnedSeconds * 1000)
        let matchers: [LabelMatcher] = [
            .equal(Labels.metricNameLabel, SizingService.demandMetric), .equal("role", role.rawValue),
        ]
        guard let reader = try source.select(matchers, in: from...now).first else { return [] }
        return try SignalSteps(
            reader, after: from, now: now, stepSeconds: configuration.scaler.tickSeconds, isFirst: true
        ).values
    }

    /// The last value of a series by role; none that is older than a minute.
    private func newest(_ metric: String, at now: Milliseconds) throws -> [Role: Double] {
        let range = now - Scaler.maximumAge...now
        var values: [Role: Double] = [:]
        for reader in try source.select([.equal(Labels.metricNameLabel, metric)], in: range) {
            var columns = SampleColumns()
            try reader.read(range, into: &columns)
            guard let role = reader.labels["role"].flatMap(Role.init(rawValue:)), let value = columns.values.last else {
                continue
            }
            values[role] = value
        }
        return values
    }

    /// The newest sizings, for readers outside of the actor.
    private final class Latest: Sendable {
        private let sizing = Mutex<[Role: RoleSizing]>([:])

        var values: [Role: RoleSizing] { sizing.withLock { $0 } }

        func set(_ values: [Role: RoleSizing]) { sizing.withLock { $0 = values } }
    }
}
