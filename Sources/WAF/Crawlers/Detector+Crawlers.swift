package import GeoDatabase
import Parsing
import Synchronization
package import Telemetry
package import Topology

extension Detector {
    /// Questions about claims, to be asked off the way of the records; each wants an answer (``take(_:of:at:)``).
    package func takeCrawlerQuestions(limit: Int) -> [CrawlerBoard.Question] {
        state.withLock { $0.crawlers.takeQuestions(limit: limit) }
    }

    /// Takes the name service's answer about an address: of a crawler nothing is held against it any more, of another what it did under
    /// the crawler's name counts.
    package func take(_ answer: CrawlerBoard.Answer, of address: NetworkAddress, at time: Nanoseconds) {
        let client = ClientAddress.network(of: address)
        state.withLock { state in
            let claim = state.crawlers.take(answer, of: address, at: time)
            if answer == .confirmed {
                state.scores[client] = nil
                state.ledger.forget(client)
            }
            guard let claim, claim.pages > 0 else { return }
            state.take(state.ledger.take(falseCrawler: claim, by: client, at: time), of: client)
        }
    }

    /// Clients that are known to be search engines' crawlers, which are never banned.
    package func crawlers(at time: Nanoseconds) -> [NetworkRange] {
        state.withLock { $0.crawlers.confirmedClients(at: time) }
    }

    /// Takes new databases of where addresses are at home; what was counted by the old ones stays.
    package func use(_ origins: OriginTable) {
        state.withLock { $0.ledger.origins = origins }
    }
}

extension Detector.State {
    /// What is known of a request that claims to be a crawler's; nil where it claims nothing, or that is to be found out.
    mutating func verify(_ record: AccessRecord, of address: NetworkAddress, at time: Nanoseconds) -> CrawlerBoard.Answer? {
        // HAProxy's captures have the user agent among them, wherever its configuration puts it.
        guard let agent = record.userAgent ?? record.requestCaptures, let crawler = crawlers.claimed(by: agent) else {
            return nil
        }
        let path = record.uri.prefix { $0 != UInt8(ascii: "?") }
        return crawlers.take(crawler, of: address, request: record.request, isPage: !RequestEvents.isQuiet(path), at: time)
    }
}
