package import Telemetry
package import Topology

/// Requests for pages that an address made under a crawler's name while that was being verified.
package struct CrawlerClaim: Sendable {
    /// How many, as far as they matter.
    package internal(set) var pages = 0
    /// The latest request line.
    package internal(set) var request: [UInt8] = []
}

/// What is known of addresses that claim to be a crawler's, and what is to be asked.
///
/// Pure: it makes ``Question``s, somebody asks the name service, and ``take(_:of:at:)`` gets the answer. While nothing is known, nobody is
/// held to have lied.
package struct CrawlerBoard: Sendable {
    /// Addresses remembered; when they are full, a sweep forgets what is out of date, and then the tenth that was asked first.
    package static let maximumAddresses = 20_000
    /// Questions that wait to be asked; beyond them a claim is counted and stays unverified until the address comes again.
    package static let maximumQuestions = 1_024
    /// Pages of one address that count before the answer.
    static let maximumPages = 16
    /// How long answers hold: that an address is a crawler's, that it is not, and that nobody could tell.
    static let confirmedFor: Nanoseconds = 86_400_000_000_000
    static let refutedFor: Nanoseconds = 21_600_000_000_000
    static let unknownFor: Nanoseconds = 300_000_000_000
    /// How long a client whose claim is being verified is not acted upon.
    static let maximumDelay: Nanoseconds = 10_000_000_000

    /// Whether an address is a crawler's.
    package struct Question: Hashable, Sendable {
        /// Who claims it.
        package let address: NetworkAddress
        /// What it claims to be.
        package let crawler: Crawler

        package static func == (left: Question, right: Question) -> Bool { left.address == right.address }

        package func hash(into hasher: inout Hasher) { hasher.combine(address) }
    }

    /// What the name service says of a claim.
    package enum Answer: String, Sendable, CaseIterable {
        /// The name of the address is the crawler's, and has the address.
        case confirmed
        /// It has no name, another's, or one that does not have the address.
        case refuted
        /// Nobody could tell: a time-out, a broken server.
        case unknown
    }

    private struct Entry {
        var answer: Answer?
        /// When it was asked or answered.
        var since: Nanoseconds
        var claim = CrawlerClaim()

        func isFresh(at time: Nanoseconds) -> Bool {
            let span =
                switch answer {
                case .confirmed: CrawlerBoard.confirmedFor
                case .refuted: CrawlerBoard.refutedFor
                case .unknown, nil: CrawlerBoard.unknownFor
                }
            return time.subtractingReportingOverflow(since).partialValue < span
        }
    }

    private let crawlers: [Crawler]
    private var claims: CrawlerClaims
    private var entries: [NetworkAddress: Entry] = [:]
    /// Clients, as offenders are counted, with an address that is a crawler's, and those that one is asked of; until when.
    private var confirmed: [NetworkRange: Nanoseconds] = [:]
    private var asked: [NetworkRange: Nanoseconds] = [:]
    private var questions: [Question] = []
    /// Answers by what they say.
    package private(set) var answers: [Answer: Int] = [:]
    /// Questions that found no room.
    package private(set) var dropped = 0

    /// A board of what nobody has claimed yet; without crawlers none is ever asked about.
    package init(_ crawlers: [Crawler]) {
        self.crawlers = crawlers
        claims = CrawlerClaims(crawlers)
    }

    /// Addresses remembered.
    var addressCount: Int { entries.count }
    /// Questions that wait.
    package var questionCount: Int { questions.count }

    /// Whether a user agent claims to be of a crawler, and which.
    mutating func claimed(by agent: ArraySlice<UInt8>) -> Int? { claims.crawler(in: agent) }

    /// Takes a claim; what is known of it, nil where that is still to come.
    mutating func take(_ crawler: Int, of address: NetworkAddress, request: ArraySlice<UInt8>, isPage: Bool, at time: Nanoseconds)
        -> Answer?
    {
        if let entry = entries[address], entry.isFresh(at: time) {
            if entry.answer == nil, isPage { note(request, of: address) }
            return entry.answer
        }
        guard questions.count < CrawlerBoard.maximumQuestions else {
            dropped += 1
            return nil
        }
        if entries[address] == nil, entries.count >= CrawlerBoard.maximumAddresses { sweep(at: time) }
        entries[address] = Entry(answer: nil, since: time)
        if isPage { note(request, of: address) }
        asked[ClientAddress.network(of: address)] = time.addingReportingOverflow(CrawlerBoard.maximumDelay).partialValue
        questions.append(Question(address: address, crawler: crawlers[crawler]))
        return nil
    }

    /// Questions to be asked now, the oldest first.
    package mutating func takeQuestions(limit: Int) -> [Question] {
        let taken = Array(questions.prefix(limit))
        questions.removeFirst(taken.count)
        return taken
    }

    /// Takes an answer; what the address asked for before it, where it turns out to be no crawler's.
    mutating func take(_ answer: Answer, of address: NetworkAddress, at time: Nanoseconds) -> CrawlerClaim? {
        answers[answer, default: 0] += 1
        guard var entry = entries[address] else { return nil }
        let claim = entry.claim
        entry = Entry(answer: answer, since: time)
        entries[address] = entry
        let client = ClientAddress.network(of: address)
        asked[client] = nil
        if answer == .confirmed {
            confirmed[client] = time.addingReportingOverflow(CrawlerBoard.confirmedFor).partialValue
        }
        return answer == .refuted ? claim : nil
    }

    /// Whether a client is a crawler.
    package func isConfirmed(_ client: NetworkRange, at time: Nanoseconds) -> Bool {
        confirmed[client].map { $0 > time } ?? false
    }

    /// Clients that are crawlers.
    package func confirmedClients(at time: Nanoseconds) -> [NetworkRange] { confirmed.filter { $0.value > time }.map(\.key) }

    /// Whether a client is not to be acted upon: it is a crawler, or it will soon be known whether it is one.
    func shields(_ client: NetworkRange, at time: Nanoseconds) -> Bool {
        isConfirmed(client, at: time) || asked[client].map { $0 > time } ?? false
    }

    private mutating func note(_ request: ArraySlice<UInt8>, of address: NetworkAddress) {
        guard entries[address].map({ $0.claim.pages < CrawlerBoard.maximumPages }) ?? false else { return }
        entries[address]?.claim.pages += 1
        entries[address]?.claim.request = Array(request.prefix(CrawlerClaims.maximumBytes))
    }

    private mutating func sweep(at time: Nanoseconds) {
        entries = entries.filter { $0.value.isFresh(at: time) }
        confirmed = confirmed.filter { $0.value > time }
        asked = asked.filter { $0.value > time }
        guard entries.count >= CrawlerBoard.maximumAddresses else { return }
        let limit = entries.values.map(\.since).sorted()[entries.count / 10]
        entries = entries.filter { $0.value.since > limit }
    }
}
