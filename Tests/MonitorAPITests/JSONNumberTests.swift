import TestKit
import Testing

@testable import MonitorAPI

@Suite("Numbers in answers", .ownThread)
struct JSONNumberTests {
    private func written(_ value: Double) -> String {
        var writer = JSONWriter()
        writer.append(number: value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        "have the shortest form that reads back the same",
        arguments: [
            (0, "0"), (-0.0, "-0"), (7, "7"), (-12, "-12"), (0.5, "0.5"), (-0.05, "-0.05"), (12.34, "12.34"), (0.0001, "0.0001"),
            (1e14, "100000000000000"), (999_999_999_999_999, "999999999999999"), (1e-5, "1e-05"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e300, "1e+300"), (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (123_456_789.0625, "123456789.0625"),
        ])
    func forms(value: Double, text: String) {
        #expect(written(value) == text)
    }

    @Test("are what a text would be, whatever the number", arguments: 1...4 as ClosedRange<UInt64>)
    func twin(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let integer = Double(Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random))
            let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1e12]
            let power = powers[Int.random(in: powers.indices, using: &random)]
            for value in [integer / power, integer * power, Double(bitPattern: random.next()), (integer / power).nextUp] {
                #expect(written(value) == JSONWriter.text(of: value), "seed \(seed)")
            }
        }
    }

    @Test(
        "Times are seconds",
        arguments: [(0, "0"), (1500, "1.5"), (-500, "-0.5"), (-1500, "-1.5"), (1_700_000_000_001, "1700000000.001")])
    func times(milliseconds: Int64, text: String) {
        var writer = JSONWriter()
        writer.sample(milliseconds: milliseconds, value: 1)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\(text),\"1\"]")
    }

    @Test(
        "Integers have all their digits",
        arguments: [0, 9, 10, 99, 100, 9_999_999_999_999_999_999, 10_000_000_000_000_000_000, .max] as [UInt64])
    func integers(value: UInt64) {
        var writer = JSONWriter()
        writer.append(decimal: value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\(value)")
    }
}
