import Foundation
import GeoDatabase
import TestKit
import Testing

@Suite("Databases of networks", .ownThread)
struct MaxMindDatabaseTests {
    /// Naive: networks in the order in which they were given, the last that holds an address is its.
    struct Twin {
        var networks: [(bytes: [UInt8], length: Int, value: UInt32)] = []

        func value(of address: [UInt8]) -> UInt32? {
            networks.last { holds($0.bytes, $0.length, address) }?.value
        }

        private func holds(_ network: [UInt8], _ length: Int, _ address: [UInt8]) -> Bool {
            guard network.count == address.count else { return false }
            for bit in 0..<length {
                let difference: UInt8 = network[bit / 8] ^ address[bit / 8]
                if difference & (0x80 >> UInt8(bit % 8)) != 0 { return false }
            }
            return true
        }
    }

    @Test("Addresses are found as a list of the networks finds them", arguments: [24, 28, 32], [4, 6])
    func tree(recordBits: Int, version: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var writer = MaxMindWriter(recordBits: recordBits, version: version)
        var twin = Twin()
        // The short ones first, as none may lie around an earlier one.
        let lengths = (0..<200).map { _ in Int.random(in: 9...30, using: &random) }.sorted()
        for (index, length) in lengths.enumerated() {
            let isFour = version == 4 || index % 2 == 0
            var bytes = (0..<(isFour ? 4 : 16)).map { _ in UInt8.random(in: 0...255, using: &random) }
            // IPv4 lives below zero bits: no network of IPv6 begins there.
            bytes[0] = isFour ? bytes[0] & 3 : bytes[0] & 3 | 0x20
            let whole = isFour ? length : length * 2
            twin.networks.append((bytes, whole, UInt32(index)))
            writer.add(bytes, whole, .unsigned32(UInt32(index)))
        }
        let database = try MaxMindDatabase(writer.file())
        var found = 0
        for network in twin.networks {
            for _ in 0..<20 {
                var address = network.bytes
                let bit = Int.random(in: 0..<address.count * 8, using: &random)
                address[bit / 8] ^= 0x80 >> UInt8(bit % 8)
                let value = try database.leaf(of: address).map { try database.record($0) }
                let expected = twin.value(of: address)
                #expect(value == expected.map { .unsigned(UInt64($0)) }, "seed \(seed), \(address)")
                if expected != nil { found += 1 }
            }
        }
        #expect(found > 1_000, "seed \(seed)")
    }

    /// Values of every type, and texts of the sizes at which the control byte changes.
    static let samples: [(MaxMindSample, MaxMindValue)] =
        [
            (.boolean(true), .boolean(true)), (.boolean(false), .boolean(false)), (.signed(-268_435_456), .signed(-268_435_456)),
            (.unsigned16(0), .unsigned(0)), (.unsigned16(65_535), .unsigned(65_535)),
            (.unsigned32(268_435_456), .unsigned(268_435_456)),
            (.unsigned64(.max), .unsigned(.max)), (.unsigned128(high: 0, low: 7), .unsigned(7)),
            (.unsigned128(high: 1 << 56, low: 3), .wide(high: 1 << 56, low: 3)), (.double(42.123456), .double(42.123456)),
            (.float(1.1), .float(1.1)), (.bytes([0, 0, 0, 42]), .bytes([0, 0, 0, 42])),
            (.string("unicode! ☯"), .string("unicode! ☯")),
            (.array([.unsigned32(1), .unsigned32(2)]), .array([.unsigned(1), .unsigned(2)])), (.array([]), .array([])),
            (
                .map([("a", .map([("b", .array([.string("a"), .string("a")]))]))]),
                .map(["a": .map(["b": .array([.string("a"), .string("a")])])])
            ),
        ]
        + [1, 28, 29, 284, 285, 65_820, 65_821, 70_000].map {
            (.string(String(repeating: "x", count: $0)), .string(String(repeating: "x", count: $0)))
        }

    @Test("Values of every type are read as written", arguments: [true, false])
    func values(usesPointers: Bool) throws {
        var writer = MaxMindWriter(usesPointers: usesPointers)
        // Enough before them that pointers of two and three bytes are needed.
        writer.add("10.0.0.0/8", .bytes([UInt8](repeating: 1, count: 600_000)))
        for (index, sample) in Self.samples.enumerated() {
            writer.add([11, 0, 0, UInt8(index)], 32, sample.0)
            writer.add([12, 0, 0, UInt8(index)], 32, .array([sample.0]))
        }
        let database = try MaxMindDatabase(writer.file())
        for (index, sample) in Self.samples.enumerated() {
            let leaf = try #require(try database.leaf(of: [11, 0, 0, UInt8(index)]))
            #expect(try database.record(leaf) == sample.1)
            let again = try #require(try database.leaf(of: [12, 0, 0, UInt8(index)]))
            #expect(try database.record(again) == .array([sample.1]))
        }
    }

    @Test("A file with flipped bytes, or cut short, is read or refused and never ends the process")
    func damage() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var writer = MaxMindWriter(recordBits: 28)
        for index in 0..<60 { writer.add([UInt8(index), 0, 0, 0], 8, .country(index % 2 == 0 ? "DE" : "FR")) }
        for (index, sample) in Self.samples.prefix(16).enumerated() { writer.add([100, 0, 0, UInt8(index)], 32, sample.0) }
        let sound = writer.file()
        var (refused, failed, read) = (0, 0, 0)
        for turn in 0..<1_500 {
            var bytes = sound
            if turn % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
            for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let database = try? MaxMindDatabase(bytes) else {
                refused += 1
                continue
            }
            for index in 0..<120 {
                do {
                    if let leaf = try database.leaf(of: [UInt8(index), 0, 0, UInt8(index % 16)]) {
                        _ = try database.record(leaf)
                        read += 1
                    }
                } catch {
                    failed += 1
                }
            }
        }
        #expect(refused > 0 && failed > 0 && read > 0, "seed \(seed): \(refused) refused, \(failed) failed, \(read) read")
    }

    /// A database with one leaf, whose data is given as bytes.
    private func database(_ data: [UInt8]) throws -> MaxMindDatabase {
        var writer = MaxMindWriter(version: 4)
        writer.add("0.0.0.0/1", .bytes([UInt8](repeating: 0, count: data.count - 1)))
        var file = writer.file()
        // One node of six bytes, sixteen zero bytes, then the data.
        file.replaceSubrange(22..<22 + data.count, with: data)
        return try MaxMindDatabase(file)
    }

    /// What a record could be made of to keep a reader busy, or to lead it out of its section.
    static let traps: [(String, [UInt8])] = [
        ("a pointer to itself", [0x20, 0x00, 0, 0]),
        ("a map that holds itself", [0xe1, 0x41, 0x61, 0x20, 0x00]),
        ("an array that holds itself twice", [0x02, 0x04, 0x20, 0x00, 0x20, 0x00]),
        ("a pointer to a pointer", [0x20, 0x02, 0x20, 0x04, 0x41, 0x61]),
        ("a pointer behind the section", [0x27, 0xff]),
        ("a pointer with all bits", [0x38, 0xff, 0xff, 0xff, 0xff]),
        ("a text longer than the section", [0x5f, 0xff, 0xff, 0xff, 0x61]),
        ("an array of millions", [0x1f, 0x04, 0xff, 0xff, 0xff, 0x40]),
        ("a map of millions", [0xff, 0xff, 0xff, 0xff, 0x40]),
        ("a key that is a number", [0xe1, 0xa1, 0x01, 0xa1, 0x01]),
        ("a type that there is none of", [0x01, 0x20, 0x01]),
        ("an end marker", [0x00, 0x06, 0x00]),
        ("a Boolean of three", [0x03, 0x07, 0x00]),
        ("a double of three bytes", [0x63, 1, 2, 3]),
    ]

    @Test("What leads in circles or out of the data is an error", arguments: traps)
    func trap(name: String, data: [UInt8]) throws {
        let database = try database(data)
        let leaf = try #require(try database.leaf(of: [1, 2, 3, 4]))
        #expect(throws: MaxMindError.self) { try database.record(leaf) }
    }

    @Test("Arrays within each other that pointers double at every level are an error, soon")
    func doubling() throws {
        // Level n is an array of two pointers to level n + 1: 2^40 values in 160 bytes.
        var data: [UInt8] = []
        for level in 1...40 {
            let next = level * 6
            data += [0x02, 0x04, 0x20 | UInt8(next >> 8), UInt8(next & 0xff), 0x20 | UInt8(next >> 8), UInt8(next & 0xff)]
        }
        data += [0x40, 0x40]
        let database = try database(data)
        let leaf = try #require(try database.leaf(of: [1, 2, 3, 4]))
        #expect(throws: MaxMindError.self) { try database.record(leaf) }
    }

    @Test("What is no database is refused", arguments: [[], [0x61], [UInt8](repeating: 0xab, count: 200_000)])
    func none(bytes: [UInt8]) {
        #expect(throws: MaxMindError.self) { try MaxMindDatabase(bytes) }
    }
}
