/// How many series of the head each source brought in. Sources without series are forgotten, so there are never more than series.
struct SeriesSources: Sendable {
    private var places: [String: Int32] = [:]
    private var entries: [(name: String, count: Int)] = []
    private var free: [Int32] = []

    /// All sources that have series.
    var counts: [(name: String, count: Int)] { entries.filter { $0.count > 0 } }

    func count(of source: String) -> Int { places[source].map { entries[Int($0)].count } ?? 0 }

    /// Counts one series more.
    /// - Returns: the source's place, -1 for none.
    mutating func add(_ source: String?) -> Int32 {
        guard let source else { return -1 }
        if let place = places[source] {
            entries[Int(place)].count += 1
            return place
        }
        let place = free.popLast() ?? Int32(entries.count)
        if place == entries.count { entries.append((source, 1)) } else { entries[Int(place)] = (source, 1) }
        places[source] = place
        return place
    }

    /// Counts one series less.
    mutating func remove(_ place: Int32) {
        guard place >= 0 else { return }
        entries[Int(place)].count -= 1
        guard entries[Int(place)].count == 0 else { return }
        places[entries[Int(place)].name] = nil
        entries[Int(place)].name = ""
        free.append(place)
    }
}
