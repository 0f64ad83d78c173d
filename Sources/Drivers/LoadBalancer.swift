package import AgentContract
package import Telemetry
package import Topology

/// Distributes requests over backends and refuses banned addresses. Every verb can be repeated.
package protocol LoadBalancer: Sendable {
    /// Adds a server to its backend, or moves and readies the one of that name, and sends it traffic.
    func add(_ backend: Backend) async throws -> DriverOutcome
    /// Sends it nothing new and returns when nothing is under way there, or at the deadline.
    func drain(_ backend: Backend, deadline: Duration) async throws -> DriverOutcome
    /// Takes it out; what is still under way there after a short grace is cut.
    func remove(_ backend: Backend) async throws -> DriverOutcome
    /// Refuses the requests of a `BanSubject`, given as its text, until a time; those of a limit beyond their number.
    func ban(_ subject: String, until: Milliseconds) async throws -> DriverOutcome
    /// Lets a subject in again.
    func unban(_ subject: String) async throws -> DriverOutcome
    /// What can be banned here: kinds of `BanSubject`.
    var banKinds: [BanSubject.Kind] { get async }
    /// Figures of every backend and server, at this moment.
    func statistics() async throws -> [BackendStatistics]
    /// Brings a load balancer that lost what it was told (it was restarted) back to it, and ends bans whose time is over.
    func reconcile(at now: Milliseconds) async throws -> Reconciliation
}

/// What a reconciliation had to do.
package struct Reconciliation: Sendable, Equatable {
    /// Servers added again, as `POOL/NAME`.
    package var serversRestored: [String] = []
    package var bansRestored = 0
    package var bansExpired = 0

    package init() {}

    package var isEmpty: Bool { serversRestored.isEmpty && bansRestored == 0 && bansExpired == 0 }
}

/// Figures of one backend, or of one server in it.
package struct BackendStatistics: Sendable, Equatable {
    package var pool: String
    /// Nil for the backend as a whole.
    package var server: String?
    package var sessions: Int
    package var queue: Int
    package var requests: Int
    package var responseErrors: Int
    /// The load balancer's word, for instance `UP`, `DRAIN`, `MAINT`, `DOWN 1/2`.
    package var status: String

    package init(
        pool: String, server: String?, sessions: Int, queue: Int, requests: Int, responseErrors: Int, status: String
    ) {
        self.pool = pool
        self.server = server
        self.sessions = sessions
        self.queue = queue
        self.requests = requests
        self.responseErrors = responseErrors
        self.status = status
    }

    /// Whether it is sent traffic.
    package var isUp: Bool { status == "OPEN" || status.hasPrefix("UP") || status == "no check" }
}
