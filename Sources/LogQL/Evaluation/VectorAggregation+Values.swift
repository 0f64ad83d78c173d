import Telemetry

/// One element of a vector at one step.
struct Element {
    var labels: Labels
    var value: Double
}

extension VectorAggregation {
    /// Whether it picks elements by value: those that it is given need no order.
    var picks: Bool { operation.takesParameter }

    /// Makes a vector into one with fewer elements, or orders it.
    /// - Parameter isOrdered: false where equal elements stand in any order, and that of their labels counts.
    func apply(to elements: [Element], isOrdered: Bool = true) -> [Element] {
        switch operation {
        case .sort: return first(elements.count, of: elements, descending: false)
        case .sortDescending: return first(elements.count, of: elements, descending: true)
        default: break
        }
        var groups: [Labels: [Element]] = [:]
        if grouping == nil {
            if !elements.isEmpty { groups[.empty] = elements }
        } else {
            for element in elements { groups[grouped(element.labels), default: []].append(element) }
        }
        let sorted = groups.sorted { $0.key < $1.key }
        switch operation {
        case .topK, .approximateTopK, .bottomK:
            return sorted.flatMap {
                first(parameter ?? 0, of: $0.value, descending: operation != .bottomK, isOrdered: isOrdered)
            }
        default: return sorted.map { Element(labels: $0.key, value: value(of: $0.value.map(\.value))) }
        }
    }

    private func grouped(_ labels: Labels) -> Labels {
        guard let grouping else { return .empty }
        return grouping.isWithout ? labels.removing(grouping.labels) : labels.keeping(grouping.labels)
    }

    /// The first elements by value. NaN comes last both ways; equal values stay as they stand, or are ordered by their labels.
    private func first(_ count: Int, of elements: [Element], descending: Bool, isOrdered: Bool = true) -> [Element] {
        func precedes(_ left: Int, _ right: Int) -> Bool {
            let (first, second) = (elements[left].value, elements[right].value)
            if first.isNaN != second.isNaN { return second.isNaN }
            if first != second, !first.isNaN { return (first > second) == descending }
            return isOrdered ? left < right : elements[left].labels < elements[right].labels
        }
        guard count > 0 else { return [] }
        var kept: [Int] = []
        // What comes behind this one is none of the first.
        var last: Int?
        for index in elements.indices {
            if let last, precedes(last, index) { continue }
            kept.append(index)
            guard kept.count / 2 >= count else { continue }
            kept.sort(by: precedes)
            kept.removeSubrange(count...)
            last = kept[count - 1]
        }
        kept.sort(by: precedes)
        return kept.prefix(count).map { elements[$0] }
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
