/// The smallest part of a query that means something.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case identifier(String)
        case string(String)
        case number(Double)
        /// `5m`, in nanoseconds.
        case duration(Int64)
        /// `20MB`.
        case bytes(Double)
        /// `--strict`.
        case flag(String)
        case symbol(String)
        case end
    }

    var kind: Kind
    var line: Int
    var column: Int
    /// The bytes of the query that it was read from.
    var range = 0..<0

    /// What the parser's errors call it.
    var name: String {
        switch kind {
        case .identifier(let name): name == "ip" ? "ip" : "IDENTIFIER \"\(name)\""
        case .string: "STRING"
        case .number: "NUMBER"
        case .duration: "DURATION"
        case .bytes: "BYTES"
        case .flag(let name): "--\(name)"
        case .symbol(let text): text
        case .end: "end of query"
        }
    }
}
