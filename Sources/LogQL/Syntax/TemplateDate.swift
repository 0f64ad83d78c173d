import Parsing

/// Times in templates, in UTC, written as Go's layouts show them: `2006-01-02T15:04:05.000Z07:00`.
enum TemplateDate {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]
    static let weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]

    /// Parts of a layout, those that begin like others before them.
    static let parts = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "Z07:00", "Z0700", "-07:00", "-0700", "-07", "002", "01", "02", "03",
        "04", "05", "06", "15", "PM", "pm", "_2", "1", "2", "3", "4", "5",
    ]

    static func text(_ nanoseconds: Int64, layout: String) -> String {
        let fields = Fields(nanoseconds)
        var output = ""
        var rest = Substring(layout)
        while let first = rest.first {
            if first == "." || first == ",", let digits = fractionDigits(rest.dropFirst()) {
                output += String(first) + fields.fraction.prefix(digits)
                rest = rest.dropFirst(digits + 1)
            } else if let part = parts.first(where: { rest.hasPrefix($0) }) {
                output += fields.text(part)
                rest = rest.dropFirst(part.count)
            } else {
                output.append(first)
                rest.removeFirst()
            }
        }
        return output
    }

    /// How many zeros or nines a fraction is shown by; nil where a digit follows them.
    private static func fractionDigits(_ rest: Substring) -> Int? {
        guard let digit = rest.first, digit == "0" || digit == "9" else { return nil }
        let digits = rest.prefix { $0 == digit }
        if let next = rest[digits.endIndex...].first, next.isASCII, next.isNumber { return nil }
        return digits.count <= 9 ? digits.count : nil
    }

    /// The time that seconds, milliseconds, microseconds or nanoseconds since 1970 stand for, as their digits tell.
    static func time(ofEpoch text: String) -> TemplateValue {
        guard let number = Int64(text) else { return .text(text) }
        let scale: Int64? =
            switch text.count {
            case 5: 86_400_000_000_000
            case 10: 1_000_000_000
            case 13: 1_000_000
            case 16: 1_000
            case 19: 1
            default: nil
            }
        guard let scale else { return .text(text) }
        let (time, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? .text(text) : .time(time)
    }

    /// A time in parts.
    private struct Fields {
        let year: Int
        let month: Int
        let day: Int
        let dayOfYear: Int
        let weekday: Int
        let secondOfDay: Int
        let fraction: String

        init(_ nanoseconds: Int64) {
            // `2026-11-24T08:00:00.5Z`
            let parts = CivilTime.rfc3339(nanoseconds: nanoseconds).split { "-T:.Z".contains($0) }.map { String($0) }
            let numbers = parts.prefix(6).map { Int($0) ?? 0 }
            (year, month, day) = (numbers[0], numbers[1], numbers[2])
            secondOfDay = numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
            let digits = parts.count > 6 ? parts[6] : ""
            fraction = digits + String(repeating: "0", count: 9 - digits.count)
            let days = CivilTime.days(year: numbers[0], month: numbers[1], day: numbers[2])
            dayOfYear = days - CivilTime.days(year: numbers[0], month: 1, day: 1) + 1
            weekday = ((days % 7) + 7) % 7
        }

        private var hour: Int { secondOfDay / 3600 }
        private var hourOfTwelve: Int { hour % 12 == 0 ? 12 : hour % 12 }

        func text(_ part: String) -> String {
            switch part {
            case "January": TemplateDate.months[month - 1]
            case "Jan": String(TemplateDate.months[month - 1].prefix(3))
            case "Monday": TemplateDate.weekdays[weekday]
            case "Mon": String(TemplateDate.weekdays[weekday].prefix(3))
            case "MST": "UTC"
            case "2006": padded(year, 4)
            case "06": padded(year % 100, 2)
            case "Z07:00", "Z0700": "Z"
            case "-07:00": "+00:00"
            case "-0700": "+0000"
            case "-07": "+00"
            case "002": padded(dayOfYear, 3)
            case "01": padded(month, 2)
            case "1": String(month)
            case "02": padded(day, 2)
            case "_2": (day < 10 ? " " : "") + String(day)
            case "2": String(day)
            case "15": padded(hour, 2)
            case "03": padded(hourOfTwelve, 2)
            case "3": String(hourOfTwelve)
            case "04": padded(secondOfDay / 60 % 60, 2)
            case "4": String(secondOfDay / 60 % 60)
            case "05": padded(secondOfDay % 60, 2)
            case "5": String(secondOfDay % 60)
            case "PM": hour < 12 ? "AM" : "PM"
            default: hour < 12 ? "am" : "pm"
            }
        }

        private func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }
}

extension TemplateValue {
    /// The time that it is; text counts as nanoseconds since 1970.
    var timeNanoseconds: Int64 { integer }
}
