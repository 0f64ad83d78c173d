import Yams

/// A page of the dashboard, as a YAML file describes it: rows of widgets, each with a share of the height and width.
package struct Page: Sendable, Equatable, Decodable {
    package var title: String
    package var rows: [Row]

    /// Widgets side by side.
    package struct Row: Sendable, Equatable, Decodable {
        /// Share of the page's height.
        package var height: Double
        package var widgets: [Widget]
    }

    /// One widget.
    package struct Widget: Sendable, Equatable, Decodable {
        /// What it shows.
        package enum Kind: String, Sendable, Decodable {
            /// Servers by roles: which container stands where, and how busy it is.
            case placement
            /// A line for each series of a PromQL range, with its course and last value.
            case series
            /// The latest forecast of each role, and when it saturates.
            case forecast
            /// Alerts that fire or may soon.
            case alerts
            /// The latest plans.
            case decisions
            /// The newest lines of a LogQL query.
            case logs
            /// Attacks by kind and hour.
            case attacks
            /// Who attacks, where from, and what it costs.
            case offenders
            /// Bans in force and what is left of them.
            case bans
            /// Bans that wait for a person's word.
            case review
            /// Lines of access logs that no parser takes.
            case unparsed
        }

        package var kind: Kind
        package var title: String
        /// Share of the row's width; 1 where nothing is said.
        package var width: Double?
        package var query: String?
        /// How far back a series goes, for instance `30m`.
        package var range: String?
        /// `percent`, `bytes`, `seconds`, `short`.
        package var unit: String?
        /// The label that names a line.
        package var legend: String?
    }

    /// Most rows of a page, and widgets of a row.
    package static let maximumParts = 20

    /// Reads a page.
    /// - Throws: ``PageError`` with what is wrong.
    package static func parse(_ yaml: String, file: String) throws(PageError) -> Page {
        let page: Page
        do {
            page = try YAMLDecoder().decode(Page.self, from: yaml)
        } catch {
            throw PageError(message: "\(file): is no dashboard page: \(error)")
        }
        guard page.rows.count <= maximumParts, page.rows.allSatisfy({ $0.widgets.count <= maximumParts }) else {
            throw PageError(message: "\(file): has more than \(maximumParts) rows, or widgets in a row")
        }
        return page
    }
}

/// A page that can't be read.
package struct PageError: Error, Sendable, CustomStringConvertible {
    package let message: String

    package var description: String { message }
}
