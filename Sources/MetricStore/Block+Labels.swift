internal import Synchronization
internal import Telemetry

extension Block {
    /// What tells a series from others, for a list of them.
    func identities(_ list: [UInt32]) -> [SeriesIdentity] {
        labelCache.withLock { cache in
            if cache.isEmpty, postingsCount <= Block.maximumCachedLabels { cache = Array(repeating: nil, count: postingsCount) }
            return list.map { identity($0, &cache) }
        }
    }

    private func identity(_ series: UInt32, _ cache: inout [Label?]) -> SeriesIdentity {
        var offset = record(series)
        let hash = file.integer(UInt64.self, at: offset) ?? 0
        offset += 8
        let count = min(file.varint(at: &offset) ?? 0, UInt64(postingsCount))
        var labels: [Label] = []
        labels.reserveCapacity(Int(count))
        var place = -1
        for _ in 0..<count {
            guard let gap = file.varint(at: &offset), gap < UInt64(postingsCount) else { break }
            place += 1 + Int(gap)
            guard place < postingsCount else { break }
            if cache.isEmpty {
                labels.append(readLabel(place))
            } else if let known = cache[place] {
                labels.append(known)
            } else {
                let label = readLabel(place)
                cache[place] = label
                labels.append(label)
            }
        }
        return SeriesIdentity(hash: hash, labels: Labels(sorted: labels))
    }

    private func label(_ place: Int) -> Label {
        labelCache.withLock { cache in
            guard !cache.isEmpty else { return readLabel(place) }
            if let known = cache[place] { return known }
            let label = readLabel(place)
            cache[place] = label
            return label
        }
    }

    private func readLabel(_ place: Int) -> Label {
        var offset = postingsRecord(place)
        let name = file.counted(at: &offset) ?? []
        let value = file.counted(at: &offset) ?? []
        return Label(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private func postingsRecord(_ place: Int) -> Int {
        index + Int(file.integer(UInt32.self, at: postingsOffsets + 4 * place) ?? 0)
    }

    /// The first place whose label is not before the one given.
    private func place(of wanted: Label) -> Int {
        var (low, high) = (0, postingsCount)
        while low < high {
            let middle = (low + high) / 2
            if label(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Block: PostingsIndex {
    var everySeries: [UInt32] { Array(0..<UInt32(seriesCount)) }

    func postings(_ name: String, _ value: String) -> [UInt32] {
        let wanted = Label(name, value)
        let place = place(of: wanted)
        guard place < postingsCount, label(place) == wanted else { return [] }
        var offset = postingsRecord(place)
        _ = file.counted(at: &offset)
        _ = file.counted(at: &offset)
        guard let count = file.varint(at: &offset), count <= UInt64(seriesCount) else { return [] }
        var list: [UInt32] = []
        list.reserveCapacity(Int(count))
        var last: UInt64 = 0
        for _ in 0..<count {
            guard let gap = file.varint(at: &offset) else { break }
            last &+= gap
            if last < UInt64(seriesCount) { list.append(UInt32(last)) }
        }
        return list
    }

    func values(of name: String) -> [String] {
        var values: [String] = []
        var place = place(of: Label(name, ""))
        while place < postingsCount {
            let found = label(place)
            guard found.name == name else { break }
            values.append(found.value)
            place += 1
        }
        return values
    }

    var labelNames: [String] {
        var names: [String] = []
        for place in 0..<postingsCount {
            let name = label(place).name
            if names.last != name { names.append(name) }
        }
        return names
    }
}
