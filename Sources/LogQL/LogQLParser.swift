package import Telemetry

/// Reads LogQL. The text of a query becomes an expression, or an error with its line and column.
package enum LogQLParser {
    /// Deepest nesting of parentheses and operands.
    package static let maximumDepth = 100
    /// Longest query, in bytes.
    package static let maximumQueryBytes = 128 << 10
    /// Most operators of one query: a chain of them is as deep as it is long.
    package static let maximumOperators = 500
    /// Most stages of one pipeline.
    package static let maximumStages = 200

    /// Checks that a query is well formed. A line filter's regular expression is looked at only when the query runs, as in Loki.
    package static func parse(_ query: String) throws(LogQLError) {
        _ = try wellFormed(query)
    }

    /// The matchers of a stream selector, `{app="web", host!=""}`.
    package static func parseSelector(_ text: String) throws(LogQLError) -> [LabelMatcher] {
        var cursor = try QueryCursor(text)
        let matchers = try cursor.selector()
        try cursor.expectEnd()
        return matchers
    }

    /// A query that may be run.
    static func expression(_ query: String) throws(LogQLError) -> Expression {
        let (expression, errors) = try wellFormed(query)
        if let error = errors.first { throw error }
        return expression
    }

    private static func wellFormed(_ query: String) throws(LogQLError) -> (Expression, errors: [LogQLError]) {
        var cursor = try QueryCursor(query)
        let expression = try cursor.expression()
        try cursor.expectEnd()
        return (expression, cursor.deferredErrors)
    }
}
