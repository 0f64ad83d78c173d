import Parsing

extension TemplateDate {
    /// Whether a zone is the one that there is.
    static func isUTC(_ zone: String) -> Bool { ["UTC", "GMT", "Etc/UTC", "Z"].contains(zone) }

    /// The time that a text says in the form of a layout, nil where it is in another or there is no such day. What the layout leaves
    /// away is the start of it; without a zone it is UTC.
    static func time(_ text: String, layout: String) -> Int64? {
        var reading = Reading(rest: Substring(text))
        var layout = Substring(layout)
        while let first = layout.first {
            if let part = parts.first(where: { layout.hasPrefix($0) }) {
                guard reading.take(part) else { return nil }
                layout = layout.dropFirst(part.count)
                // A fraction may follow the seconds though the layout has none.
                if part == "05" || part == "5" { reading.takeFraction() }
                continue
            }
            layout.removeFirst()
            if first == "." || first == ",", let digit = layout.first, digit == "0" || digit == "9" {
                layout = layout.drop { $0 == digit }
                reading.takeFraction()
                continue
            }
            guard reading.rest.first == first else { return nil }
            reading.rest.removeFirst()
        }
        return reading.rest.isEmpty ? reading.nanoseconds : nil
    }

    /// A text on its way to a time.
    private struct Reading {
        var rest: Substring
        private var (year, month, day, dayOfYear) = (1970, 1, 1, Int?.none)
        private var (hour, minute, second, nanosecond) = (0, 0, 0, 0)
        private var isAfternoon: Bool?
        private var offsetSeconds = 0

        init(rest: Substring) { self.rest = rest }

        var nanoseconds: Int64? {
            guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60 else { return nil }
            let first = CivilTime.days(year: year, month: month, day: 1)
            let next =
                month == 12
                ? CivilTime.days(year: year + 1, month: 1, day: 1) : CivilTime.days(year: year, month: month + 1, day: 1)
            guard first + day - 1 < next else { return nil }
            var days = first + day - 1
            if let dayOfYear { days = CivilTime.days(year: year, month: 1, day: 1) + dayOfYear - 1 }
            var hours = hour
            if let isAfternoon { hours = hour % 12 + (isAfternoon ? 12 : 0) }
            let seconds = Int64(days) * 86_400 + Int64(hours * 3600 + minute * 60 + second - offsetSeconds)
            let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            return overflow ? nil : scaled + Int64(nanosecond)
        }

        mutating func take(_ part: String) -> Bool {
            switch part {
            case "2006": return number(4...4) { $0.year = $1 }
            case "06": return number(2...2) { $0.year = $1 + ($1 < 69 ? 2000 : 1900) }
            case "01", "1": return number(part.count...2) { $0.month = $1 }
            case "02", "2": return number(part.count...2) { $0.day = $1 }
            case "_2":
                if rest.first == " " { rest.removeFirst() }
                return number(1...2) { $0.day = $1 }
            case "002": return number(3...3) { $0.dayOfYear = $1 }
            case "15", "03", "3": return number((part == "3" ? 1 : 2)...2) { $0.hour = $1 }
            case "04", "4": return number(part.count...2) { $0.minute = $1 }
            case "05", "5": return number(part.count...2) { $0.second = $1 }
            case "January", "Jan": return name(TemplateDate.months, isShort: part == "Jan") { $0.month = $1 + 1 }
            case "Monday", "Mon": return name(TemplateDate.weekdays, isShort: part == "Mon") { _, _ in }
            case "PM", "pm":
                let half = rest.prefix(2).lowercased()
                rest = rest.dropFirst(2)
                isAfternoon = half == "pm"
                return half == "pm" || half == "am"
            case "MST":
                guard rest.hasPrefix("UTC") || rest.hasPrefix("GMT") else { return false }
                rest = rest.dropFirst(3)
                return true
            default: return zone(part)
            }
        }

        /// A fraction of a second behind a point, whatever its length.
        mutating func takeFraction() {
            guard rest.first == "." || rest.first == ",", rest.dropFirst().first?.isNumber == true else { return }
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            nanosecond = Int(digits.prefix(9) + String(repeating: "0", count: max(0, 9 - digits.count))) ?? 0
        }

        private mutating func number(_ length: ClosedRange<Int>, _ set: (inout Reading, Int) -> Void) -> Bool {
            let digits = rest.prefix(length.upperBound).prefix { $0.isASCII && $0.isNumber }
            guard digits.count >= length.lowerBound, let value = Int(digits) else { return false }
            rest = rest[digits.endIndex...]
            set(&self, value)
            return true
        }

        private mutating func name(_ names: [String], isShort: Bool, _ set: (inout Reading, Int) -> Void) -> Bool {
            for (index, name) in names.enumerated() {
                let name = isShort ? String(name.prefix(3)) : name
                guard rest.prefix(name.count).lowercased() == name.lowercased() else { continue }
                rest = rest.dropFirst(name.count)
                set(&self, index)
                return true
            }
            return false
        }

        /// `Z`, or a sign and hours, with or without minutes.
        private mutating func zone(_ part: String) -> Bool {
            if part.hasPrefix("Z"), rest.first == "Z" {
                rest.removeFirst()
                return true
            }
            guard let sign = rest.first, sign == "+" || sign == "-" else { return false }
            rest.removeFirst()
            var (hours, minutes) = (0, 0)
            guard number(2...2, { hours = $1 }) else { return false }
            if part.hasSuffix(":00") {
                guard rest.first == ":" else { return false }
                rest.removeFirst()
            }
            if part != "-07", !number(2...2, { minutes = $1 }) { return false }
            offsetSeconds = (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
            return true
        }
    }
}
