import ArgumentParser
import Foundation
import WAF

/// `magewatch waf traffic`: what an access log tells, attacks or not.
struct WafTrafficCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "Requests, bytes, statuses and the most frequent pages, clients, sites and agents of a log.",
        discussion: """
            Memory does not grow with the log: where there are more values than are counted, the counts printed are the least that they can be.

            EXAMPLE
              magewatch waf traffic --log access access.log.1 access.log
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many of each.")
    var limit = 10

    func validate() throws {
        guard logs.readsLogs, logs.log != .any else {
            throw ValidationError("name an access log, or --log access for standard input")
        }
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is 1 to 1000") }
    }

    func run() throws {
        var summary = TrafficSummary()
        try logs.forEachLine { summary.take($0) }
        summary.settle()
        print(
            "\(summary.requests) requests, \(summary.bytes) bytes, about \(summary.clientCount) clients and \(summary.pathCount) paths, "
                + "\(summary.unparsed) lines not parsed")
        print("\nHOUR                  REQUESTS     BYTES         2XX        3XX        4XX        5XX")
        for (start, hour) in summary.hours.sorted(by: { $0.key < $1.key }) {
            let counts = (2...5).map { column(String(hour.requests[$0]), 9) }.joined(separator: "  ")
            let total = (0..<6).reduce(0) { $0 + hour.requests[$1] }
            print("\(wafTime(start / 1_000_000))  \(column(String(total), 11))  \(column(String(hour.bytes), 12))  \(counts)")
        }
        print("\nSTATUS  REQUESTS")
        for (status, count) in summary.statuses.sorted(by: { $0.key < $1.key }) {
            print("\(column(String(status), 6))  \(count)")
        }
        table("PATH", summary.paths)
        table("CLIENT", summary.clients)
        table("SITE", summary.hosts)
        table("USER AGENT", summary.agents)
        table("REFERER", summary.referers)
    }

    private func table(_ title: String, _ items: FrequentItems) {
        let top = items.top(limit)
        guard !top.isEmpty else { return }
        print("\nREQUESTS   \(title)")
        for item in top { print("\(column(String(item.count), 9))  \(printable(item.value))") }
    }

    private func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// What a client wrote must not command the terminal.
    private func printable(_ value: [UInt8]) -> String {
        String(decoding: value.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
    }
}
