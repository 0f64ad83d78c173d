import Telemetry

extension LogSource {
    /// Hands the entries of a selection to `visit`, stream by stream, until it returns false for a stream.
    func read(
        _ selection: LogSelection, _ budget: QueryBudget,
        _ visit: (_ stream: Labels, _ row: LogRow) throws(LogQLError) -> Bool
    ) throws(LogQLError) {
        for reader in try readers(selection) {
            let labels = reader.labels
            try reader.read(budget) { (row) throws(LogQLError) in try visit(labels, row) }
        }
    }

    /// The streams of a selection.
    func readers(_ selection: LogSelection) throws(LogQLError) -> [any LogStreamReader] {
        try storageFailing { try select(selection) }
    }
}

extension LogStreamReader {
    /// Hands the entries to `visit` until it returns false.
    func read(_ budget: QueryBudget, _ visit: (_ row: LogRow) throws(LogQLError) -> Bool)
        throws(LogQLError)
    {
        try storageFailing {
            try forEach { row in
                try budget.charge(line: row.line)
                return try visit(row)
            }
        }
    }
}

extension LogStreamReader {
    /// Hands groups of entries to `visit`, which may read their columns: failures of the storage pass through to the source, which knows
    /// what to do about damage.
    /// - Parameter whole: whether shapes don't matter.
    func readGroups(whole: Bool, _ visit: (any LogRowGroup) throws -> Void) throws(LogQLError) {
        func visitAll(_ group: any LogRowGroup) throws -> Bool {
            try visit(group)
            return true
        }
        try storageFailing { whole ? try forEachWholeGroup(visitAll) : try forEachGroup(visitAll) }
    }
}

/// Runs work of a source; what fails in it is a failure of the storage, unless the query failed meanwhile.
private func storageFailing<Value>(_ work: () throws -> Value) throws(LogQLError) -> Value {
    do {
        return try work()
    } catch let error as LogQLError {
        throw error
    } catch {
        throw LogQLError(.storage, "reading logs failed: \(error)")
    }
}

/// Sums of times that stay at the ends of the scale rather than overflow.
enum Clamped {
    static func add(_ left: Nanoseconds, _ right: Nanoseconds) -> Nanoseconds {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? (right < 0 ? .min : .max) : sum
    }

    static func subtract(_ left: Nanoseconds, _ right: Nanoseconds) -> Nanoseconds {
        let (difference, overflow) = left.subtractingReportingOverflow(right)
        return overflow ? (right < 0 ? .max : .min) : difference
    }
}
