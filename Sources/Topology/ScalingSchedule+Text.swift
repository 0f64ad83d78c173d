/// Why a text is no schedule, with what was expected.
package struct ScheduleTextError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}

extension ScalingSchedule {
    private static let form = "every Friday 18:00 +3 web for 4h, or 2026-12-24 18:00 +3 web for 8h"

    /// Reads a schedule from text; its name is the text itself where none is given.
    package init(_ text: String, name: String? = nil) throws(ScheduleTextError) {
        var words = text.split { $0 == " " || $0 == "\t" }.map(String.init)[...]
        guard words.count <= 12 else { throw ScalingSchedule.error("\"\(text)\" is no schedule") }
        recurrence = try ScalingSchedule.recurrence(&words)
        minuteOfDay = try ScalingSchedule.minutes(words.popFirst())
        (count, role) = try ScalingSchedule.amount(&words)
        guard words.popFirst()?.lowercased() == "for", let duration = words.popFirst(), words.isEmpty,
            let seconds = ScalingSchedule.seconds(duration)
        else { throw ScalingSchedule.error("how long is missing: end it with \"for 4h\"") }
        let most: Double
        if case .once = recurrence { most = Self.maximumSeconds.once } else { most = Self.maximumSeconds.weekly }
        guard seconds >= 60, seconds <= most else {
            throw ScalingSchedule.error("\"\(duration)\" is not from 1m to \(Int(most / 86_400))d")
        }
        self.seconds = seconds
        self.name = ""
        let given = name ?? self.text
        guard !given.isEmpty, given.count <= Self.maximumNameLength else {
            throw ScalingSchedule.error("a name has 1 to \(Self.maximumNameLength) characters")
        }
        self.name = given
    }

    private static func error(_ message: String) -> ScheduleTextError {
        ScheduleTextError(description: message + "; write \(form)")
    }

    private static func recurrence(_ words: inout ArraySlice<String>) throws(ScheduleTextError) -> Recurrence {
        guard let first = words.popFirst()?.lowercased() else { throw error("the schedule is empty") }
        guard first == "every" else {
            guard let date = first == "on" ? words.popFirst() : first else { throw error("the date is missing") }
            // 2026-12-24T18:00 is one word.
            let parts = date.uppercased().split(separator: "T", maxSplits: 1)
            if parts.count == 2 { words.insert(String(parts[1]), at: words.startIndex) }
            return .once(day: try day(String(parts.first ?? "")))
        }
        guard let which = words.popFirst() else { throw error("the day is missing") }
        switch which.lowercased() {
        case "day": return .weekly(days: Array(0...6))
        case "weekday": return .weekly(days: Array(0...4))
        case "weekend": return .weekly(days: [5, 6])
        default:
            var days: Set<Int> = []
            for name in which.lowercased().split(separator: ",") {
                guard name.count >= 3, let day = weekdays.firstIndex(where: { $0.lowercased().hasPrefix(name) }) else {
                    throw error("\"\(name)\" is no weekday")
                }
                days.insert(day)
            }
            return .weekly(days: days.sorted())
        }
    }

    private static func day(_ text: String) throws(ScheduleTextError) -> Int64 {
        guard let day = CivilTime.day(text) else { throw error("\"\(text)\" is no date") }
        return day
    }

    private static func minutes(_ text: String?) throws(ScheduleTextError) -> Int {
        guard let minutes = CivilTime.minuteOfDay(text ?? "") else { throw error("\"\(text ?? "")\" is no time of day") }
        return minutes
    }

    /// `+3 web` or `web +3`.
    private static func amount(_ words: inout ArraySlice<String>) throws(ScheduleTextError) -> (Int, Role) {
        guard let one = words.popFirst(), let other = words.popFirst() else { throw error("how many of which role is missing") }
        let (number, name) = one.hasPrefix("+") ? (one, other) : (other, one)
        guard number.hasPrefix("+"), let count = Int(number.dropFirst()), (1...maximumCount).contains(count) else {
            throw error("\"\(number)\" is not +1 to +\(maximumCount)")
        }
        guard let role = Role(rawValue: name.lowercased()) else {
            throw error("\"\(name)\" is no role; roles are \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return (count, role)
    }

    /// `4h`, `1h30m`, `2d`.
    private static func seconds(_ text: String) -> Double? {
        let sizes: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var total = 0
        var digits = ""
        for character in text.lowercased() {
            if character.isASCII, character.isNumber, digits.count < 6 {
                digits.append(character)
            } else {
                guard let size = sizes[character], let number = Int(digits) else { return nil }
                total += number * size
                digits = ""
            }
        }
        return digits.isEmpty && total > 0 ? Double(total) : nil
    }
}
