import Testing

@testable import WAF

@Suite("Telling SQL from language")
struct SQLGrammarTests {
    @Test(
        "SQL is seen by its structure",
        arguments: [
            ("1 union select 1,2", StructureName.sqlUnion), ("') or ('a'='a", .sqlTautology), ("1) and 3=4--", .sqlTautology),
            ("' or name='x", .sqlCondition), ("1;drop table users", .sqlStacked), ("'; exec xp_cmdshell('dir')--", .sqlStacked),
            ("(select count(*) from t)", .sqlSubquery), ("sleep(5)", .sqlWeapon), ("ascii(substring(user(),1,1))", .sqlFunctions),
            ("' from information_schema.tables", .sqlCatalogue), ("admin'--", .sqlComment), ("1' order by 3--", .sqlClause),
            ("a'||'b", .sqlOperator), ("if(1=1,2,3)", .sqlFunctions), ("(3=3)*4", .sqlTautology),
            ("1 and 1 not like 0", .sqlTautology),
        ])
    func attacks(text: String, fact: StructureName) {
        #expect(SQLGrammar.facts(in: Array(text.utf8)).contains { $0.name == fact }, "\(text)")
    }

    @Test(
        "Language with SQL's words has no structure",
        arguments: [
            "western union select committee", "drop earrings and table runners", "where to order by phone",
            "having a baby in 2026",
            "insert coin", "update your set of glasses", "from 3 to 6 months", "select a case for when it rains",
            "o'neill and d'arcy",
            "5 and 6 or 7", "20\" x 30\" and 4\" deep", "children's 3-4 years", "the 80's and 90's", "left or right (pair)",
            "#1 mum",
            "--peace -love", "50% off; new in", "a & b || c", "like new", "not in stock", "is it true or false",
        ])
    func language(text: String) {
        let facts = SQLGrammar.facts(in: Array(text.utf8))
        #expect(facts.isEmpty, "\(text): \(facts)")
    }

    @Test(
        "Tokens cover the text in order",
        arguments: ["1 or 'a''b' -- x", "@@version,0x41 1e5 .5 x'41'", "((a.b))/*x", "'open", "a`b`c"])
    func tokens(text: String) {
        for context in SQLTokenizer.Context.allCases {
            var end = 0
            for token in SQLTokenizer.tokens(of: Array(text.utf8), in: context) {
                #expect(token.start >= end && token.end > token.start && token.end <= text.utf8.count)
                end = token.end
            }
        }
    }

    @Test("Deep nesting is read without deep recursion failing")
    func nesting() {
        let text = String(repeating: "(", count: 5_000) + "1=1" + String(repeating: ")", count: 5_000)
        _ = SQLGrammar.facts(in: Array(text.utf8))
        _ = SQLGrammar.facts(in: Array(String(repeating: "case ", count: 2_000).utf8))
        _ = SQLGrammar.facts(in: Array(("'" + String(repeating: "+(select ", count: 1_000)).utf8))
    }
}

@Suite("Telling markup from language")
struct MarkupScannerTests {
    @Test(
        "Markup that runs is seen",
        arguments: [
            ("<script>", StructureName.markupTag), ("<img src=x onerror=alert(1)>", .markupHandler),
            ("<svg/onload=x>", .markupHandler),
            ("<a href=\"java\nscript:x\">", .markupURL), ("\" onfocus=x autofocus", .markupBreakout),
            ("<x onclick=1>", .markupHandler),
        ])
    func attacks(text: String, fact: StructureName) {
        #expect(MarkupScanner.facts(in: Array(text.utf8)).contains { $0.name == fact }, "\(text)")
    }

    @Test(
        "Language and plain markup are not",
        arguments: ["<3", "a < b > c", "<b>bold</b>", "<a href=\"/x\">y</a>", "5<6=7", "on=1", "<"])
    func language(text: String) {
        #expect(MarkupScanner.facts(in: Array(text.utf8)).isEmpty, "\(text)")
    }
}
