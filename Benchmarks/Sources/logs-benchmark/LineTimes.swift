import Foundation

/// When lines were written, by the first time that each shows; one without has that of the line before.
struct LineTimes {
    private let forms = [
        (#/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/#, "yyyy-MM-dd HH:mm:ss"),
        (#/\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d/#, "dd/MMM/yyyy:HH:mm:ss"),
        (#/\d{4}/\d\d/\d\d \d\d:\d\d:\d\d/#, "yyyy/MM/dd HH:mm:ss"),
    ].map { form in
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = form.1
        return (form.0, formatter)
    }

    /// Nanoseconds since 1970 of each line, the last a minute ago.
    func times(of lines: [Data]) -> [Int64] {
        var last = 0
        let seconds = lines.map { line -> Int in
            last = time(in: String(decoding: line.prefix(512), as: UTF8.self)) ?? last
            return last
        }
        let shift = Int(Date().timeIntervalSince1970) - 60 - (seconds.max() ?? 0)
        let first = seconds.first { $0 > 0 } ?? 0
        return seconds.map { Int64(max($0, first) + shift) * 1_000_000_000 }
    }

    private func time(in line: String) -> Int? {
        for (expression, formatter) in forms {
            guard let match = line.firstMatch(of: expression) else { continue }
            let text = line[match.range].replacingOccurrences(of: "T", with: " ")
            if let date = formatter.date(from: text) { return Int(date.timeIntervalSince1970) }
        }
        return nil
    }
}
