import PromQL
import TestKit
import Testing

/// Random queries by grammar, each of the right type.
private struct QueryGenerator {
    var random: SeededGenerator

    mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
    mutating func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &random) < part }

    mutating func labels() -> String {
        pick(["", "a", "a, b", "\"b c\", __name__", "le,"])
    }

    mutating func duration() -> String {
        pick(["5m", "1h30m", "90", "2m*15", "step()", "(1m + range()) / 2", "max_of(30s, step())", "250ms", "1y2w3d", "0.0005"])
    }

    mutating func shift() -> String {
        let offset = pick(["", "", " offset 5m", " offset -(1m+1s)", " OFFSET 1w"])
        let pin = pick(["", "", " @ 123.456", " @ start()", " @ end()", " @ -7"])
        return chance(0.5) ? offset + pin : pin + offset
    }

    mutating func selector() -> String {
        pick([
            "x", "job:x:rate", "x{a=\"b\"}", "{__name__=~\"a|b\"}", "{\"ünï.code\", \"l.m\"!=\"\\n\\\"\"}", "x{a!~'z+',b=\"\"}",
            "sum", "{\"or\"}",
            "{\"x\",__name__!=\"y\"}", "x{a=`\\d`}",
        ])
    }

    mutating func range(_ depth: Int) -> String {
        if depth <= 0 || chance(0.6) {
            return selector() + "[\(duration())]" + shift() + pick(["", "", "", " anchored", " smoothed"])
        }
        return vector(depth - 1, asOperand: true) + "[\(duration()):\(chance(0.5) ? duration() : "")]" + shift()
    }

    mutating func scalar(_ depth: Int) -> String {
        if depth <= 0 || chance(0.5) { return pick(["1", "0.5", "1e-9", "Inf", "NaN", "time()", "0x10", "5m", "1e300"]) }
        return pick(["-", ""]) + "(" + scalar(depth - 1) + pick([" + ", " * ", " ^ ", " == bool ", " atan2 "]) + scalar(depth - 1)
            + ")"
    }

    mutating func vector(_ depth: Int, asOperand: Bool = false) -> String {
        guard depth > 0 else { return selector() + (asOperand ? "" : shift() + pick(["", "", " smoothed"])) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return selector() + (asOperand ? "" : shift())
        case 1: return pick(["abs", "sort", "absent", "day_of_week"]) + "(\(vector(depth - 1)))"
        case 2: return pick(["rate", "last_over_time", "changes"]) + "(\(range(depth - 1)))"
        case 3: return "quantile_over_time(\(scalar(depth - 1)), \(range(depth - 1)))"
        case 4:
            let clause = pick([" by ", " without "]) + "(\(labels()))"
            let name = pick(["sum", "limitk(2, ", "limit_ratio(-.5, ", "topk(2, ", "Max", "quantile(.5,", "count_values(\"v\","])
            guard name.contains("(") else {
                return chance(0.5) ? "\(name)\(clause) (\(vector(depth - 1)))" : "\(name)(\(vector(depth - 1)))\(clause)"
            }
            return name + vector(depth - 1) + ")" + clause
        case 5: return "(" + vector(depth - 1) + ")"
        case 6: return "info(\(vector(depth - 1))" + pick([")", ", {})", ", {a=~\".*\",__name__!=\"x\"})"])
        default:
            let text = vector(depth - 1) + operation() + vector(depth - 1)
            return asOperand ? "(\(text))" : text
        }
    }

    private mutating func operation() -> String {
        let matching = pick(["", " on (a)", " ignoring (a, b)", " on () "])
        let group = matching.isEmpty ? "" : pick(["", " group_left ()", " group_right (c)"])
        return chance(0.3)
            ? pick([" and", " or", " unless"]) + matching + " "
            : pick([" +", " - ", "*", " ^", " %", " > bool", " <=", " atan2", " </", " >/"]) + matching + group
                + pick(["", "", " fill(-1.5)", " fill_left(Inf) fill_right(2)", " fill_right(0)"]) + " "
    }
}

@Suite struct RoundTripTests {
    @Test("A printed query parses to the same tree and prints the same again", arguments: 0..<40)
    func printedQueryParsesTheSame(seed: UInt64) throws {
        var generator = QueryGenerator(random: SeededGenerator(seed: seed))
        for _ in 0..<25 {
            let query = generator.vector(4)
            let tree = try PromQLParser.parse(query)
            let printed = tree.description
            // NaN differs from itself, so trees with it are compared by what they print.
            let again = try PromQLParser.parse(printed)
            #expect(again == tree || printed.contains("NaN"), "seed \(seed): \(query) printed \(printed)")
            #expect(again.description == printed, "seed \(seed): \(query)")
        }
    }

    @Test("No text makes the parser crash", arguments: 0..<20)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var generator = QueryGenerator(random: SeededGenerator(seed: seed + 1000))
        for _ in 0..<50 {
            var bytes = Array(generator.vector(3).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                default: bytes[index] = Array("(){}[]:,\"'@^-x0".utf8).randomElement(using: &random) ?? 0
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let tree = try? PromQLParser.parse(text) {
                #expect((try? PromQLParser.parse(tree.description)) != nil, "seed \(seed): \(text)")
            }
        }
    }
}
