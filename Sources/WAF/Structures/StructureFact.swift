/// Something a tokenizer saw, weighed by the rule that names it (`structure: sql.union-select`).
struct StructureFact: Sendable, Equatable {
    var name: StructureName
    /// Where, in the view that was read.
    var range: Range<Int>
}

/// The facts that tokenizers can see; the raw value is the name in rules.
package enum StructureName: String, Sendable, CaseIterable {
    case sqlUnion = "sql.union-select"
    case sqlCondition = "sql.condition"
    case sqlTautology = "sql.tautology"
    case sqlStacked = "sql.stacked-statement"
    case sqlStatement = "sql.statement"
    case sqlSubquery = "sql.subquery"
    case sqlQuery = "sql.query"
    case sqlWeapon = "sql.weapon"
    case sqlFunctions = "sql.functions"
    case sqlCatalogue = "sql.catalogue"
    case sqlComment = "sql.comment-cut"
    case sqlClause = "sql.clause"
    case sqlOperator = "sql.quote-operator"
    case sqlExpression = "sql.expression"
    case markupTag = "markup.active-tag"
    case markupHandler = "markup.event-handler"
    case markupURL = "markup.script-url"
    case markupBreakout = "markup.breakout"
    case markupUnknown = "markup.unknown-tag"

    var bit: UInt32 {
        1 << UInt32(StructureName.allCases.firstIndex(of: self)!)
    }
}
