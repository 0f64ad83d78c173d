import Foundation
import Testing
import WAF

/// Attacks and shop texts of our own, written to be unlike the third-party material: `Benchmarks/attacks` and `Benchmarks/shop-texts.txt`.
@Suite("Material of our own")
struct OwnMaterialTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Benchmarks")
    /// What none of the levels' rules is for: operators without operands, and letters of a command without one.
    private static let bars = ["ldap": 0.9, "xpath": 0.9, "cmdi": 0.95]

    private func values(_ name: String) throws -> [String] {
        String(decoding: try Data(contentsOf: Self.folder.appendingPathComponent(name)), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    private func judged(_ values: [String]) -> (found: [String], missed: [String]) {
        var inspector = Inspector(signatures: .shipped)
        let isAttack = values.map { inspector.judge(parameter: Array($0.utf8)).isAttack }
        return (zip(values, isAttack).filter(\.1).map(\.0), zip(values, isAttack).filter { !$0.1 }.map(\.0))
    }

    @Test(
        "Attacks of each family are found",
        arguments: [
            "cmdi", "crlf", "java", "ldap", "nosql", "php", "sqli", "ssrf", "ssti", "traversal", "xpath", "xss", "xxe",
        ])
    func attacks(family: String) throws {
        let values = try values("attacks/\(family).txt")
        let missed = judged(values).missed
        let bar = Self.bars[family] ?? 0.96
        #expect(Double(values.count - missed.count) >= bar * Double(values.count), "missed: \(missed.joined(separator: "\n"))")
    }

    @Test("Names, addresses, prices, formulas, markup and search texts of shops are left alone, but for some that are programs")
    func shopTexts() throws {
        let values = try values("shop-texts.txt")
        let found = judged(values).found
        #expect(values.count > 1_000)
        #expect(Double(found.count) <= 0.015 * Double(values.count), "flagged: \(found.joined(separator: "\n"))")
    }
}
