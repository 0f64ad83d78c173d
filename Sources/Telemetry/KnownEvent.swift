/// Something that is known to come and changes demand: a sale, a mailing, a holiday.
///
/// Times are those of one kind of event, past ones included, from which its effect is learned. What comes every week needs no event: the
/// forecasts know it.
package struct KnownEvent: Sendable, Equatable {
    /// Most events, times of one, and how much more it can bring.
    package static let maximumEvents = 100
    package static let maximumTimes = 100
    package static let liftRange = 0.01...100.0

    package var name: String
    /// The role that it is about; nil for all.
    package var role: String?
    /// Starts, in milliseconds since 1970, ascending.
    package var starts: [Milliseconds]
    package var seconds: Double
    /// Demand as a multiple of the usual, as somebody has said; nil where only the past tells.
    package var declaredLift: Double?

    package init(name: String, role: String? = nil, starts: [Milliseconds], seconds: Double, declaredLift: Double? = nil) {
        self.name = name
        self.role = role
        self.starts = starts.sorted()
        self.seconds = seconds
        self.declaredLift = declaredLift
    }

    /// Whether a moment lies in it.
    package func contains(_ time: Milliseconds) -> Bool { start(of: time) != nil }

    /// The start of the time that a moment lies in.
    package func start(of time: Milliseconds) -> Milliseconds? {
        starts.last { $0 <= time && Double(time - $0) < seconds * 1000 }
    }
}
