import ArgumentParser
import Foundation
import Parsing

/// `magewatch waf unparsed`: lines that no parser takes.
struct WafUnparsedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unparsed", abstract: "Lines of a log that do not parse.",
        discussion: """
            A log whose form has changed makes no attacks visible: look here when the count of unparsed lines grows.

            EXAMPLES
              magewatch waf unparsed                                    the latest that the monitor saw
              magewatch waf unparsed --log access access.log
              magewatch waf unparsed --log any error.log mysql-slow.log auth.log
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many to print.")
    var limit = 100

    func run() async throws {
        guard logs.readsLogs else {
            let lines = try await logs.monitor.client.decode([String].self, "/api/magewatch/v1/waf/unparsed")
            for line in lines.suffix(limit) { print(line) }
            return
        }
        var counts = (lines: 0, unparsed: 0)
        func count(_ line: ArraySlice<UInt8>, isTaken: Bool) {
            counts.lines += 1
            guard !isTaken else { return }
            counts.unparsed += 1
            if counts.unparsed <= limit { print(String(decoding: line, as: UTF8.self)) }
        }
        if logs.log == .any {
            try logs.forEachReading { line, reading in
                if case .unknown = reading { count(line, isTaken: false) } else { count(line, isTaken: true) }
            }
        } else {
            try logs.forEachLine { count($0, isTaken: AccessLogParser.parse($0) != nil) }
        }
        FileHandle.standardError.write(Data("\(counts.unparsed) of \(counts.lines) lines\n".utf8))
    }
}
