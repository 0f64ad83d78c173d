import Foundation
import Telemetry

extension BinaryExpression.Operation {
    /// The result of an arithmetic operation, or 1 and 0 of a comparison. Dividing by zero gives NaN.
    func apply(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: right == 0 ? .nan : left / right
        case .modulo: right == 0 ? .nan : fmod(left, right)
        case .power: pow(left, right)
        case .equal: left == right ? 1 : 0
        case .notEqual: left != right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .greaterOrEqual: left >= right ? 1 : 0
        case .less: left < right ? 1 : 0
        case .lessOrEqual: left <= right ? 1 : 0
        case .or, .and, .unless: .nan
        }
    }
}

extension BinaryExpression {
    /// A vector and a number. A comparison without `bool` keeps the elements for which it holds.
    func apply(_ elements: [Element], _ number: Double, numberIsLeft: Bool) -> [Element] {
        elements.compactMap { element in
            let value = numberIsLeft ? operation.apply(number, element.value) : operation.apply(element.value, number)
            if operation.isComparison, !returnsBool { return value == 1 ? element : nil }
            return Element(labels: element.labels, value: value)
        }
    }

    /// Two vectors.
    func apply(_ left: [Element], _ right: [Element]) throws(LogQLError) -> [Element] {
        switch operation {
        case .or:
            let keys = Set(left.map { matchingLabels($0.labels) })
            return left + right.filter { !keys.contains(matchingLabels($0.labels)) }
        case .and, .unless:
            let keys = Set(right.map { matchingLabels($0.labels) })
            return left.filter { keys.contains(matchingLabels($0.labels)) == (operation == .and) }
        default: return try join(left, right)
        }
    }

    private func matchingLabels(_ labels: Labels) -> Labels {
        matching.isOn ? labels.keeping(matching.labels) : labels.removing(matching.labels)
    }

    /// Finds for each element of the "many" side its one partner.
    private func join(_ left: [Element], _ right: [Element]) throws(LogQLError) -> [Element] {
        let isSwapped = matching.cardinality == .oneToMany
        let (many, one) = isSwapped ? (right, left) : (left, right)
        var partners: [Labels: Element] = [:]
        for element in one {
            let key = matchingLabels(element.labels)
            if let other = partners.updateValue(element, forKey: key) {
                throw LogQLError(
                    .execution,
                    "found duplicate series on the \(isSwapped ? "left" : "right") hand-side of the operation "
                        + "\(operation.rawValue): \(other.labels) and \(element.labels) match alike; aggregate that side")
            }
        }
        var results: [Element] = []
        var taken: Set<Labels> = []
        for element in many {
            let key = matchingLabels(element.labels)
            guard let partner = partners[key] else { continue }
            let (first, second) = isSwapped ? (partner.value, element.value) : (element.value, partner.value)
            let labels = resultLabels(element.labels, partner.labels)
            // A match counts even where the comparison then drops it.
            guard taken.insert(matching.cardinality == .oneToOne ? key : labels).inserted else {
                throw LogQLError(
                    .execution,
                    matching.cardinality == .oneToOne
                        ? "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                        : "multiple matches for labels: grouping labels must ensure unique matches")
            }
            let value = operation.apply(first, second)
            if operation.isComparison, !returnsBool {
                if value == 1 { results.append(Element(labels: labels, value: first)) }
            } else {
                results.append(Element(labels: labels, value: value))
            }
        }
        return results
    }

    private func resultLabels(_ many: Labels, _ one: Labels) -> Labels {
        var labels = matching.cardinality == .oneToOne ? matchingLabels(many) : many
        for name in matching.include { labels = labels.setting(name, to: one[name]) }
        return labels
    }
}
