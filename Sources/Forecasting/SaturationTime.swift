/// When a path reaches a limit.
enum SaturationTime {
    /// Seconds until a path first reaches `limit`, on straight lines between its leads; 0 where it has, nil where it does not.
    static func first(from last: Double, leads: [Double], values: [Double], limit: Double) -> Double? {
        if last >= limit { return 0 }
        var before = (seconds: 0.0, value: last)
        for (seconds, value) in zip(leads, values) {
            if value >= limit {
                let share = value > before.value ? max(0, (limit - before.value) / (value - before.value)) : 1
                return before.seconds + share * (seconds - before.seconds)
            }
            before = (seconds, value)
        }
        return nil
    }
}
