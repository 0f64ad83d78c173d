import Compression
import TestKit
import Testing

@testable import MetricStore

@Suite("Entropy coding") struct EntropyTests {
    @Test("Each of the 64 tables reads what it wrote, whatever the tokens it knows", arguments: 0..<64)
    func tables(number: Int) throws {
        let table = EntropyTable.trained[number]
        var random = SeededGenerator(seed: UInt64(number))
        let known = table.costs.indices.filter { table.costs[$0] < EntropyTable.impossible }
        for (lowBits, count) in [(0, 240), (1, 239), (5, 1), (5, 2), (5, 3), (9, 4), (10, 5), (11, 240), (33, 240), (57, 239)] {
            let folded = (0..<count).map { _ in EntropyTests.integer(of: known.randomElement(using: &random)!, lowBits, &random) }
            var bytes: [UInt8] = []
            UnsafeEntropyCoder.write(folded.count, lowBits: lowBits, table, into: &bytes) { folded[$0] }
            // What follows must not be taken for a part of it.
            bytes += [0xff, 0xff, 0xff]
            var position = 0
            var read = [Int64](repeating: 0, count: folded.count)
            #expect(
                UnsafeEntropyCoder.read(
                    bytes[...], at: &position, into: &read, from: 0, .init(centre: -7, divisor: 3, lowBits: lowBits), table),
                "\(lowBits)")
            #expect(read == folded.map { -7 &+ 3 &* Varint.unzigzag($0) }, "\(count) of \(lowBits)")
            #expect(position == bytes.count - 3, "\(lowBits)")
        }
    }

    /// An integer of a class, with low bits below it.
    private static func integer(of token: Int, _ lowBits: Int, _ random: inout SeededGenerator) -> UInt64 {
        let low = UInt64.random(in: 0...UInt64.max, using: &random) & ((1 << UInt64(lowBits)) - 1)
        if token == EntropyToken.escape {
            let w = UInt64.random(in: 5120...UInt64.max, using: &random) >> UInt64(lowBits)
            return max(5120, w) << UInt64(lowBits) | low
        }
        let rest = UInt64.random(in: 0..<1 << UInt64(EntropyToken.rest(token)), using: &random)
        return (UInt64(EntropyToken.least(token)) + rest) << UInt64(lowBits) | low
    }

    @Test("The classes are without gaps, and each integer is of the class that holds it")
    func classes() {
        var expected: UInt64 = 0
        for token in 0..<EntropyToken.escape {
            #expect(UInt64(EntropyToken.least(token)) == expected)
            let last = expected + (1 << UInt64(EntropyToken.rest(token))) - 1
            #expect(EntropyToken.token(expected) == token && EntropyToken.token(last) == token)
            expected = last + 1
        }
        #expect(EntropyToken.token(expected) == EntropyToken.escape && EntropyToken.token(.max) == EntropyToken.escape)
    }

    @Test("One table at least knows every token")
    func complete() {
        #expect(EntropyTable.trained.contains { table in table.costs.allSatisfy { $0 < EntropyTable.impossible } })
    }

    @Test("Integers of any spread come back, noise around a trend in fewer bytes than packed", arguments: 0...62)
    func integers(bits: Int) throws {
        var random = SeededGenerator(seed: UInt64(bits))
        var values: [Int64] = []
        for index in 0..<240 {
            // Mostly small, now and then as large as can be.
            let width = Int.random(in: 0...9, using: &random) == 0 ? bits : bits / 2
            values.append(Int64(index) &* 1000 &+ Int64.random(in: 0...(1 << Int64(width)), using: &random))
        }
        var bytes: [UInt8] = []
        IntegerFrame.encode(values, into: &bytes)
        var position = 0
        #expect(IntegerFrame.decode(bytes[...], at: &position, count: values.count) == values)
        #expect(position == bytes.count)
        if (8...40).contains(bits) { #expect(bytes.count < 240 * bits / 8) }
    }
}
