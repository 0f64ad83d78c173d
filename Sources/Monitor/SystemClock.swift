private import Ingest
package import Telemetry

/// The time of day, read in one place so that everything below takes it as a value.
package enum SystemClock {
    /// Nanoseconds since 1970.
    package static func nanoseconds() -> Nanoseconds { Intake.now() }

    /// Milliseconds since 1970.
    package static func milliseconds() -> Milliseconds { nanoseconds() / 1_000_000 }
}
