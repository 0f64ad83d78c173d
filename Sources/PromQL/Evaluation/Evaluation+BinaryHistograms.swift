import Telemetry

extension Evaluation {
    /// An operator on two samples of which any may be a histogram; nil where a comparison is false or nothing can be computed, of which
    /// the query's author is told.
    func combine(
        _ operation: BinaryOperation, _ left: SampleValue, _ right: SampleValue, at position: SourcePosition
    ) -> SampleValue? {
        let op = operation.operator
        switch (left, right) {
        case (.number(let a), .number(let b)) where !op.isTrim:
            guard op.isComparison, !operation.returnsBool else { return .number(Arithmetic.apply(op, a, b)) }
            return Arithmetic.holds(op, a, b) ? left : nil
        case (.histogram(let histogram), .number(let number)):
            switch op {
            case .multiply: return .histogram(histogram.scaled(by: number).compacted)
            case .divide: return .histogram(histogram.divided(by: number).compacted)
            case .trimUpper: return .histogram(histogram.trimmed(at: number, keepingAbove: false))
            case .trimLower: return .histogram(histogram.trimmed(at: number, keepingAbove: true))
            default: break
            }
        case (.number(let number), .histogram(let histogram)) where op == .multiply:
            return .histogram(histogram.scaled(by: number).compacted)
        case (.histogram(let a), .histogram(let b)):
            switch op {
            case .add, .subtract: return sum(a, b, op, at: position)
            case .equal, .notEqual:
                let holds = a.hasSameContent(as: b) == (op == .equal)
                return operation.returnsBool ? .number(holds ? 1 : 0) : holds ? left : nil
            default: break
            }
        default: break
        }
        let note = HistogramNote.incompatibleTypes(operator: op.rawValue, left: left.kindName, right: right.kindName)
        notes.add(note, metric: "", at: position)
        return nil
    }

    private func sum(
        _ left: NativeHistogram, _ right: NativeHistogram, _ op: BinaryOperation.Operator, at position: SourcePosition
    ) -> SampleValue? {
        var result = left
        do {
            let merged = try op == .add ? result.add(right) : result.subtract(right)
            let name: HistogramNote.Operation = op == .add ? .addition : .subtraction
            if merged.contains(.reconciledBounds) { notes.add(.reconciledBounds(name), metric: "", at: position) }
            if merged.contains(.conflictingResets) { notes.add(.conflictingResets(name), metric: "", at: position) }
            return .histogram(result.compacted)
        } catch {
            notes.add(.incompatibleLayouts(operator: op.rawValue), metric: "", at: position)
            return nil
        }
    }
}
