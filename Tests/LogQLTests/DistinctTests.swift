import Telemetry
import TestKit
import Testing

@testable import LogQL

@Suite("The stage distinct")
struct DistinctTests {
    private static let second: Nanoseconds = 1_000_000_000

    private func run(
        _ query: String, _ source: MemoryLogSource, direction: LogSelection.Direction = .forward, limit: Int = 1000,
        _ change: (inout LogQLEngine.Options) -> Void = { _ in }
    ) throws -> [String] {
        var options = LogQLEngine.Options()
        change(&options)
        let result = try LogQLEngine(source: source, options: options)
            .range(query, from: 0, to: 1000 * Self.second, step: Self.second, limit: limit, direction: direction)
        guard case .streams(let streams) = result else { return [] }
        return streams.flatMap { stream in
            stream.entries.map { "\($0.timestamp / Self.second) \(String(decoding: $0.line, as: UTF8.self))" }
        }
        .sorted()
    }

    @Test("The first entry of each combination stays, in the direction of the query and over all streams")
    func first() throws {
        let source = LogQLEngineTests.source(["u=1 v=1", "u=1 v=2", "u=2 v=1", "u=1 v=1", "w=1", "w=1"])
        let all = #"{app=~".+"} | logfmt "#
        #expect(try run(all + "| distinct u", source) == ["1 u=1 v=1", "3 u=2 v=1", "5 w=1", "6 w=1"])
        #expect(try run(all + "| distinct u", source, direction: .backward) == ["3 u=2 v=1", "4 u=1 v=1", "5 w=1", "6 w=1"])
        #expect(try run(all + "| distinct u, v", source) == ["1 u=1 v=1", "2 u=1 v=2", "3 u=2 v=1", "5 w=1", "6 w=1"])
        #expect(try run(all + "| distinct u | distinct v", source) == ["1 u=1 v=1", "5 w=1", "6 w=1"])
        #expect(try run(all + "| distinct u", source, limit: 2) == ["1 u=1 v=1", "3 u=2 v=1"])
    }

    @Test("What stands behind it sees only the first entries, filters of the line included")
    func behind() throws {
        let source = LogQLEngineTests.source(["u=1 v=1", "u=1 v=2", "u=2 v=2"])
        #expect(try run(#"{app=~".+"} | logfmt | distinct u |= "v=2""#, source) == ["3 u=2 v=2"])
        #expect(try run(#"{app=~".+"} |= "v=2" | logfmt | distinct u"#, source) == ["2 u=1 v=2", "3 u=2 v=2"])
        #expect(try run(#"{app=~".+"} | logfmt | distinct u | line_format "{{.v}}""#, source) == ["1 1", "3 2"])
    }

    @Test("It is as taking the entries one by one", .ownThread)
    func twin() throws {
        for seed in 0..<30 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let lines = (0..<200).map { _ in
                (Bool.random(using: &random) ? "u=\(Int.random(in: 0..<9, using: &random)) " : "")
                    + "v=\(Int.random(in: 0..<5, using: &random))"
            }
            let source = LogQLEngineTests.source(lines)
            for direction in [LogSelection.Direction.forward, .backward] {
                let numbered = Array(lines.enumerated())
                var seen: Set<String> = []
                let expected = (direction == .forward ? numbered : numbered.reversed()).filter { _, line in
                    guard let user = line.split(separator: " ").first, user.hasPrefix("u") else { return true }
                    return seen.insert(String(user)).inserted
                }.map { "\($0 + 1) \($1)" }.sorted()
                #expect(try run(#"{app=~".+"} | logfmt | distinct u"#, source, direction: direction) == expected, "seed \(seed)")
            }
        }
    }

    @Test("It is refused where entries are not told, and beyond its limit")
    func refusals() throws {
        let source = LogQLEngineTests.source((0..<20).map { "u=\($0)" })
        func code(_ work: () throws -> Void) -> LogQLError.Code? {
            do { try work() } catch { return (error as? LogQLError)?.code }
            return nil
        }
        let query = #"{app=~".+"} | logfmt | distinct u"#
        #expect(code { _ = try LogQLEngine(source: source).instant("count_over_time(\(query) [5m])", at: 100) } == .unsupported)
        #expect(code { _ = try run(query + " | shape", source) } == .unsupported)
        #expect(code { _ = try LogTailQuery(query) } == .unsupported)
        #expect(code { _ = try run(query, source) { $0.maximumIntermediateSeries = 19 } } == .limit)
        #expect(code { _ = try run(query, source) { $0.maximumIntermediateSeries = 20 } } == nil)
    }
}
