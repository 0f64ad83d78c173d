package import GeoDatabase
package import Telemetry
package import Topology

/// Runs scenarios over events, in event time, with bounded memory.
///
/// With capacity N a bucket overflows on event N + 1 within the time in which the events drain; it is then emptied and its group muted
/// for a while. A sweep forgets buckets that have drained whenever there are twice as many as the last one left, so that memory goes by
/// who is about and not by who has been; each scenario keeps at most ``maximumBuckets``, and if all are in use, the ones unused for longest go.
package struct ScenarioEngine: Sendable {
    /// Buckets of one scenario.
    package static let maximumBuckets = 100_000
    /// Fewer are not worth a sweep.
    static let minimumSweep = 8_192
    /// Distinct values that a bucket remembers; one needs no more than its capacity.
    static let maximumDistinct = 128

    /// A bucket that overflowed.
    package struct Overflow: Sendable {
        /// What was too much.
        package let scenario: Scenario
        /// When the last drop fell.
        package let time: Nanoseconds
        /// Who: the client, or the client whose event was the last drop where buckets go by something else.
        package let client: NetworkRange
        /// Events since the bucket was last empty.
        package let eventCount: Int
        /// When the bucket was last empty.
        package let firstEvent: Nanoseconds
        /// What was new, in words; nil where the number was too much.
        package var note: String?
    }

    private struct Bucket {
        var level = LeakyBucket()
        var first: Nanoseconds = 0
        var last: Nanoseconds = 0
        var count = 0
        var mutedUntil: Nanoseconds = .min
        var seen: [UInt64] = []
    }

    /// What is watched for.
    package let scenarios: [Scenario]
    /// Tells where clients are at home; scenarios that go by it rest where it knows nothing.
    package var origins = OriginTable()
    var places: [FamiliarPlaces]
    private var buckets: [[UInt64: Bucket]]
    /// How many buckets a scenario may have until the next sweep.
    private var sweepAt: [Int]
    /// Scenarios by the kind of event that they count, in the order of the kinds.
    private let byKind: [[Watch]]

    /// What is asked of a scenario for every event, and no more: a scenario itself is a dozen references.
    private struct Watch {
        let index: Int
        let grouping: Scenario.Grouping
        let distinct: Scenario.Distinct?
        let shape: LeakyBucket.Shape
        let muteNanoseconds: Nanoseconds
        /// Whether its filter asks for more than the kind.
        let isFiltered: Bool
        /// What the kind of event takes out of a bucket, where it speaks for its group; else nil.
        let relief: Double?
        let isNovelty: Bool

        init(_ index: Int, _ scenario: Scenario, _ kind: BehaviourEvent.Kind) {
            self.index = index
            grouping = scenario.grouping
            distinct = scenario.distinct
            shape = scenario.shape
            muteNanoseconds = scenario.muteSeconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue
            isFiltered = scenario.filter.asksForMoreThanKinds
            relief = scenario.relief.flatMap { $0.kinds.contains(kind) ? $0.factor : nil }
            isNovelty = scenario.novelty != nil
        }
    }
    /// Buckets forgotten before they had drained, for want of room.
    package private(set) var forgotten = 0

    /// An engine with empty buckets.
    package init(_ scenarios: [Scenario] = Scenario.shipped) {
        self.scenarios = scenarios
        buckets = scenarios.map { _ in [:] }
        sweepAt = scenarios.map { _ in ScenarioEngine.minimumSweep }
        byKind = BehaviourEvent.Kind.allCases.map { kind in
            scenarios.enumerated().filter {
                $0.element.filter.kinds.contains(kind) || $0.element.relief?.kinds.contains(kind) == true
            }
            .map { Watch($0.offset, $0.element, kind) }
        }
        places = scenarios.map { _ in FamiliarPlaces() }
    }

    /// Buckets held now.
    package var bucketCount: Int { buckets.reduce(0) { $0 + $1.count } }

    /// Adds an event; the overflows that it is the last drop of.
    package mutating func observe(_ event: BehaviourEvent) -> [Overflow] {
        var overflows: [Overflow] = []
        for watch in byKind[event.kind.ordinal] {
            let index = watch.index
            if let relief = watch.relief {
                if let group = group(watch.grouping, event) { buckets[index][group]?.level.relieve(relief) }
                continue
            }
            guard !watch.isFiltered || scenarios[index].filter.accepts(event), let group = group(watch.grouping, event) else {
                continue
            }
            if watch.isNovelty {
                if let overflow = novelty(scenarios[index], index, group, event) { overflows.append(overflow) }
                continue
            }
            if buckets[index].count >= sweepAt[index], buckets[index][group] == nil { sweep(index, event.time) }
            let counted = watch.distinct.map { value($0, event) }
            if let spilled = ScenarioEngine.pour(event, counted, into: &buckets[index][group, default: Bucket()], watch) {
                overflows.append(
                    Overflow(
                        scenario: scenarios[index], time: event.time, client: event.client, eventCount: spilled.count,
                        firstEvent: spilled.first))
            }
        }
        return overflows
    }

    /// Someone is where the group has not been, having been elsewhere.
    private mutating func novelty(
        _ scenario: Scenario, _ index: Int, _ group: UInt64, _ event: BehaviourEvent
    ) -> Overflow? {
        guard let novelty = scenario.novelty, let value = value(novelty.distinct, event) else { return nil }
        let within = Nanoseconds(novelty.withinSeconds * 1e9)
        guard let familiar = places[index].take(group, value, at: event.time, within: within) else { return nil }
        var overflow = Overflow(
            scenario: scenario, time: event.time, client: event.client, eventCount: 1, firstEvent: event.time)
        func name(_ value: UInt64) -> String { novelty.distinct.name(of: value) }
        overflow.note =
            "from \(name(value)), and in the last \(Int(novelty.withinSeconds / 86_400)) days from "
            + familiar.map(name).sorted().joined(separator: ", ") + " alone"
        return overflow
    }

    /// What a bucket held when it overflowed; nil where it did not.
    private static func pour(
        _ event: BehaviourEvent, _ counted: UInt64??, into bucket: inout Bucket, _ scenario: Watch
    ) -> (count: Int, first: Nanoseconds)? {
        if isDrained(bucket, scenario.shape, event.time) {
            bucket.count = 0
            bucket.first = event.time
            bucket.seen.removeAll(keepingCapacity: true)
        }
        bucket.last = max(bucket.last, event.time)
        guard event.time >= bucket.mutedUntil else { return nil }
        if let counted {
            guard let value = counted, !bucket.seen.contains(value) else { return nil }
            if bucket.seen.count >= maximumDistinct { bucket.seen.removeFirst() }
            bucket.seen.append(value)
        }
        bucket.count += 1
        guard bucket.level.add(at: event.time, scenario.shape) else { return nil }
        let spilled = (count: bucket.count, first: bucket.first)
        bucket.count = 0
        bucket.seen.removeAll(keepingCapacity: true)
        bucket.mutedUntil = event.time.addingReportingOverflow(scenario.muteNanoseconds).partialValue
        return spilled
    }

    /// Whether all that was poured in has leaked out again.
    private static func isDrained(_ bucket: Bucket, _ shape: LeakyBucket.Shape, _ time: Nanoseconds) -> Bool {
        guard bucket.count > 0 else { return true }
        return Double(time) - Double(bucket.last) >= bucket.level.level * Double(shape.leakInterval)
    }

    private mutating func sweep(_ index: Int, _ time: Nanoseconds) {
        let scenario = scenarios[index]
        buckets[index] = buckets[index].filter {
            !ScenarioEngine.isDrained($0.value, scenario.shape, time) || $0.value.mutedUntil > time
        }
        if buckets[index].count >= ScenarioEngine.maximumBuckets { dropOldest(index) }
        sweepAt[index] = min(
            ScenarioEngine.maximumBuckets, max(ScenarioEngine.minimumSweep, 2 * buckets[index].count))
    }

    /// A tenth at a time, so that it is rare.
    private mutating func dropOldest(_ index: Int) {
        let times = buckets[index].values.map(\.last).sorted()
        let limit = times[times.count / 10]
        let before = buckets[index].count
        buckets[index] = buckets[index].filter { $0.value.last > limit }
        forgotten += before - buckets[index].count
    }

    private mutating func origin(of event: BehaviourEvent) -> AddressOrigin {
        event.origin ?? origins.origin(of: event.client.address.bytes)
    }

    private mutating func group(_ grouping: Scenario.Grouping, _ event: BehaviourEvent) -> UInt64? {
        switch grouping {
        case .address: BehaviourEvent.hash(event.client.address.bytes)
        case .network: BehaviourEvent.hash(event.client.address.bytes.prefix(event.client.address.bytes.count == 4 ? 3 : 6))
        case .account: event.account
        case .agent: event.agent
        case .system: origin(of: event).system.map(UInt64.init)
        case .country: origin(of: event).country.map { UInt64($0.rawValue) }
        }
    }

    private mutating func value(_ distinct: Scenario.Distinct, _ event: BehaviourEvent) -> UInt64? {
        switch distinct {
        case .path: event.path
        case .request: event.request
        case .account: event.account
        case .client: BehaviourEvent.hash(event.client.address.bytes)
        case .system: origin(of: event).system.map(UInt64.init)
        case .country: origin(of: event).country.map { UInt64($0.rawValue) }
        }
    }
}
