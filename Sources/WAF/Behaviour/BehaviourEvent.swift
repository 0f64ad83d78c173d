package import GeoDatabase
package import Parsing
package import Telemetry
package import Topology

/// Something that someone did, as far as repetition of it may matter.
package struct BehaviourEvent: Sendable {
    /// What was done.
    package enum Kind: String, Sendable, CaseIterable {
        /// Any request.
        case request
        /// A request answered with 400, 401, 403 or 404.
        case refused
        /// A request that the signatures call an attack.
        case attack
        /// A request for something other than pictures, styles and scripts.
        case page
        /// A rule found something in a request, be it no attack by itself.
        case finding
        /// A request in a version of HTTP that there is none of.
        case badVersion = "bad-version"
        case loginAttempt = "login-attempt"
        case loginFailed = "login-failed"
        case loginSucceeded = "login-succeeded"
        case unknownUser = "unknown-user"
        case negotiationFailed = "negotiation-failed"
        case probe
        case rejected
        case relayDenied = "relay-denied"
        case limited
        case denied
        case paymentFailed = "payment-failed"
        /// A shop's administration let someone in.
        case adminEntered = "admin-entered"
        /// A request under the name of a crawler by somebody else, as the names of its address show.
        case falseCrawler = "false-crawler"
    }

    /// What was done.
    package var kind: Kind
    /// When it happened, by its own log line: replaying a log gives what living through it gave.
    package var time: Nanoseconds
    /// The client, as offenders are counted.
    package var client: NetworkRange
    /// Hashes of what distinct counts and groups go by; nil where the log does not tell.
    package var path: UInt64?
    /// Path and query.
    package var request: UInt64?
    /// The account that was tried.
    package var account: UInt64?
    /// The user agent.
    package var agent: UInt64?
    /// Hash of the rule that found something.
    package var rule: UInt64?
    /// The rule's family.
    package var family: AttackFamily?
    /// The answer's status; 0 where there is none.
    package var status = 0
    /// Whether it is a request for something other than pictures, styles, scripts and fonts.
    package var isPage = false
    /// Whether something was sent, and not only asked for: any method but GET, HEAD and OPTIONS.
    package var isSending = false
    /// Where the client is at home; nil where the engine's databases are to be asked.
    package var origin: AddressOrigin?
    /// Whose log tells of it; nil for requests.
    package var service: ServiceLogRecord.Service?

    /// An event; hashes are those of ``hash(_:)``.
    package init(
        _ kind: Kind, at time: Nanoseconds, by client: NetworkRange, path: UInt64? = nil, account: UInt64? = nil,
        agent: UInt64? = nil
    ) {
        self.kind = kind
        self.time = time
        self.client = client
        self.path = path
        self.account = account
        self.agent = agent
    }

    /// The hash by which paths, accounts and agents are told apart (FNV-1a).
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension BehaviourEvent.Kind {
    /// Its place among all kinds.
    var ordinal: Int {
        switch self {
        case .request: 0
        case .refused: 1
        case .attack: 2
        case .page: 3
        case .finding: 4
        case .badVersion: 5
        case .loginAttempt: 6
        case .loginFailed: 7
        case .loginSucceeded: 8
        case .unknownUser: 9
        case .negotiationFailed: 10
        case .probe: 11
        case .rejected: 12
        case .relayDenied: 13
        case .limited: 14
        case .denied: 15
        case .paymentFailed: 16
        case .adminEntered: 17
        case .falseCrawler: 18
        }
    }

    /// What a service's event is to the scenarios; nil for what no repetition makes an attack.
    init?(_ event: ServiceLogRecord.Event) {
        switch event {
        case .loginFailed: self = .loginFailed
        case .unknownUser: self = .unknownUser
        case .loginSucceeded: self = .loginSucceeded
        case .rejected: self = .rejected
        case .probe: self = .probe
        case .negotiationFailed: self = .negotiationFailed
        case .relayDenied: self = .relayDenied
        case .limited: self = .limited
        case .denied: self = .denied
        case .paymentFailed: self = .paymentFailed
        case .orderPlaced: return nil
        }
    }
}
