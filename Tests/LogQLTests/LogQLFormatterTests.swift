import TestKit
import Testing

@testable import LogQL

@Suite("LogQL's one form")
struct LogQLFormatterTests {
    @Test(
        "Blanks stand where they belong",
        arguments: [
            (
                #"{ app = "web",host!="" }|="x"or"y"!="z"|json|status>=500 and(size>20MB or took<1.5s)"#,
                #"{app="web", host!=""} |= "x" or "y" != "z" | json | status>=500 and (size>20MB or took<1.5s)"#
            ),
            (
                #"sum by(app)(rate({app="web"}[5m]offset 1h))/2>bool-3"#,
                #"sum by (app) (rate({app="web"}[5m] offset 1h)) / 2 > bool -3"#
            ),
            (
                #"topk( 3,count_over_time({a="b"}|json!="x"[1h30m]) )"#,
                #"topk(3, count_over_time({a="b"} | json != "x" [1h30m]))"#
            ),
            (
                #"{a="b"}|logfmt --strict x,y="k"|line_format`{{.x}}`|drop x,y="1" # so"#,
                #"{a="b"} | logfmt --strict x, y="k" | line_format `{{.x}}` | drop x, y="1""#
            ),
            (
                #"vector(1)+vector(-1) and on(x)group_left(y)vector(2)"#,
                "vector(1) + vector(-1) and on (x) group_left (y) vector(2)"
            ),
            (
                #"{a="b"}|=ip("10.0.0.0/8")|addr=ip("::1")|shape by(app)"#,
                #"{a="b"} |= ip("10.0.0.0/8") | addr=ip("::1") | shape by (app)"#
            ),
            (#"sum(rate({a="b"}|unwrap bytes(x)[1m]))by(y)"#, #"sum(rate({a="b"} | unwrap bytes(x) [1m])) by (y)"#),
        ])
    func formats(_ query: String, _ expected: String) throws {
        #expect(try LogQLFormatter.format(query) == expected)
    }

    @Test("A long query is broken up at operators, calls and stages")
    func breaks() throws {
        let inner = #"{app="web", host=~"web.+"} |= "a long text to look for" | json | status>=500 | line_format "{{.path}}""#
        #expect(
            try LogQLFormatter.format(inner) == """
                {app="web", host=~"web.+"}
                  |= "a long text to look for"
                  | json
                  | status>=500
                  | line_format "{{.path}}"
                """)
        #expect(
            try LogQLFormatter.format("sum by (path) (count_over_time(\(inner) [5m])) / on (path) vector(10)") == """
                  sum by (path) (
                    count_over_time(
                      {app="web", host=~"web.+"}
                        |= "a long text to look for"
                        | json
                        | status>=500
                        | line_format "{{.path}}" [5m]
                    )
                  )
                / on (path)
                  vector(10)
                """)
    }

    @Test("The form means what was written, and is its own form")
    func keepsMeaning() throws {
        for query in LogQLParserTests.accepted {
            let formatted = try LogQLFormatter.format(query)
            #expect(try Lexer.tokens(of: formatted).map(\.kind) == Lexer.tokens(of: query).map(\.kind), "\(formatted)")
            #expect(try LogQLFormatter.format(formatted) == formatted)
        }
    }

    @Test("What is no query is refused with its place")
    func refuses() {
        #expect(#expect(throws: LogQLError.self) { try LogQLFormatter.format("{a=") }?.column == 4)
    }
}
