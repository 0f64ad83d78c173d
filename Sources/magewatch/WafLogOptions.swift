import ArgumentParser
import Foundation
import Parsing
import WAF

/// The logs that a `waf` command reads.
struct WafLogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Format of the log; `access` recognises nginx, Apache, Varnish and HAProxy.", valueName: "format"))
    var log = WafLogFormat.access

    @Option(help: "Paranoia level, 1 to 4.")
    var level = 1

    @Argument(help: "Logs, oldest first; standard input where there is none.")
    var files: [String] = []

    func validate() throws {
        guard log == .access else { throw ValidationError("this reads access logs; `waf test` reads `\(log.rawValue)`") }
        guard (1...4).contains(level) else { throw ValidationError("--level is 1 to 4") }
    }

    /// Hands over each line, without its end.
    func forEachLine(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        for file in files.isEmpty ? ["-"] : files {
            var reader = try LineReader(file)
            while let line = reader.next() { try body(line) }
        }
    }

    /// What the logs tell of attacks.
    func ledger() throws -> AttackLedger {
        var ledger = AttackLedger(level: level)
        try forEachLine { ledger.take(accessLine: $0) }
        return ledger
    }
}

/// A time as people write it, UTC.
func wafTime(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}
