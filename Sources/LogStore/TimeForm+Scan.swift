import Telemetry

extension TimeForm {
    /// A time found in a line.
    struct Found {
        var form: TimeForm
        var length: Int
        /// The time written, minus the entry's own, in units of the form's last digit.
        var difference: Int64
    }

    /// The time that begins at `start`, where one does and would be written back to the byte.
    static func find(_ line: Span<UInt8>, at start: Int, entry: Nanoseconds) -> Found? {
        let room = line.count - start
        guard room >= 15 else { return nil }
        if line[start + 3] == 0x20 && line[start + 6] == 0x20 && line[start + 9] == 0x3a { return syslog(line, start, entry) }
        if room >= 20 && line[start + 2] == 0x2f && line[start + 6] == 0x2f { return common(line, start, entry) }
        if room >= 19 && line[start + 4] == 0x2d && line[start + 7] == 0x2d { return iso(line, start, entry) }
        return nil
    }

    private static func number(_ line: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            let digit = line[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private static func month(_ line: Span<UInt8>, _ start: Int) -> Int? {
        months.firstIndex { $0[0] == line[start] && $0[1] == line[start + 1] && $0[2] == line[start + 2] }.map { $0 + 1 }
    }

    /// Seconds of the day written as `00:00:01`.
    private static func clock(_ line: Span<UInt8>, _ start: Int) -> Int? {
        guard line[start + 2] == 0x3a, line[start + 5] == 0x3a, let hour = number(line, start..<(start + 2)), hour < 24,
            let minute = number(line, (start + 3)..<(start + 5)), minute < 60,
            let second = number(line, (start + 6)..<(start + 8)), second < 60
        else { return nil }
        return (hour * 60 + minute) * 60 + second
    }

    private static func seconds(_ year: Int, _ month: Int, _ day: Int, _ clock: Int) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= 28 || day <= length(of: month, in: year) else { return nil }
        return CivilDate(year: year, month: month, day: day).daysSince1970 * 86_400 + Int64(clock)
    }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// No letter or digit may follow: a word must not stand half in a time and half outside.
    private static func ends(_ line: Span<UInt8>, _ end: Int) -> Bool {
        end >= line.count || ByteClass.table[Int(line[end])] == ByteClass.delimiter
    }

    private static func found(_ form: TimeForm, _ length: Int, _ seconds: Int64, _ fraction: Int64, _ entry: Nanoseconds)
        -> Found?
    {
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: powers[form.digits])
        guard !overflow else { return nil }
        let (units, tooLarge) = scaled.addingReportingOverflow(fraction)
        guard !tooLarge else { return nil }
        return Found(form: form, length: length, difference: units &- form.units(of: entry))
    }

    private static func iso(_ line: Span<UInt8>, _ start: Int, _ entry: Nanoseconds) -> Found? {
        let separator = line[start + 10]
        guard separator == 0x54 || separator == 0x20, let year = number(line, start..<(start + 4)),
            let month = number(line, (start + 5)..<(start + 7)), let day = number(line, (start + 8)..<(start + 10)),
            let clock = clock(line, start + 11), let seconds = seconds(year, month, day, clock)
        else { return nil }
        var end = start + 19
        var digits = 0
        var fraction: Int64 = 0
        var comma = false
        if end + 1 < line.count, line[end] == 0x2e || line[end] == 0x2c, line[end + 1] &- 0x30 < 10 {
            comma = line[end] == 0x2c
            var index = end + 1
            while index < line.count, line[index] &- 0x30 < 10 {
                guard digits < 9 else { return nil }
                fraction = fraction * 10 + Int64(line[index] - 0x30)
                digits += 1
                index += 1
            }
            end = index
        }
        let zulu = end < line.count && line[end] == 0x5a
        if zulu { end += 1 }
        guard ends(line, end) else { return nil }
        let form = TimeForm(kind: separator == 0x54 ? .iso : .isoSpaced, digits: digits, comma: comma, zulu: zulu)
        return found(form, end - start, seconds, fraction, entry)
    }

    private static func common(_ line: Span<UInt8>, _ start: Int, _ entry: Nanoseconds) -> Found? {
        guard line[start + 11] == 0x3a, let day = number(line, start..<(start + 2)), let month = month(line, start + 3),
            let year = number(line, (start + 7)..<(start + 11)), let clock = clock(line, start + 12),
            let seconds = seconds(year, month, day, clock), ends(line, start + 20)
        else { return nil }
        return found(TimeForm(kind: .common), 20, seconds, 0, entry)
    }

    /// The year is the one that brings the time closest to the entry's.
    private static func syslog(_ line: Span<UInt8>, _ start: Int, _ entry: Nanoseconds) -> Found? {
        let isPadded = line[start + 4] == 0x20
        guard let month = month(line, start), let clock = clock(line, start + 7), ends(line, start + 15),
            let day = number(line, (start + (isPadded ? 5 : 4))..<(start + 6)), isPadded == (day < 10)
        else { return nil }
        let form = TimeForm(kind: .syslog)
        let year = CivilDate(daysSince1970: form.units(of: entry) / 86_400).year
        return [year, year - 1, year + 1].compactMap { seconds($0, month, day, clock) }
            .compactMap { found(form, 15, $0, 0, entry) }
            .min { $0.difference.magnitude < $1.difference.magnitude }
    }
}
