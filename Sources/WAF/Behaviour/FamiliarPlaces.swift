import GeoDatabase
import Telemetry

/// Where groups (accounts, as a rule) have been lately, to see when one is somewhere new.
///
/// Bounded: of a group the latest ``maximumPlaces`` are kept, and beyond ``maximumGroups`` the tenth that was unseen for longest goes.
struct FamiliarPlaces: Sendable {
    static let maximumGroups = 20_000
    static let maximumPlaces = 16

    private struct Visit {
        let place: UInt64
        var last: Nanoseconds
    }

    private var visits: [UInt64: [Visit]] = [:]

    /// Nothing remembered, or what was before; the oldest first, so that the latest stay where there are too many.
    init(_ visits: [PlaceMemory.Visit] = []) {
        for visit in visits { _ = take(visit.group, visit.place, at: visit.last, within: .max) }
    }

    /// Every visit remembered.
    var all: [PlaceMemory.Visit] {
        visits.flatMap { group, visits in visits.map { PlaceMemory.Visit(group: group, place: $0.place, last: $0.last) } }
    }

    /// Groups remembered.
    var count: Int { visits.count }

    /// Takes a visit.
    /// - Returns: where else the group has been within the time, if it has and if this place is new; nil where all is as ever, and for
    ///   a group that has not been seen within the time: there is nothing to compare with.
    mutating func take(_ group: UInt64, _ place: UInt64, at time: Nanoseconds, within: Nanoseconds) -> [UInt64]? {
        if visits[group] == nil, visits.count >= FamiliarPlaces.maximumGroups { forgetOldest() }
        let oldest = time.subtractingReportingOverflow(within).partialValue
        var known = (visits[group] ?? []).filter { $0.last >= oldest }
        let others = known.map(\.place)
        if let index = known.firstIndex(where: { $0.place == place }) {
            known[index].last = max(known[index].last, time)
        } else {
            if known.count >= FamiliarPlaces.maximumPlaces, let first = known.indices.min(by: { known[$0].last < known[$1].last })
            {
                known.remove(at: first)
            }
            known.append(Visit(place: place, last: time))
        }
        visits[group] = known
        return others.isEmpty || others.contains(place) ? nil : others
    }

    private mutating func forgetOldest() {
        let times = visits.mapValues { $0.map(\.last).max() ?? .min }.sorted { $0.value < $1.value }
        for (group, _) in times.prefix(max(1, times.count / 10)) { visits[group] = nil }
    }
}

extension Scenario.Distinct {
    /// What a value stands for, in words.
    func name(of value: UInt64) -> String {
        switch self {
        case .country: UInt16(exactly: value).map { CountryCode(rawValue: $0).description } ?? "?"
        case .system: "AS\(value)"
        case .path, .request, .account, .client: "another \(rawValue)"
        }
    }
}
