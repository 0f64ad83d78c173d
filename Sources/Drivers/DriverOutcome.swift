/// What a driver did: every verb can be repeated, so "it was so already" is a success of its own.
package struct DriverOutcome: Sendable, Equatable {
    /// False where everything stood as asked before.
    package let changed: Bool
    /// For people: what was done or found.
    package let message: String

    /// Something was changed.
    package static func done(_ message: String) -> DriverOutcome { DriverOutcome(changed: true, message: message) }
    /// It was so already.
    package static func unchanged(_ message: String) -> DriverOutcome { DriverOutcome(changed: false, message: message) }
}
