package import Topology

/// What was measured of one role: what becomes of it when it is full, what more of it does, and what happens when a part of it dies.
package struct RoleReport: Sendable, Equatable, Encodable {
    /// One field of the table.
    package struct Cell: Sendable, Equatable, Encodable {
        package var text: String
        /// The time it is about, where it is about one.
        package var seconds: Double?
        /// The longest it may be.
        package var barSeconds: Double?
        /// Whether it is as it should be; nil for what there is no measure of.
        package var held: Bool?

        package init(_ text: String, seconds: Double? = nil, barSeconds: Double? = nil, held: Bool? = nil) {
            self.text = text
            self.seconds = seconds
            self.barSeconds = barSeconds
            self.held = held
        }

        /// As it stands in the table: what missed its bar is marked.
        package var marked: String {
            let bar = barSeconds.map { " (bar \(durationText($0 * 1000)))" } ?? ""
            return (held == false ? "MISSED " : "") + text + bar
        }
    }

    package var role: Role
    package var saturates: Cell?
    package var scales: Cell?
    package var failsOver: Cell?

    package init(_ role: Role) { self.role = role }

    /// Whether nothing of it missed its bar.
    package var held: Bool { [saturates, scales, failsOver].allSatisfy { $0?.held != false } }

    /// The table of all roles.
    package static func table(_ reports: [RoleReport]) -> String {
        let rows =
            [["role", "saturates", "scales", "fails over"]]
            + reports.map { report in
                [report.role.rawValue]
                    + [report.saturates, report.scales, report.failsOver].map { $0?.marked ?? "not played" }
            }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(("  " + cells.joined(separator: "  ")).reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
