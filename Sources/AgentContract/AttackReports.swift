/// A client that attacked, and why it counts as an offender.
package struct OffenderReport: Sendable, Codable, Equatable {
    /// One rule or scenario that fired.
    package struct Evidence: Sendable, Codable, Equatable {
        /// Milliseconds since 1970.
        package var time: Int64
        package var family: String
        package var rule: String
        /// Why it tells an attack.
        package var reason: String
        /// What matched, after which decoding; of a scenario its bucket, and what would have stayed below.
        package var detail: String
        /// The request line.
        package var request: String

        package init(time: Int64, family: String, rule: String, reason: String, detail: String, request: String) {
            self.time = time
            self.family = family
            self.rule = rule
            self.reason = reason
            self.detail = detail
            self.request = request
        }
    }

    /// An address, or an IPv6 customer's /64.
    package var address: String
    package var score: Int
    package var attacks: Int
    /// Since the first attack.
    package var requests: Int
    package var bytes: Int64
    /// What its requests kept servers busy, where the logs tell.
    package var busySeconds: Double
    /// The family that weighs most.
    package var family: String?
    /// Milliseconds since 1970.
    package var firstSeen: Int64
    package var lastSeen: Int64
    package var evidence: [Evidence]
    /// Two letters, where a database of countries is given.
    package var country: String?
    /// The number of the autonomous system, and who runs it, where a database of networks is given.
    package var system: Int?
    package var organization: String?

    package init(
        address: String, score: Int, attacks: Int, requests: Int, bytes: Int64, busySeconds: Double, family: String?,
        firstSeen: Int64, lastSeen: Int64, evidence: [Evidence]
    ) {
        self.address = address
        self.score = score
        self.attacks = attacks
        self.requests = requests
        self.bytes = bytes
        self.busySeconds = busySeconds
        self.family = family
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.evidence = evidence
    }
}

/// Offenders that attack in the same way.
package struct CampaignReport: Sendable, Codable, Equatable {
    package var addresses: [String]
    /// What they all fire.
    package var rules: [String]
    package var family: String?
    package var attacks: Int
    /// Milliseconds since 1970.
    package var firstSeen: Int64
    package var lastSeen: Int64
    /// New offenders an hour, over the time it lasts.
    package var growthPerHour: Double

    package init(
        addresses: [String], rules: [String], family: String?, attacks: Int, firstSeen: Int64, lastSeen: Int64,
        growthPerHour: Double
    ) {
        self.addresses = addresses
        self.rules = rules
        self.family = family
        self.attacks = attacks
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.growthPerHour = growthPerHour
    }
}

/// What the logs tell of attacks, as a whole.
package struct AttackSummary: Sendable, Codable, Equatable {
    /// Attacks of one hour.
    package struct Hour: Sendable, Codable, Equatable {
        /// Milliseconds since 1970 at which it begins.
        package var start: Int64
        package var families: [String: Int]

        package init(start: Int64, families: [String: Int]) {
            self.start = start
            self.families = families
        }
    }

    package var requests: Int
    package var attacks: Int
    package var offenders: Int
    /// Lines of access logs that no parser took.
    package var unparsed: Int
    /// Finds by rule and scenario.
    package var rules: [String: Int]
    /// In order of time.
    package var timeline: [Hour]
    /// Attacks by country, and by autonomous system; nil where no database tells.
    package var countries: [String: Int]?
    package var systems: [String: Int]?

    package init(requests: Int, attacks: Int, offenders: Int, unparsed: Int, rules: [String: Int], timeline: [Hour]) {
        self.requests = requests
        self.attacks = attacks
        self.offenders = offenders
        self.unparsed = unparsed
        self.rules = rules
        self.timeline = timeline
    }
}
