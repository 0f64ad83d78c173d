import Glibc
package import Telemetry

/// The time of day, read in one place so that everything below takes it as a value.
package enum SystemClock {
    /// Nanoseconds since 1970.
    package static func nanoseconds() -> Nanoseconds {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Milliseconds since 1970.
    package static func milliseconds() -> Milliseconds { nanoseconds() / 1_000_000 }
}
