package import Parsing

/// A way of behaving that only repetition makes an attack: what counts, by whom it is counted, and how much is too much.
///
/// Scenarios are data, in `alerts/waf/*.yaml` beside the signatures, and carry examples that are run as tests.
package struct Scenario: Sendable {
    /// By what events are put into buckets.
    package enum Grouping: String, Sendable, CaseIterable {
        case address
        /// The /24 of an IPv4 address, the /48 of an IPv6 one: who moves within a rented range.
        case network
        /// The account that is tried, from wherever: credential stuffing over many addresses.
        case account
        /// The user agent, from wherever.
        case agent
        /// The autonomous system of the address: everything that one provider announces. Needs a database of networks.
        case system = "autonomous-system"
        /// The country of the address. Needs a database of countries.
        case country
    }

    /// What a distinct count counts; an event whose value is in the bucket already adds nothing.
    package enum Distinct: String, Sendable, CaseIterable {
        case path
        /// Path and query.
        case request
        case account, client
        case system = "autonomous-system"
        case country
    }

    /// Events that speak for a group: where many succeed, some failures are ordinary, so that the ratio counts and not the number.
    package struct Relief: Sendable, Equatable {
        /// Which do.
        package let kinds: Set<BehaviourEvent.Kind>
        /// How many events each takes out of the bucket.
        package let factor: Double
    }

    /// A group that does something from where it has not been for a time, having been elsewhere.
    package struct Novelty: Sendable, Equatable {
        /// What is new.
        package let distinct: Distinct
        /// Seconds after which something seen counts as new again.
        package let withinSeconds: Double
    }

    /// What an overflow leads to.
    package enum Mode: String, Sendable, CaseIterable {
        /// It is evidence, and no more.
        case observe
        /// It makes an offender, whom a person may ban.
        case ask
        /// It makes an offender, who is banned.
        case act
    }

    /// Which events count; each that is given must hold.
    package struct Filter: Sendable {
        /// What was done.
        package var kinds: Set<BehaviourEvent.Kind>
        /// Of findings: those of these rules, by the hash of their id.
        var rules: Set<UInt64> = []
        /// Of findings: those of these families.
        package var families: Set<AttackFamily> = []
        /// Of requests: those answered so.
        package var statuses: Set<Int> = []
        /// Of requests: only those that send something.
        package var isSending = false
        /// Of requests: only those for pages, not for what pages bring along.
        package var isPage = false
        /// Of what services tell: only these.
        package var services: Set<ServiceLogRecord.Service> = []

        /// Events of some kinds, whatever else they are.
        package init(_ kinds: Set<BehaviourEvent.Kind>) { self.kinds = kinds }

        /// Whether an event may be of one of the kinds and count all the same not.
        var asksForMoreThanKinds: Bool {
            kinds.contains(.finding) || !statuses.isEmpty || isSending || isPage || !services.isEmpty
        }

        /// Whether an event of one of the kinds counts.
        func accepts(_ event: BehaviourEvent) -> Bool {
            if event.kind == .finding {
                guard event.rule.map(rules.contains) == true || event.family.map(families.contains) == true else { return false }
            }
            return (statuses.isEmpty || statuses.contains(event.status)) && (!isSending || event.isSending)
                && (!isPage || event.isPage)
                && (services.isEmpty || event.service.map(services.contains) == true)
        }
    }

    /// Unique; shown in evidence.
    package let name: String
    /// What kind of attack it tells.
    package let family: AttackFamily
    /// Why it is an attack, in a sentence.
    package let reason: String
    /// Events that count.
    package let filter: Filter
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
    /// What takes events out again; nil where nothing does but time.
    package var relief: Relief?
    /// What must be new; nil where it is the number that counts.
    package var novelty: Novelty?
    /// Series of events in which it must overflow, and others in which it must not.
    package var positive: [ScenarioExample] = []
    package var negative: [ScenarioExample] = []

    /// A scenario: `capacity` events fit, and one drains every `leakSeconds`.
    package init(
        _ name: String, _ family: AttackFamily, _ reason: String, filter: Filter, by grouping: Grouping,
        distinct: Distinct? = nil, capacity: Double, leakSeconds: Double, muteSeconds: Int64 = 60,
        mode: Mode = .act
    ) {
        self.name = name
        self.family = family
        self.reason = reason
        self.filter = filter
        self.grouping = grouping
        self.distinct = distinct
        self.shape = LeakyBucket.Shape(capacity: capacity, leakSeconds: leakSeconds)
        self.muteSeconds = muteSeconds
        self.mode = mode
    }

    /// The shipped scenarios. The scenarios' own tests keep them readable, so that failing here is a defect of the build.
    package static let shipped: [Scenario] = {
        do {
            return try EmbeddedSignatures.files.flatMap { try Scenario.parse(yaml: $0.text, file: $0.name) }
        } catch {
            fatalError("a shipped scenario is unreadable: \(error)")
        }
    }()
}
