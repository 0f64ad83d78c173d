import ArgumentParser
import Foundation
import Parsing

/// `magewatch waf unparsed`: lines that no parser takes.
struct WafUnparsedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unparsed", abstract: "Lines of a log that do not parse.",
        discussion: """
            A log whose form has changed makes no attacks visible: look here when the count of unparsed lines grows.

            EXAMPLE
              magewatch waf unparsed --log access access.log
            """)

    @OptionGroup var logs: WafLogOptions

    @Option(help: "How many to print.")
    var limit = 100

    func run() throws {
        var counts = (lines: 0, unparsed: 0)
        try logs.forEachLine { line in
            counts.lines += 1
            guard AccessLogParser.parse(line) == nil else { return }
            counts.unparsed += 1
            if counts.unparsed <= limit { print(String(decoding: line, as: UTF8.self)) }
        }
        FileHandle.standardError.write(Data("\(counts.unparsed) of \(counts.lines) lines\n".utf8))
    }
}
