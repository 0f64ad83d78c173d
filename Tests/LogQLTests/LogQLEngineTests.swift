import LogQL
import Telemetry
import TestKit
import Testing

@Suite("LogQL's engine")
struct LogQLEngineTests {
    static let second: Nanoseconds = 1_000_000_000

    /// Entries at 1 s, 2 s, … of two streams in turn.
    static func source(_ lines: [String], metadata: Labels = .empty) -> MemoryLogSource {
        var source = MemoryLogSource()
        for (index, line) in lines.enumerated() {
            source.append(
                ["app": index % 2 == 0 ? "a" : "b"],
                LogRow(timestamp: Int64(index + 1) * second, line: Array(line.utf8)[...], metadata: metadata))
        }
        return source
    }

    static func lines(_ result: LogQLResult) -> [String] {
        guard case .streams(let streams) = result else { return ["not streams"] }
        return streams.flatMap { stream in
            stream.entries.map { "\(stream.labels) \($0.timestamp / second) \(String(decoding: $0.line, as: UTF8.self))" }
        }
    }

    private func run(
        _ query: String, _ source: MemoryLogSource, limit: Int = 100, direction: LogSelection.Direction = .forward
    ) throws -> [String] {
        let engine = LogQLEngine(source: source)
        return Self.lines(
            try engine.range(query, from: 0, to: 100 * Self.second, step: Self.second, limit: limit, direction: direction))
    }

    @Test("The health query of dashboards gives 2")
    func healthQuery() throws {
        let result = try LogQLEngine(source: MemoryLogSource()).instant("vector(1)+vector(1)", at: 5)
        guard case .vector(let elements) = result else { return #expect(Bool(false), "\(result)") }
        #expect(elements == [LogVectorElement(labels: .empty, timestamp: 5, value: 2)])
    }

    @Test(
        "Pipelines change lines and labels",
        arguments: [
            (#"{app="a"} | logfmt | line_format "{{.x}}-{{.missing}}-{{.y | ToUpper}}""#, [#"{app="a", x="1", y="q"} 1 1--Q"#]),
            (#"{app="a"} | logfmt x | label_format z=x, x="{{.app}}!""#, [#"{app="a", x="a!", z="1"} 1 x=1 y=q"#]),
            (#"{app="a"} | logfmt | drop y, app"#, [#"{x="1"} 1 x=1 y=q"#]),
            (#"{app="a"} | logfmt | keep y"#, [#"{y="q"} 1 x=1 y=q"#]),
            (#"{app="a"} | logfmt | x > 1"#, []), (#"{app="a"} |= "x=" != "q""#, []),
            (#"{app="a"} |> "x=<_>""#, [#"{app="a"} 1 x=1 y=q"#]),
            (#"{app="a"} | json | __error__="JSONParserErr" | drop __error_details__, __error__"#, [#"{app="a"} 1 x=1 y=q"#]),
            (#"{app="a"} | regexp "x=(?P<n>.)" | label_format n=`{{ substr 0 1 .n }}`"#, [#"{app="a", n="1"} 1 x=1 y=q"#]),
            (#"{app="a"} | line_format `{{ now }}`"#, ["unsupported"]),
            (
                #"{app="a"} | logfmt | line_format `{{ printf "%c[31m%-3s|%03d|%.2f|%q%%" 27 .y .x .x .y }}` | decolorize"#,
                [#"{app="a", x="1", y="q"} 1 q  |001|1.00|"q"%"#]
            ),
        ] as [(String, [String])])
    func changesEntries(_ query: String, _ expected: [String]) throws {
        do {
            #expect(try run(query, Self.source(["x=1 y=q"])) == expected)
        } catch let error as LogQLError {
            #expect([error.code.rawValue] == expected, "\(error)")
        }
    }

    @Test("Both directions give the entries nearest to their end, over all streams")
    func limitsEntries() throws {
        let source = Self.source((1...50).map { "line \($0)" })
        #expect(
            try run(#"{app=~".+"}"#, source, limit: 3) == [
                #"{app="a"} 1 line 1"#, #"{app="a"} 3 line 3"#, #"{app="b"} 2 line 2"#,
            ])
        #expect(
            try run(#"{app=~".+"}"#, source, limit: 3, direction: .backward)
                == [#"{app="a"} 49 line 49"#, #"{app="b"} 50 line 50"#, #"{app="b"} 48 line 48"#])
        #expect(try run(#"{app=~".+"}"#, source, limit: 0) == [])
    }

    @Test("Limits fail with what they are")
    func reportsLimits() throws {
        let source = Self.source((0..<64).map { "n=\($0)" })
        func code(_ query: String, _ change: (inout LogQLEngine.Options) -> Void, limit: Int = 10) -> LogQLError.Code? {
            var options = LogQLEngine.Options()
            change(&options)
            let engine = LogQLEngine(source: source, options: options)
            do throws(LogQLError) {
                _ = try engine.range(query, from: 0, to: 100 * Self.second, step: Self.second, limit: limit)
                return nil
            } catch {
                return error.code
            }
        }
        let counts = #"count_over_time({app=~".+"} | logfmt [1m])"#
        #expect(code(counts) { _ in } == nil)
        #expect(code(counts) { $0.maximumSeries = 63 } == .limit)
        #expect(code(counts) { $0.maximumIntermediateSeries = 63 } == .limit)
        #expect(code(counts) { $0.maximumSamples = 63 } == .limit)
        #expect(code(counts) { $0.maximumBytes = 63 } == .limit)
        #expect(code(counts) { $0.maximumSteps = 100 } == .limit)
        #expect(code(counts) { $0.deadline = .now - .seconds(1) } == .timeout)
        #expect(code(#"{app="a"}"#, { $0.maximumEntries = 10 }, limit: 11) == .limit)
    }

    @Test("Times at the ends of the scale are answered or refused, never a crash")
    func survivesExtremeTimes() {
        let engine = LogQLEngine(source: Self.source(["x"]))
        for time: Nanoseconds in [.min, .min + 1, -1, 0, .max - 1, .max] {
            for query in [#"count_over_time({app="a"}[1y])"#, #"rate({app="a"}[1m] offset -5d)"#, "1 + 1"] {
                _ = try? engine.instant(query, at: time)
                _ = try? engine.range(query, from: .min, to: time, step: 1 << 60)
                _ = try? engine.range(query, from: time, to: .max, step: .max)
            }
            _ = try? engine.range(#"{app="a"}"#, from: .min, to: time, step: 0)
        }
    }

    @Test("Entries that a stage can't read fail a metric query, and say how to leave them out")
    func failsOnErrors() throws {
        let engine = LogQLEngine(source: Self.source(["x=1", "x=2", "x=oops"]))
        let query = #"sum_over_time({app="a"} | logfmt | unwrap x "#
        let error = #expect(throws: LogQLError.self) { try engine.instant(query + "[1m])", at: 9 * Self.second) }
        #expect(error?.code == .execution)
        #expect(error?.message.contains(#"__error__="""#) == true)
        guard case .vector(let elements) = try engine.instant(query + #"| __error__="" [1m])"#, at: 9 * Self.second) else {
            return
        }
        #expect(elements.map(\.value) == [1])
    }
}
