import Testing

@testable import MonitorAPI

@Suite struct ExpressionRoutesTests {
    private static func selector(_ name: String) -> JSON {
        [
            "type": "vectorSelector", "name": .string(name), "offset": 0, "timestamp": .null, "startOrEnd": .null,
            "matchers": [["name": "__name__", "type": "=", "value": .string(name)]],
        ]
    }

    private func parse(_ query: String) async throws -> JSON? {
        let scene = Scene()
        let got = try await scene.get("/api/v1/parse_query?query=" + Scene.encoded(query))
        #expect(try await scene.post(form: [("query", query)], to: "/api/v1/parse_query").text == got.text)
        return try got.json["data"]
    }

    @Test("A division of two selectors has the tree that Prometheus documents")
    func division() async throws {
        #expect(
            try await parse("foo/bar") == [
                "type": "binaryExpr", "op": "/", "bool": false, "lhs": Self.selector("foo"), "rhs": Self.selector("bar"),
                "matching": ["card": "one-to-one", "include": [], "labels": [], "on": false],
            ])
    }

    @Test(
        "Matching tells which side has many",
        arguments: [
            ("a and b", "many-to-many"), ("a * on (x) group_left (y) b", "many-to-one"),
            ("a * on (x) group_right (y) b", "one-to-many"), ("a == bool b", "one-to-one"),
        ])
    func cardinality(query: String, card: String) async throws {
        let tree = try await parse(query)
        #expect(tree?["matching", "card"] == .string(card))
        #expect(tree?["bool"] == .boolean(query.contains("bool")))
    }

    @Test("Every kind of node is told")
    func kinds() async throws {
        let tree = try await parse(#"-sum by (job) (rate(m{a!~"b"}[5m] offset 1m)) > (max_over_time(up[1h:5m] @ 10) + 0.5)"#)
        #expect(tree?["lhs", "type"] == "unaryExpr")
        #expect(tree?["lhs", "op"] == "-")
        let sum = tree?["lhs", "expr"]
        #expect(sum?["type"] == "aggregation" && sum?["op"] == "sum" && sum?["grouping"] == ["job"])
        #expect(sum?["without"] == false && sum?["param"] == .null)
        let rate = sum?["expr"]
        #expect(rate?["func"] == ["name": "rate", "argTypes": ["matrix"], "variadic": 0, "returnType": "vector"])
        #expect(rate?["args", 0, "type"] == "matrixSelector")
        #expect(rate?["args", 0, "range"] == 300_000 && rate?["args", 0, "offset"] == 60_000)
        #expect(rate?["args", 0, "matchers", 0] == ["name": "a", "type": "!~", "value": "b"])
        #expect(tree?["rhs", "type"] == "parenExpr")
        let subquery = tree?["rhs", "expr", "lhs", "args", 0]
        #expect(subquery?["type"] == "subquery" && subquery?["range"] == 3_600_000 && subquery?["step"] == 300_000)
        #expect(subquery?["timestamp"] == 10_000)
        #expect(tree?["rhs", "expr", "rhs"] == ["type": "numberLiteral", "val": "0.5"])
        #expect(tree?["rhs", "expr", "matching"] == .null)
        let text = try await parse(#"count_values("v", up @ end())"#)
        #expect(text?["param"] == ["type": "stringLiteral", "val": "v"])
        #expect(text?["expr", "startOrEnd"] == "end")
        #expect(try await parse("round(up)")?["func", "variadic"] == 1)
    }

    @Test("A query that can't be parsed is refused", arguments: ["/api/v1/parse_query", "/api/v1/format_query"])
    func broken(path: String) async throws {
        let answer = try await Scene().get(path + "?query=sum(")
        #expect(answer.status == 400)
        #expect(try answer.json["errorType"] == "bad_data")
    }

    @Test("Exemplars are those of the series that the query selects, however deep")
    func exemplars() async throws {
        let scene = Scene()
        let query = Scene.encoded("histogram_quantile(0.9, sum by (le) (rate(requests_total[5m])))")
        let all = try await scene.get("/api/v1/query_exemplars?query=\(query)&start=0&end=1700000000")
        #expect(
            try all.json["data"] == [
                [
                    "seriesLabels": ["__name__": "requests_total", "job": "web"],
                    "exemplars": [
                        ["labels": ["trace_id": "a"], "value": "6", "timestamp": 1_699_999_998.5],
                        ["labels": ["trace_id": "b"], "value": "0.5", "timestamp": 1_700_000_000],
                    ],
                ]
            ])
        let late = try await scene.get("/api/v1/query_exemplars?query=\(query)&start=1699999999&end=1700000000")
        #expect(try late.json["data", 0, "exemplars"]?.count == 1)
        #expect(try await scene.get("/api/v1/query_exemplars?query=up&start=0&end=1").json["data"] == [])
        #expect(try await scene.get("/api/v1/query_exemplars?query=1&start=0&end=1").json["data"] == [])
    }
}
