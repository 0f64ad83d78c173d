package import Topology

extension MagewatchConfiguration {
    /// What the scaler may do by itself.
    package struct Scaler: Sendable, Equatable {
        package enum Mode: String, Sendable, CaseIterable {
            /// Says what it would do.
            case observe
            /// Makes plans and waits for `magewatch plan approve`.
            case ask
            case act
        }

        package var mode = Mode.act
        /// Modes of single roles, where they are others.
        package var modes: [Role: Mode] = [:]
        package var billedPeriodSeconds = 3600.0
        /// How long before the end of a paid period a server may be given back.
        package var releaseWindowSeconds = 120.0
        package var maximumOverflowServers = 4
        /// Least time between two scale-outs of a role.
        package var coolDownSeconds = 15.0
        /// Utilisation above which a server takes nothing more, and that a role is sized for before anything of it is measured.
        package var targetUtilisation = 0.7
        /// Time between two decisions on how many containers a role should have.
        package var tickSeconds = 15.0
        /// From the wish for an overflow server until it serves, the age of the measure included.
        package var attachSeconds = 30.0
        /// Share of minutes in which a role may be saturated: what the scaler weighs cost against.
        package var saturatedShare = 0.0014
        /// What an overflow server costs an hour, and in which money; 0 where nobody counts.
        package var pricePerServerHour = 0.0
        package var currency = "EUR"
        /// Most money that leases may cost, and most leases that may begin.
        package var maximumCost = Limits()
        package var maximumLeases = Limits()
        package var blastRadius = BlastRadius()
        package var twoPerson = TwoPersonRule()
        package var standDown = StandDown()
        package var schedules: [ScalingSchedule] = []
        /// The zone of schedules' times.
        package var timeZone = "UTC"

        /// Limits on what an hour, a day and a month may bring.
        package struct Limits: Sendable, Equatable {
            package var hour: Double?
            package var day: Double?
            package var month: Double?
        }

        /// How much one plan may change.
        package struct BlastRadius: Sendable, Equatable {
            package var containers = 10
            package var servers = 4
            package var share = 1.0
            package var down = 0.5
        }

        /// Which plans need two people.
        package struct TwoPersonRule: Sendable, Equatable {
            /// Every purpose that a plan may have.
            package static let purposes = [
                "scale-out", "release", "failover", "ban", "unban", "rebalance", "scale-in", "restart", "stop", "start", "move",
                "drain", "rollout", "drain-server", "evacuate-server", "return-server",
            ]

            package var purposes: [String] = []
            package var cost: Double?
        }

        /// When the scaler leaves a role to people.
        package struct StandDown: Sendable, Equatable {
            package var coverage = 0.7
            package var failures = 3
            package var retrySeconds = 3600.0
        }
    }
}
