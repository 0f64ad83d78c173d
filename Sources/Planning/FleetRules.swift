/// What it takes and costs to have servers: the terms a scaling policy is played under.
package struct FleetRules: Sendable, Equatable {
    /// Seconds between two decisions.
    package var tickSeconds: Double
    /// Servers that are the stack's own and cost nothing more.
    package var ownedServers: Int
    /// Seconds from the request of an overflow server until it serves.
    package var attachSeconds: Double
    /// Seconds of a billed period; a started one is paid in full.
    package var billedPeriodSeconds: Double

    package init(
        tickSeconds: Double = 15, ownedServers: Int = 4, attachSeconds: Double = 150, billedPeriodSeconds: Double = 3600
    ) {
        self.tickSeconds = max(1, tickSeconds.isFinite ? tickSeconds : 15)
        self.ownedServers = max(1, ownedServers)
        self.attachSeconds = max(0, attachSeconds.isFinite ? attachSeconds : 150)
        self.billedPeriodSeconds = max(self.tickSeconds, billedPeriodSeconds.isFinite ? billedPeriodSeconds : 3600)
    }

    /// Most servers that any decision may ask for.
    package static let maximumServers = 10_000

    /// Ticks until a requested server serves.
    package var attachTicks: Int { Int((attachSeconds / tickSeconds).rounded(.up)) }
    /// Ticks of a billed period.
    package var periodTicks: Int { max(1, Int((billedPeriodSeconds / tickSeconds).rounded())) }
    package var ticksPerMinute: Int { max(1, Int((60 / tickSeconds).rounded())) }
    package var ticksPerDay: Int { max(1, Int((86_400 / tickSeconds).rounded())) }
}
