/// Values at some leads, on straight lines between them; beyond the last one its value stays.
struct LeadPath {
    private let leads: [Double]
    private let values: [Double]
    private let first: Double

    init(_ leads: [Double], _ values: [Double], from first: Double) {
        self.leads = leads
        self.values = values
        self.first = first
    }

    func value(at seconds: Double) -> Double {
        var before = (seconds: 0.0, value: first)
        for (lead, value) in zip(leads, values) {
            if seconds <= lead {
                let share = lead > before.seconds ? (seconds - before.seconds) / (lead - before.seconds) : 1
                return before.value + (value - before.value) * share
            }
            before = (lead, value)
        }
        return before.value
    }
}
