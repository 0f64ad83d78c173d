import PromQL
import Telemetry
import Testing

@Suite struct ParserTests {
    @Test(
        "A query prints as PromQL",
        arguments: [
            ("sum by(job)(rate(x{a=~\"b.*\"}[5m]))", "sum by (job) (rate(x{a=~\"b.*\"}[5m]))"),
            ("SUM(x) WITHOUT (a,b)", "sum without (a, b) (x)"),
            ("a/on(x)group_left b", "a / on (x) group_left () b"),
            ("a == bool 1", "a == bool 1"),
            ("-x^2", "-x ^ 2"),
            ("{\"http.requests\", \"service.name\"='api'}", "{\"http.requests\",\"service.name\"=\"api\"}"),
            ("x offset 90s @ end()", "x @ end() offset 1m30s"),
            ("rate(x[1m])[1h:] @ 1.5", "rate(x[1m])[1h:] @ 1.500"),
            ("x[2m*15]", "x[2m * 15s]"),
            ("topk(3, x)", "topk(3, x)"),
            ("{\"inf\"}", "{\"inf\"}"),
            ("0x1F + 0755 + 1e3 + .5", "31 + 493 + 1000 + 0.5"),
            ("5m", "300"),
            ("count_values('v', x) # why", "count_values(\"v\", x)"),
        ])
    func prints(query: String, printed: String) throws {
        let expression = try PromQLParser.parse(query)
        #expect(expression.description == printed)
        #expect(try PromQLParser.parse(printed) == expression)
    }

    @Test(
        "A query that is wrong is refused with line and column",
        arguments: [
            ("", 1, 1), ("sum(", 1, 5), ("x{a=b}", 1, 5), ("foo\n  + + )", 2, 7), ("rate(x)", 1, 6), ("1 and 1", 1, 1),
            ("x[0m]", 1, 2), ("nonsense(x)", 1, 1), ("x{a=~\"(\"}", 1, 6), ("\"abc", 1, 1), ("x offset 1m[5m]", 1, 12),
            ("a - on(b) group_left(b) c", 1, 1), ("sum by (a) (x) by (b)", 1, 16), ("x + ü", 1, 5), ("x[5m1h]", 1, 3),
            ("a + fill(1) fill_left(2) b", 1, 13), ("a and fill(1) b", 1, 15), ("a + fill(b) b", 1, 10), ("x anchored", 1, 3),
            ("x[5m] anchored smoothed", 1, 16), ("(x) smoothed", 1, 5), ("info(x, y)", 1, 9), ("info(x, {a=\"b\"} == 1)", 1, 17),
            ("limitk(x)", 1, 1),
        ])
    func refuses(query: String, line: Int, column: Int) {
        let error = #expect(throws: PromQLError.self) { try PromQLParser.parse(query) }
        #expect(error?.code == .parse)
        #expect(error?.line == line, "\(query): \(error?.description ?? "")")
        #expect(error?.column == column, "\(query): \(error?.description ?? "")")
    }

    @Test(
        "What is experimental is refused where the engine is told so",
        arguments: [
            ("1 + info(x)", "info"), ("rate(x[5m] smoothed)", "smoothed"), ("a + on(b) fill(0) c", "fill"),
            ("limitk(2, x)", "limitk"), ("sum(rate(x[5m*2]))", "arithmetic"), ("x offset (1m+1s)", "arithmetic"),
            ("first_over_time(x[5m])", "first_over_time"),
        ])
    func refusesExperimental(query: String, name: String) throws {
        var options = PromQLEngine.Options()
        let source = MemorySource([])
        _ = try PromQLEngine(source: source, options: options).instant(query, at: 0)
        options.allowsExperimental = false
        let engine = PromQLEngine(source: source, options: options)
        let error = #expect(throws: PromQLError.self) { try engine.instant(query, at: 0) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(name) ?? false, "\(error?.message ?? "")")
        _ = try engine.instant("sum by (a) (rate(x[5m] offset -1m)) </ 3", at: 0)
    }

    @Test("A selector parses to its matchers, anything else is refused")
    func selectors() throws {
        #expect(
            try PromQLParser.parseSelector("up{job=\"a\"}") == [
                .equal("__name__", "up"), .equal("job", "a"),
            ])
        #expect(throws: PromQLError.self) { try PromQLParser.parseSelector("rate(up[5m])") }
        #expect(throws: PromQLError.self) { try PromQLParser.parseSelector("up offset 5m") }
    }

    @Test("Durations parse", arguments: [("1h30m", 5_400_000), ("15", 15000), ("1.5", 1500), ("1y", 31_536_000_000), ("7ms", 7)])
    func durations(text: String, milliseconds: Milliseconds) throws {
        #expect(try PromQLParser.parseDuration(text) == milliseconds)
        #expect(throws: PromQLError.self) { try PromQLParser.parseDuration("-" + text) }
    }

    @Test(
        "Deep input is refused, not followed into the end of the stack",
        arguments: [
            ("", "(", 100_000), ("", "-", 100_000), ("", "abs(", 50_000), ("1", "+1", 50_000), ("1", "^1", 50_000),
            ("x[", "(", 100_000), ("x[1", "+1", 50_000), ("x", "[1m:1m]", 20_000), ("", "sum(", 50_000), ("x{a=\"", "a", 300_000),
        ])
    func deepInput(start: String, piece: String, count: Int) {
        // The text is made here, as arguments are printed with every run.
        let query = start + String(repeating: piece, count: count)
        let isRefused = (try? PromQLParser.parse(query)) == nil
        #expect(isRefused)
    }

    @Test(
        "As deep as allowed is evaluated",
        arguments: [
            ("abs(", 190, ")"), ("(", 190, ")"), ("", 190, " + x"), ("-", 190, ""), ("sum(", 190, ")"),
            ("max_over_time(", 95, "[1m:1m])"),
        ])
    func deepestAllowed(before: String, count: Int, after: String) throws {
        let query = String(repeating: before, count: count) + "x" + String(repeating: after, count: count)
        let source = MemorySource([(["__name__": "x"], SampleColumns(timestamps: [0], values: [1]))])
        let result = try PromQLEngine(source: source).range(query, from: 0, through: 1000, step: 1000)
        guard case .matrix(let matrix) = result.value else { throw PromQLError(.execution, "no matrix") }
        #expect(matrix.count == 1)
    }
}
