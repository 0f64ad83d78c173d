/// A service that was found by its processes.
package struct FoundService: Sendable, Hashable {
    package var kind: ServiceKind
    package var scope: ServiceScope
    /// The process that the others of the service come from.
    package var process: Int32
    /// Its command line.
    package var arguments: String
    package var listeners: [ServiceAddress]

    package init(
        kind: ServiceKind, scope: ServiceScope = .server, process: Int32, arguments: String = "", listeners: [ServiceAddress]
    ) {
        self.kind = kind
        self.scope = scope
        self.process = process
        self.arguments = arguments
        self.listeners = listeners
    }

    /// What is asked for figures, and told in the label `endpoint`.
    package var endpoint: String {
        switch kind {
        case .postfix, .sshd, .cron, .varnish, .keepalived, .phpFPM: "processes"
        default: preferred?.description ?? "processes"
        }
    }

    /// Where it is asked: at a Unix socket before a port, as there it sees who asks; at the lowest of either.
    var preferred: ServiceAddress? {
        let paths = listeners.compactMap { if case .unix(let path) = $0, !path.hasPrefix("@") { path } else { nil } }
        if let path = paths.min() { return .unix(path) }
        return ports.min { ($0.port ?? 0) < ($1.port ?? 0) }
    }

    var ports: [ServiceAddress] { listeners.filter { $0.port != nil }.map(\.reachable) }

    func listens(at port: UInt16) -> Bool { listeners.contains { $0.port == port } }
}
