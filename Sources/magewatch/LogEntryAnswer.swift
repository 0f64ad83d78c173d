import Foundation

/// A log line as the monitor tells it.
struct LogEntryAnswer: Hashable {
    var labels: [String: String]
    /// Since 1970.
    var nanoseconds: Int64
    var line: String

    /// `2026-11-24T08:00:00.123456789Z`, nothing of it lost.
    var rfc3339: String {
        let second = Int64((Double(nanoseconds) / 1e9).rounded(.down))
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let seconds = rest < 0 ? whole - 1 : whole
        let digits = String(rest < 0 ? rest + 1_000_000_000 : rest)
        let date = Date(timeIntervalSince1970: Double(second == seconds ? second : seconds)).formatted(.iso8601)
        return date.dropLast() + "." + String(repeating: "0", count: 9 - digits.count) + digits + "Z"
    }

    /// How bad it is: what the label says, or else the first word of the line that names a level.
    var level: LogLevel? {
        for name in ["level", "severity", "detected_level", "lvl"] {
            if let level = labels[name].flatMap({ LogLevel($0) }) { return level }
        }
        // Far into a line such a word is more likely part of what is told.
        let words = line.prefix(200).split { !$0.isLetter }
        return words.lazy.compactMap { LogLevel(String($0)) }.first
    }
}

/// Levels of lines, by the words that programs have for them.
enum LogLevel {
    case critical, error, warning, info, debug

    init?(_ word: String) {
        switch word.lowercased() {
        case "critical", "crit", "fatal", "panic", "alert", "emerg", "emergency": self = .critical
        case "error", "err", "eror": self = .error
        case "warning", "warn": self = .warning
        case "info", "information", "informational", "notice": self = .info
        case "debug", "trace", "dbug": self = .debug
        default: return nil
        }
    }

    /// The terminal's colour for it (ECMA-48 SGR); nothing for what is usual.
    var colour: String? {
        switch self {
        case .critical: "1;31"
        case .error: "31"
        case .warning: "33"
        case .info: nil
        case .debug: "2"
        }
    }
}
