import ArgumentParser
import Foundation
import Parsing
import WAF

/// `magewatch waf test`: what the signatures say of values, requests or logs.
struct WafTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Judge values, requests or logs.",
        discussion: """
            Reads lines from standard input, or from the file given, and prints one answer a line. A score of 5 in one family counts as an
            attack. A summary goes to standard error.

            EXAMPLES
              magewatch waf test --param --output json < values.txt       one parameter value a line
              echo "GET /?q=%3Cscript%3E" | magewatch waf test --request  METHOD URI, and what follows is left aside
              magewatch waf test --log access access.log --attacks        the attacks of an access log
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Flag(help: "Each line is one parameter's value.")
    var param = false

    @Flag(help: "Each line is METHOD URI.")
    var request = false

    @Option(help: ArgumentHelp("Each line is of a log; `access` recognises nginx, Apache, Varnish and HAProxy.", valueName: "format"))
    var log: String?

    @Option(help: "How to print.")
    var output = Output.text

    @Option(help: "Paranoia level, 1 to 4: the higher, the more rules count.")
    var level = 1

    @Option(help: ArgumentHelp("Rules instead of the shipped ones: a file, or a folder of `*.yaml`.", valueName: "path"))
    var rules: String?

    @Flag(help: "Print attacks only.")
    var attacks = false

    @Argument(help: "A file instead of standard input.")
    var file: String?

    func validate() throws {
        guard [param, request, log != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("say what the lines are: one of --param, --request, --log FORMAT")
        }
        guard (1...4).contains(level) else { throw ValidationError("--level is 1 to 4") }
        if let log, log != "access" { throw ValidationError("unknown log format \"\(log)\"; there is: access") }
    }

    func run() throws {
        var reader = try LineReader(file)
        var inspector = Inspector(signatures: try RuleFiles.signatures(at: rules), level: level)
        var writer = JudgementWriter(isJSON: output == .json)
        var counts = (lines: 0, attacks: 0, unparsed: 0)
        while let line = reader.next() {
            counts.lines += 1
            guard let judgement = judge(line, &inspector) else {
                counts.unparsed += 1
                continue
            }
            if judgement.isAttack { counts.attacks += 1 }
            if !attacks || judgement.isAttack { writer.write(judgement, line) }
        }
        writer.flush()
        let unparsed = log == nil ? "" : ", \(counts.unparsed) not parsed"
        FileHandle.standardError.write(Data("\(counts.lines) lines, \(counts.attacks) attacks\(unparsed)\n".utf8))
    }

    /// Nil where a log's line is not of its format.
    private func judge(_ line: ArraySlice<UInt8>, _ inspector: inout Inspector) -> Judgement? {
        if param { return inspector.judge(parameter: line) }
        if request {
            let words = line.split(separator: 0x20, maxSplits: 1)
            guard words.count == 2 else { return inspector.judge(request: RequestText(method: line.prefix(0), uri: line)) }
            return inspector.judge(request: RequestText(method: words[0], uri: words[1]))
        }
        return AccessLogParser.parse(line).map { inspector.judge(request: RequestText($0)) }
    }
}
