import TestKit
import Testing
import Topology

@Suite("Addresses and networks")
struct NetworkTests {
    @Test("Two spellings of one address are one address")
    func spellings() {
        #expect(NetworkAddress("::ffff:1.2.3.4") == NetworkAddress("1.2.3.4"))
        #expect(NetworkAddress("2001:db8::1") == NetworkAddress("2001:0db8:0:0:0:0:0:1"))
    }

    @Test(
        "What is no address is refused",
        arguments: ["1.2.3", "1.2.3.256", "1.2.3.4.5", ":::", "1::2::3", "g::", "1:2:3:4:5:6:7:8:9", "+1.2.3.4", "1:2", ""])
    func wrong(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test("Bytes and text are read alike", arguments: [1, 2, 3] as [UInt64])
    func bytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("0123456789.:af".utf8)
        let known = [
            "1.2.3.4", "255.255.255.255", "0.0.0.0", "01.2.3.4", "1.2.3.256", "1.2.3.", "::1", "::ffff:1.2.3.4", "1.2.3.4.5",
            "1..2.3",
        ]
        for number in 0..<5_000 {
            var text = Array(known[number % known.count].utf8)
            if number >= known.count {
                text[Int.random(in: text.indices, using: &generator)] = alphabet.randomElement(using: &generator)!
            }
            let whole = String(decoding: text, as: UTF8.self)
            #expect(NetworkAddress(text: text[...]) == NetworkAddress(whole), "seed \(seed): \(whole)")
        }
    }

    @Test("What is no network is refused", arguments: ["", "10.0.0.0/33", "10.0.0/8", "x", "10.0.0.0/-1", "::/129", "10.0.0.0/"])
    func wrongNetwork(text: String) {
        #expect(NetworkRange(text) == nil)
    }

    @Test(
        "Networks hold what lies in them",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
            ("2001:db8::/32", "2001:db8:1::5", true), ("2001:db8::/32", "2001:db9::1", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("0.0.0.0/0", "9.9.9.9", true), ("0.0.0.0/0", "::1", false),
            ("10.0.0.128/25", "10.0.0.127", false), ("10.0.0.128/25", "10.0.0.200", true),
        ])
    func contains(network: String, address: String, expected: Bool) throws {
        let network = try #require(NetworkRange(network))
        #expect(network.contains(try #require(NetworkAddress(address))) == expected)
    }

    @Test(
        "They are written in their shortest form",
        arguments: [
            ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::", "::"), ("0:0:0:0:0:0:0:1", "::1"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("fe80:0:0:0::", "fe80::"), ("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3/32", "10.1.2.3"),
            ("2001:db8:1:2:3:4:5:6/64", "2001:db8:1:2::/64"),
        ])
    func written(text: String, expected: String) {
        #expect(NetworkRange(text)?.description == expected)
    }

    @Test("What is written reads as the same network, and two networks overlap as their addresses say")
    func roundTrip() throws {
        var random = SeededGenerator(seed: .random(in: 0...UInt64.max))
        for _ in 0..<2000 {
            let zeros = UInt64.random(in: 0...UInt64.max, using: &random) & UInt64.random(in: 0...UInt64.max, using: &random)
            let groups = (0..<8).map { group in
                zeros >> UInt64(group) & 1 == 0 ? "0" : String(UInt16.random(in: 0...UInt16.max, using: &random), radix: 16)
            }
            let text = groups.joined(separator: ":") + "/\(Int.random(in: 0...128, using: &random))"
            let network = try #require(NetworkRange(text), "seed \(random.seed)")
            #expect(NetworkRange(network.description) == network, "\(text), seed \(random.seed)")
            let other = NetworkRange(network.address, length: Int.random(in: 0...128, using: &random))
            #expect(network.overlaps(other) && other.overlaps(network), "\(text), seed \(random.seed)")
        }
    }
}
