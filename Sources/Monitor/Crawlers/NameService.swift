import Topology
import WAF

/// Answers questions about names.
protocol NameService: Sendable {
    func ask(_ name: String, _ kind: DNSMessage.Kind) async -> DNSMessage.Answer
}

extension NameService {
    /// Whether an address is a crawler's: one of its names lies in the crawler's domains, and that name has the address.
    ///
    /// The names of an address are its owner's to choose, the addresses of a name the domain's; only both together prove something.
    func verify(_ question: CrawlerBoard.Question) async -> CrawlerBoard.Answer {
        switch await ask(DNSMessage.pointerName(of: question.address), .pointer) {
        case .failure, .truncated: return .unknown
        case .noName: return .refuted
        case .records(let names, _):
            let kind: DNSMessage.Kind = question.address.bytes.count == 4 ? .address : .sixAddress
            var verdict = CrawlerBoard.Answer.refuted
            for name in names.filter(question.crawler.owns).prefix(CrawlerVerifier.maximumNames) {
                switch await ask(name, kind) {
                case .records(_, let addresses) where addresses.contains(question.address): return .confirmed
                case .records, .noName: break
                case .failure, .truncated: verdict = .unknown
                }
            }
            return verdict
        }
    }
}
