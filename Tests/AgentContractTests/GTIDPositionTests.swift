import AgentContract
import TestKit
import Testing

@Suite("Positions of MariaDB servers")
struct GTIDPositionTests {
    @Test(
        "The server's form is read strictly",
        arguments: [
            ("", "nothing"), ("0-1-100", "0-1-100"), ("0-2-5,0-1-100", "0-1-100,0-2-5"), ("0-1-5,0-1-7", "0-1-7"),
            ("1-1-1,\n0-1-2", "0-1-2,1-1-1"), ("0-1", nil), ("0-1-x", nil), ("0-1--1", nil), ("-1-1-1", nil),
            ("4294967296-1-1", nil),
            ("0-1-18446744073709551616", nil),
        ] as [(String, String?)])
    func reading(text: String, expected: String?) {
        #expect(GTIDPosition(text)?.description == expected)
    }

    @Test("A text with too many entries is none")
    func limit() {
        let entries = (0...GTIDPosition.maximumEntries).map { "\($0)-1-1" }
        #expect(GTIDPosition(entries.joined(separator: ",")) == nil)
        #expect(GTIDPosition(entries.dropLast().joined(separator: ",")) != nil)
    }

    @Test(
        "What another has of its own keeps it from following",
        arguments: [
            // A former primary that is exactly where its replica took over.
            ("0-1-100,0-2-120", "0-1-100", "nothing"),
            // One that wrote on after that.
            ("0-1-100,0-2-120", "0-1-101", "0-1-101"),
            // The same number by two writers.
            ("0-1-4,0-2-5", "0-1-5", "0-1-5"),
            // A primary that began from a backup names its earlier writers no more.
            ("0-2-120", "0-1-100", "nothing"), ("0-2-120", "0-1-121", "0-1-121"),
            // A domain that it never saw.
            ("0-1-100", "7-1-1", "7-1-1"), ("", "", "nothing"), ("0-1-3", "", "nothing"),
        ])
    func missing(primary: String, other: String, expected: String) throws {
        let primary = try #require(GTIDPosition(primary))
        #expect(primary.missing(from: try #require(GTIDPosition(other))).description == expected)
    }

    @Test(
        "One has come as far as another in every domain, or has not",
        arguments: [
            ("0-1-5", "0-1-5", true), ("0-2-6", "0-1-5", true), ("0-1-4", "0-1-5", false), ("0-1-9", "0-1-5,1-1-1", false),
            ("0-1-5,1-1-1", "0-1-5", true), ("", "", true),
        ])
    func reaching(left: String, right: String, expected: Bool) throws {
        #expect(try #require(GTIDPosition(left)).reaches(try #require(GTIDPosition(right))) == expected)
    }

    @Test("Random positions: both together reach each, and miss nothing of either")
    func union() {
        var random = SeededGenerator(seed: .random(in: 0...UInt64.max))
        for _ in 0..<500 {
            func position() -> GTIDPosition {
                let entries = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    "\(Int.random(in: 0...2, using: &random))-\(Int.random(in: 1...3, using: &random))-\(Int.random(in: 1...9, using: &random))"
                }
                return GTIDPosition(entries.joined(separator: ",")) ?? GTIDPosition()
            }
            let (left, right) = (position(), position())
            let both = left.union(right)
            #expect(both.reaches(left) && both.reaches(right), "seed \(random.seed)")
            #expect(both.missing(from: left).isEmpty && both.missing(from: right).isEmpty, "seed \(random.seed)")
            #expect(both == right.union(left), "seed \(random.seed)")
        }
    }
}
