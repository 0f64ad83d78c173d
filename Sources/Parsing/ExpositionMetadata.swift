/// What an exposition says about its metrics: the `# TYPE`, `# HELP` and `# UNIT` lines that samples do not need.
package struct ExpositionMetadata: Sendable, Hashable {
    /// Most metrics read of one exposition.
    package static let maximumMetrics = 10_000
    /// A longer help text is cut, in bytes.
    package static let maximumHelpBytes = 1024

    /// The metric's name as the lines have it; in OpenMetrics without `_total` and the like.
    package var metric: String
    /// `counter`, `gauge`, `histogram`, `summary`; `unknown` where nothing is said.
    package var type = "unknown"
    package var help = ""
    package var unit = ""

    /// Reads all lines about metrics; others, and what is not as it should be, are passed over.
    package static func parse(_ bytes: [UInt8]) -> [ExpositionMetadata] {
        var found: [ExpositionMetadata] = []
        var places: [String: Int] = [:]
        var start = 0
        while start < bytes.count, found.count <= maximumMetrics {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            if bytes[start] == UInt8(ascii: "#") { read(bytes[start..<end], into: &found, &places) }
            start = end + 1
        }
        return Array(found.prefix(maximumMetrics))
    }

    private static func read(
        _ line: ArraySlice<UInt8>, into found: inout [ExpositionMetadata], _ places: inout [String: Int]
    ) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
        guard words.count >= 3, words[0].count == 1 else { return }
        let keyword = String(decoding: words[1], as: UTF8.self)
        guard ["TYPE", "HELP", "UNIT"].contains(keyword) else { return }
        let metric = JSONText.unescape(words[2].unquoted)
        let place = places[metric] ?? found.count
        if place == found.count {
            found.append(ExpositionMetadata(metric: metric))
            places[metric] = place
        }
        let text = words.count > 3 ? words[3] : line.suffix(0)
        switch keyword {
        case "TYPE": found[place].type = type(of: text)
        case "UNIT": found[place].unit = String(decoding: text, as: UTF8.self)
        default: found[place].help = JSONText.unescape(text.prefix(maximumHelpBytes))
        }
    }

    private static func type(of text: ArraySlice<UInt8>) -> String {
        let name = String(decoding: text, as: UTF8.self)
        return name == "untyped" || name.isEmpty ? "unknown" : name
    }
}

extension ArraySlice<UInt8> {
    /// Without the quotes around a name that the older form can't hold.
    fileprivate var unquoted: ArraySlice<UInt8> {
        count > 1 && first == UInt8(ascii: "\"") && last == UInt8(ascii: "\"") ? dropFirst().dropLast() : self
    }
}
