import Synchronization
import Telemetry

/// What scenarios of the new remember, in a form that outlives a restart: without it whoever comes first after one would be familiar.
package struct PlaceMemory: Sendable, Codable, Equatable {
    /// A group's latest visit of a place.
    package struct Visit: Sendable, Codable, Hashable {
        let group: UInt64
        let place: UInt64
        let last: Nanoseconds
    }

    /// By scenario.
    var visits: [String: [Visit]] = [:]

    /// Nothing remembered.
    package init() {}

    /// How many visits it holds.
    package var count: Int { visits.values.reduce(0) { $0 + $1.count } }
}

extension ScenarioEngine {
    /// What is remembered of places; what is set is taken for the scenarios that there are, within their limits.
    var placeMemory: PlaceMemory {
        get {
            var memory = PlaceMemory()
            for (scenario, places) in zip(scenarios, places) where scenario.novelty != nil {
                memory.visits[scenario.name] = places.all.sorted { ($0.last, $0.group, $0.place) < ($1.last, $1.group, $1.place) }
            }
            return memory
        }
        set {
            for (index, scenario) in scenarios.enumerated() where scenario.novelty != nil {
                places[index] = FamiliarPlaces(newValue.visits[scenario.name] ?? [])
            }
        }
    }
}

extension Detector {
    /// What is remembered of where accounts came from.
    package func placeMemory() -> PlaceMemory { read { $0.placeMemory } }

    /// Takes what was remembered before a restart.
    package func restore(_ memory: PlaceMemory) {
        state.withLock { $0.ledger.placeMemory = memory }
    }
}
