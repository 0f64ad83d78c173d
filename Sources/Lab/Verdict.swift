/// Whether a step of the scenario held, and what was seen.
package struct Verdict: Sendable, Equatable, Encodable {
    package var step: String
    package var held: Bool
    package var detail: String

    package init(_ step: String, held: Bool, _ detail: String) {
        self.step = step
        self.held = held
        self.detail = detail
    }

    /// A verdict on several conditions: it held if all did, and names those that did not.
    package init(_ step: String, _ detail: String, unless conditions: [(failed: Bool, complaint: String)]) {
        let complaints = conditions.filter(\.failed).map(\.complaint)
        self.init(
            step, held: complaints.isEmpty, complaints.isEmpty ? detail : complaints.joined(separator: "; ") + " (\(detail))")
    }

    package var line: String { "  \(held ? "held  " : "FAILED")  \(step): \(detail)" }
}

/// A figure with the bar it has to reach.
package struct Measure: Sendable, Equatable, Encodable {
    package var name: String
    package var value: String
    package var bar: String
    package var held: Bool

    package init(_ name: String, _ value: String, bar: String, held: Bool) {
        self.name = name
        self.value = value
        self.bar = bar
        self.held = held
    }

    /// A table of figures in columns.
    package static func table(_ measures: [Measure]) -> String {
        let rows =
            [["measure", "measured", "bar", ""]] + measures.map { [$0.name, $0.value, $0.bar, $0.held ? "held" : "MISSED"] }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return "  " + cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()
        }.joined(separator: "\n")
    }
}
