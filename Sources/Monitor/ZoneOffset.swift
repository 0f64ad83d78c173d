import Foundation
package import Telemetry

extension SystemClock {
    /// Milliseconds that a zone's local time is ahead of UTC at a moment; nothing where there is no such zone.
    package static func offset(ofZone name: String) -> @Sendable (Milliseconds) -> Milliseconds {
        guard let zone = TimeZone(identifier: name) else { return { _ in 0 } }
        return { time in Milliseconds(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time) / 1000))) * 1000 }
    }
}
