/// Finds out of which crawler a user agent claims to be, at the price of a hash for most lines: what was found out is remembered.
///
/// A table of fixed size; a new user agent takes the place of the one that has its slot.
struct CrawlerClaims: Sendable {
    private static let slotCount = 4_096
    /// No more of a user agent is looked at.
    static let maximumBytes = 512

    private let automaton: LiteralAutomaton
    /// By literal, the crawler.
    private let owners: [Int]
    private var hashes = [UInt64](repeating: 0, count: slotCount)
    private var answers = [Int?](repeating: nil, count: slotCount)

    init(_ crawlers: [Crawler]) {
        automaton = LiteralAutomaton(crawlers.flatMap { $0.agents.map { Array($0.utf8) } })
        owners = crawlers.enumerated().flatMap { index, crawler in crawler.agents.map { _ in index } }
    }

    /// The index of the crawler that a user agent names; the first where it names several.
    mutating func crawler(in agent: ArraySlice<UInt8>) -> Int? {
        guard !owners.isEmpty, !agent.isEmpty else { return nil }
        let agent = agent.prefix(CrawlerClaims.maximumBytes)
        let hash = ByteHash.of(agent) | 1
        let slot = Int(truncatingIfNeeded: hash >> 1) & (CrawlerClaims.slotCount - 1)
        if hashes[slot] == hash { return answers[slot] }
        var found: Int?
        automaton.forEachMatch(in: agent.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }) { literal, _ in
            found = found ?? owners[literal]
        }
        (hashes[slot], answers[slot]) = (hash, found)
        return found
    }
}
