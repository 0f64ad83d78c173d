import Telemetry

/// One element of a vector at one step.
struct Element {
    var labels: Labels
    var value: Double
}

extension VectorAggregation {
    /// Makes a vector into one with fewer elements, or orders it.
    func apply(to elements: [Element]) -> [Element] {
        switch operation {
        case .sort: return ordered(elements, descending: false)
        case .sortDescending: return ordered(elements, descending: true)
        default: break
        }
        var groups: [Labels: [Element]] = [:]
        for element in elements { groups[grouped(element.labels), default: []].append(element) }
        let sorted = groups.sorted { $0.key < $1.key }
        switch operation {
        case .topK, .approximateTopK: return sorted.flatMap { ordered($0.value, descending: true).prefix(parameter ?? 0) }
        case .bottomK: return sorted.flatMap { ordered($0.value, descending: false).prefix(parameter ?? 0) }
        default: return sorted.map { Element(labels: $0.key, value: value(of: $0.value.map(\.value))) }
        }
    }

    private func grouped(_ labels: Labels) -> Labels {
        guard let grouping else { return .empty }
        return grouping.isWithout ? labels.removing(grouping.labels) : labels.keeping(grouping.labels)
    }

    /// NaN comes last both ways; equal values stay as they stand.
    private func ordered(_ elements: [Element], descending: Bool) -> [Element] {
        elements.enumerated().sorted { left, right in
            let (first, second) = (left.element.value, right.element.value)
            if first.isNaN || second.isNaN { return first.isNaN == second.isNaN ? left.offset < right.offset : second.isNaN }
            return first == second ? left.offset < right.offset : (first > second) == descending
        }.map(\.element)
    }

    private func value(of values: [Double]) -> Double {
        switch operation {
        case .sum: values.reduce(0, +)
        case .average: Statistics.mean(values)
        case .minimum: values.reduce(.nan) { $0 < $1 ? $0 : $1.isNaN ? $0 : $1 }
        case .maximum: values.reduce(.nan) { $0 > $1 ? $0 : $1.isNaN ? $0 : $1 }
        case .count: Double(values.count)
        case .deviation: Statistics.variance(values).squareRoot()
        case .variance: Statistics.variance(values)
        case .topK, .bottomK, .approximateTopK, .sort, .sortDescending: .nan
        }
    }
}
