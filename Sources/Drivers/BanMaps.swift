package import Topology

/// The map files that HAProxy's configuration consults for bans, one for each kind; nil where it consults none of the kind.
package struct BanMaps: Sendable, Equatable {
    /// Addresses and networks: `src,map_ip(FILE)`.
    package var address: String?
    /// Digests of sessions: `req.cook(NAME),sha2(256),hex,map_str(FILE)`.
    package var session: String?
    /// Requests a minute, by what address and path begin with: `map_beg_int(FILE)`.
    package var limit: String?

    /// The maps that there are.
    package init(address: String? = nil, session: String? = nil, limit: String? = nil) {
        self.address = address
        self.session = session
        self.limit = limit
    }

    /// What can be banned with them.
    package var kinds: [BanSubject.Kind] { BanSubject.Kind.allCases.filter { file(of: $0) != nil } }

    /// The map of a kind of ban.
    package func file(of kind: BanSubject.Kind) -> String? {
        switch kind {
        case .address: address
        case .session: session
        case .path: limit
        }
    }

    /// Files beside each other: `PREFIXbans.map`, `PREFIXsessions.map` and `PREFIXlimits.map`.
    package init(prefix: String) {
        self.init(address: prefix + "bans.map", session: prefix + "sessions.map", limit: prefix + "limits.map")
    }

    /// The options by which an agent is told of them.
    package var agentOptions: [String] {
        BanSubject.Kind.allCases.flatMap { kind in file(of: kind).map { [BanMaps.option(of: kind), $0] } ?? [] }
    }

    /// The agent's option that names the map of a kind.
    static func option(of kind: BanSubject.Kind) -> String {
        switch kind {
        case .address: "--haproxy-map"
        case .session: "--haproxy-session-map"
        case .path: "--haproxy-limit-map"
        }
    }
}
