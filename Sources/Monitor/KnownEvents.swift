import StackConfiguration
import Telemetry
import Topology

extension MagewatchConfiguration {
    /// The events of the configuration and the holidays around a moment, at the moments that their local times stand for.
    func knownEvents(at now: Milliseconds) -> [KnownEvent] {
        let offset = SystemClock.offset(ofZone: scaler.timeZone)
        return holidays(at: now, offset)
            + forecast.events.map { event in
                KnownEvent(
                    name: event.name, role: event.role?.rawValue,
                    starts: event.localTimes.map { CivilTime.moment(ofLocal: $0, offset: offset) }, seconds: event.seconds,
                    declaredLift: event.lift)
            }
    }
    /// A year back, which any history lies in, and three ahead, which no monitor runs through without a restart. Holidays of one set of
    /// countries are one event: there are too few of each to learn from them one by one.
    private func holidays(at now: Milliseconds, _ offset: (Int64) -> Int64) -> [KnownEvent] {
        let year = CivilTime.date(ofDay: CivilTime.dayNumber(now)).year
        return HolidayCalendar.days(in: forecast.holidays, from: year - 1, through: year + 3).map { group in
            KnownEvent(
                name: "holiday in \(group.countries.joined(separator: ", "))",
                starts: group.days.map { CivilTime.moment(ofLocal: $0 * CivilTime.day, offset: offset) }, seconds: 86_400)
        }
    }
}
