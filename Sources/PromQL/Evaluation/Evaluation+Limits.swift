import Telemetry

extension Evaluation {
    /// `limitk`: some series of each group, always the same ones as long as they are there.
    func limit(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let counts = try counts(aggregation, over: grid)
        for group in try groups(of: aggregation, over: grid) {
            var kept = group.rows.map { $0.emptied(labels: $0.labels) }
            for step in 0..<grid.count where counts[step] >= 1 {
                var left = Int(counts[step])
                for index in kept.indices where left > 0 && group.rows[index].isPresent(step) {
                    kept[index].take(step, from: group.rows[index])
                    left -= 1
                }
            }
            for row in kept where !row.isEmpty { try body(row) }
        }
    }

    /// `limit_ratio`: the part of all series whose hash is small enough; a negative ratio takes the others, so that `r` and `r - 1`
    /// complete each other.
    func limitRatio(_ aggregation: Aggregation, over grid: Grid, to body: @escaping RowBody) throws(PromQLError) {
        let parameter = try parameter(aggregation)
        let ratios = try scalar(parameter, over: grid).map { (ratio) throws(PromQLError) in
            guard !ratio.isNaN else { throw PromQLError(.execution, "Ratio value is NaN") }
            let capped = min(max(ratio, -1), 1)
            if capped != ratio {
                notes.warn(
                    "ratio value should be between -1 and 1, got \(NumberText.format(ratio)), capping to "
                        + NumberText.format(capped), at: parameter.position)
            }
            return capped
        }
        try rows(of: aggregation.expression, over: grid) { (row) throws(PromQLError) in
            let place = LimitRatio.place(of: row.labels)
            var row = row
            for step in ratios.indices where row.isPresent(step) {
                let ratio = ratios[step]
                if !(ratio >= 0 ? place < ratio : place >= 1 + ratio) { row.clear(step) }
            }
            if !row.isEmpty { try body(row) }
        }
    }
}

/// Where series stand between 0 and 1, evenly spread and the same in every query.
enum LimitRatio {
    static func place(of labels: Labels) -> Double {
        // The fingerprint's upper bits hardly differ between sets that differ in a last byte, so they are mixed once more (as in
        // G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators").
        var hash = labels.fingerprint
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        hash ^= hash >> 31
        return Double(hash >> 11) * 0x1p-53
    }
}
