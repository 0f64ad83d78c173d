import StackConfiguration
import Telemetry
import Topology

extension MagewatchConfiguration {
    /// The events of the configuration, at the moments that their local times stand for.
    var knownEvents: [KnownEvent] {
        let offset = SystemClock.offset(ofZone: scaler.timeZone)
        return forecast.events.map { event in
            KnownEvent(
                name: event.name, role: event.role?.rawValue,
                starts: event.localTimes.map { CivilTime.moment(ofLocal: $0, offset: offset) }, seconds: event.seconds,
                declaredLift: event.lift)
        }
    }
}
