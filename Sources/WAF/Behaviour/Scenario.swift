/// A way of behaving that only repetition makes an attack: what counts, by whom it is counted, and how much is too much.
package struct Scenario: Sendable {
    /// By what events are put into buckets.
    package enum Grouping: String, Sendable {
        case address
        /// The /24 of an IPv4 address, the /48 of an IPv6 one: who moves within a rented range.
        case network
        /// The account that is tried, from wherever: credential stuffing over many addresses.
        case account
        /// The user agent, from wherever.
        case agent
    }

    /// What a distinct count counts; an event whose value is in the bucket already adds nothing.
    package enum Distinct: String, Sendable { case path, account, client }

    /// What an overflow leads to.
    package enum Mode: String, Sendable, CaseIterable {
        /// It is evidence, and no more.
        case observe
        /// It makes an offender, whom a person may ban.
        case ask
        /// It makes an offender, who is banned.
        case act
    }

    /// Unique; shown in evidence.
    package let name: String
    /// What kind of attack it tells.
    package let family: AttackFamily
    /// Why it is an attack, in a sentence.
    package let reason: String
    /// Events that count.
    package let kinds: Set<BehaviourEvent.Kind>
    /// By what they are put into buckets.
    package let grouping: Grouping
    /// What is counted once only; nil to count every event.
    package let distinct: Distinct?
    /// How much is too much.
    package let shape: LeakyBucket.Shape
    /// Seconds for which a group that overflowed does so in silence.
    package let muteSeconds: Int64
    /// What an overflow leads to.
    package let mode: Mode

    /// A scenario: `capacity` events fit, and one drains every `leakSeconds`.
    package init(
        _ name: String, _ family: AttackFamily, _ reason: String, kinds: Set<BehaviourEvent.Kind>, by grouping: Grouping,
        distinct: Distinct? = nil, capacity: Double, leakSeconds: Double, muteSeconds: Int64 = 60,
        mode: Mode = .act
    ) {
        self.name = name
        self.family = family
        self.reason = reason
        self.kinds = kinds
        self.grouping = grouping
        self.distinct = distinct
        self.shape = LeakyBucket.Shape(capacity: capacity, leakSeconds: leakSeconds)
        self.muteSeconds = muteSeconds
        self.mode = mode
    }

    /// The shipped scenarios. Numbers are those at which the field's tools trip, where they have the scenario.
    package static let shipped: [Scenario] = [
        Scenario(
            "login-brute-force", .bruteForce, "Many logins fail from one address in a short time.",
            kinds: [.loginFailed, .unknownUser],
            by: .address, capacity: 5, leakSeconds: 10),
        Scenario(
            "login-slow-brute-force", .bruteForce, "Logins fail from one address again and again over hours.",
            kinds: [.loginFailed, .unknownUser], by: .address, capacity: 10, leakSeconds: 60),
        Scenario(
            "user-enumeration", .bruteForce, "One address tries many different accounts.", kinds: [.loginFailed, .unknownUser],
            by: .address,
            distinct: .account, capacity: 5, leakSeconds: 10),
        Scenario(
            "distributed-brute-force", .bruteForce, "One account is tried from many addresses, few times each.",
            kinds: [.loginFailed],
            by: .account, distinct: .client, capacity: 10, leakSeconds: 300),
        Scenario(
            "network-brute-force", .bruteForce, "Logins fail from neighbouring addresses that take turns.",
            kinds: [.loginFailed, .unknownUser], by: .network, distinct: .client, capacity: 10, leakSeconds: 60),
        Scenario(
            "http-login-brute-force", .bruteForce, "Passwords are sent to a login form faster than a person types them.",
            kinds: [.loginAttempt], by: .address, capacity: 5, leakSeconds: 10),
        Scenario(
            "negotiation-scan", .probing, "A client offers algorithms that nobody has, again and again.",
            kinds: [.negotiationFailed],
            by: .address, capacity: 5, leakSeconds: 10),
        Scenario(
            "http-probing", .probing, "Many different paths are refused to one address.", kinds: [.refused], by: .address,
            distinct: .path,
            capacity: 10, leakSeconds: 10),
        Scenario(
            "http-slow-probing", .probing, "Different paths are refused to one address over hours, too slowly for short counts.",
            kinds: [.refused], by: .address, distinct: .path, capacity: 40, leakSeconds: 600),
        Scenario(
            "http-crawl", .scanner, "Pages are fetched faster than any reader turns them.", kinds: [.page], by: .address,
            distinct: .path,
            capacity: 40, leakSeconds: 0.5, mode: .observe),
        Scenario(
            "http-flood", .flood, "More requests come from one address than a browser makes.", kinds: [.request], by: .address,
            capacity: 300, leakSeconds: 0.05, mode: .observe),
        Scenario(
            "http-heavy-flood", .flood, "More requests come from one address than a whole office makes.", kinds: [.request],
            by: .address, capacity: 2_000, leakSeconds: 0.01, mode: .ask),
        Scenario(
            "attack-repetition", .scanner, "Different attacks come from one address.", kinds: [.attack], by: .address,
            distinct: .path,
            capacity: 3, leakSeconds: 60),
        Scenario(
            "card-testing", .bruteForce, "Payments fail one after the other for one address.", kinds: [.paymentFailed],
            by: .address,
            capacity: 3, leakSeconds: 30),
        Scenario(
            "card-testing-network", .bruteForce, "Payments fail for many addresses of one network.", kinds: [.paymentFailed],
            by: .network,
            distinct: .client, capacity: 10, leakSeconds: 30),
        Scenario(
            "mail-rejected", .probing, "A mail server refuses one client again and again.", kinds: [.rejected], by: .address,
            capacity: 5,
            leakSeconds: 10),
    ]
}
