import Telemetry

extension LogSource {
    /// Hands the entries of a selection to `visit`, stream by stream, until it returns false for a stream.
    func read(
        _ selection: LogSelection, _ budget: QueryBudget, _ visit: (_ stream: Labels, _ row: LogRow) throws(LogQLError) -> Bool
    ) throws(LogQLError) {
        do {
            for reader in try select(selection) {
                let labels = reader.labels
                try reader.forEach { row in
                    try budget.charge(line: row.line)
                    return try visit(labels, row)
                }
            }
        } catch let error as LogQLError {
            throw error
        } catch {
            throw LogQLError(.storage, "reading logs failed: \(error)")
        }
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
