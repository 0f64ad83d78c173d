/// Series read from text: a table of `time,value` lines, or the M4 competition's form with a series a line.
package struct SeriesText: Sendable {
    package struct Series: Sendable, Equatable {
        /// The id of an M4 line; empty for a file of one series.
        package var name: String
        /// Seconds since 1970 of each value; empty for M4 lines, which have no times.
        package var seconds: [Double]
        /// What is no number is NaN.
        package var values: [Double]

        package init(name: String, seconds: [Double], values: [Double]) {
            self.name = name
            self.seconds = seconds
            self.values = values
        }
    }

    package let series: [Series]
    /// Lines that could not be read.
    package let skippedLines: Int

    /// Values of a series at most; later ones are left out and counted as skipped lines.
    package static let maximumValues = 10_000_000

    package init(_ text: String) {
        var series: [Series] = []
        var table = Series(name: "", seconds: [], values: [])
        var skipped = 0
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(SeriesText.cell)
            if cells.count == 2, let seconds = SeriesText.seconds(cells[0]),
                let value = Double(cells[1]) ?? SeriesText.gap(cells[1])
            {
                guard table.values.count < SeriesText.maximumValues else {
                    skipped += 1
                    continue
                }
                table.seconds.append(seconds)
                table.values.append(value)
            } else if cells.count > 2, Double(cells[0]) == nil {
                // Trailing empty cells fill up lines of unequal length.
                let values = cells.dropFirst().prefix { !$0.isEmpty }.map { Double($0) ?? .nan }
                if number > 0 || values.contains(where: { !$0.isNaN }) {
                    series.append(Series(name: cells[0], seconds: [], values: values))
                }
            } else if number > 0 {
                skipped += 1
            }
        }
        if !table.values.isEmpty { series.insert(table, at: 0) }
        self.series = series
        skippedLines = skipped
    }

    private static func cell(_ text: Substring) -> String {
        var text = text[...]
        while let first = text.first, first == "\"" || first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == "\"" || last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return String(text)
    }

    private static func gap(_ text: String) -> Double? { text.isEmpty || text.lowercased() == "nan" ? .nan : nil }

    /// Seconds since 1970 from a number or from `2014-02-14 14:30:00`, `1995-07-01T00:00Z` and their like (UTC).
    package static func seconds(_ text: String) -> Double? {
        if let number = Double(text) { return number.isFinite ? number : nil }
        let parts = text.split { !$0.isNumber && $0 != "." }
        guard parts.count >= 5, text.utf8.count <= 40, let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]),
            let hour = Int(parts[3]), let minute = Int(parts[4]), (1...12).contains(month), (1...31).contains(day),
            (0...9999).contains(year), (0...24).contains(hour), (0...59).contains(minute)
        else { return nil }
        let second = parts.count > 5 ? Double(parts[5]) ?? 0 : 0
        return Double(daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60) + second
    }

    /// Days of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension SeriesText.Series {
    /// The values on an even grid of `step` seconds (the median distance of the samples where nil), means by step, gaps as NaN; what
    /// runs backwards in time is left out.
    package func grid(stepSeconds: Double? = nil) -> (stepSeconds: Double, values: [Double]) {
        guard seconds.count > 1, let first = seconds.first else { return (stepSeconds ?? 1, values) }
        let distances = zip(seconds.dropFirst(), seconds).map { $0 - $1 }.filter { $0 > 0 }.sorted()
        guard !distances.isEmpty else { return (stepSeconds ?? 1, values) }
        let step = max(1e-3, stepSeconds ?? distances[distances.count / 2])
        var sums: [Double] = []
        var counts: [Double] = []
        for (time, value) in zip(seconds, values) where value.isFinite {
            let place = ((time - first) / step + 1e-6).rounded(.down)
            guard place >= Double(sums.count - 1), place >= 0, place < Double(SeriesText.maximumGrid) else { continue }
            while Double(sums.count) <= place {
                sums.append(0)
                counts.append(0)
            }
            sums[Int(place)] += value
            counts[Int(place)] += 1
        }
        return (step, zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan })
    }
}

extension SeriesText {
    /// Steps of a grid at most; what comes later is left out.
    package static let maximumGrid = 4_000_000
}
