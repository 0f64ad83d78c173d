import Telemetry

extension LabelFilter {
    /// Whether an entry passes. A value that can't be compared marks the entry as an error and lets it pass, so that it is seen.
    func passes(_ labels: inout EntryLabels) -> Bool {
        switch self {
        case .string(let matcher): return matcher.matches(labels[matcher.name] ?? "")
        case .quantity(let name, let comparison, let limit, let unit):
            guard let text = labels.value(name) else { return false }
            do throws(Quantity.Malformed) {
                return comparison.holds(try unit.read(text), limit)
            } catch {
                labels.fail("LabelFilterErr", error.message)
                return true
            }
        case .address(let name, let isNegated, let matcher):
            if labels.error != nil { return true }
            guard let text = labels.value(name) else { return false }
            return matcher.isFound(in: Array(text.utf8)[...]) != isNegated
        case .and(let left, let right):
            // Both are evaluated: the right one may mark an error too.
            let passesLeft = left.passes(&labels)
            let passesRight = right.passes(&labels)
            return passesLeft && passesRight
        case .or(let left, let right): return left.passes(&labels) || right.passes(&labels)
        }
    }
}

extension LabelFilter.Unit {
    func read(_ text: String) throws(Quantity.Malformed) -> Double {
        switch self {
        case .number: try Quantity.labelNumber(text)
        case .duration: try Quantity.labelDuration(text)
        case .bytes: try Quantity.labelBytes(text)
        }
    }
}

extension Unwrap {
    /// The value of an entry; nil where it lacks the label. A value that is no number marks the entry as an error.
    func value(of labels: inout EntryLabels) -> Double? {
        guard let text = labels.value(label) else { return nil }
        do throws(Quantity.Malformed) {
            switch conversion {
            case .number: return try Quantity.labelNumber(text)
            case .duration, .durationSeconds: return try Quantity.labelDuration(text) / 1e9
            case .bytes: return try Quantity.labelBytes(text)
            }
        } catch {
            labels.fail("SampleExtractionErr", error.message)
            return 0
        }
    }
}
