import ArgumentParser
import Foundation
import Parsing
import WAF

/// Logs that `magewatch waf` reads.
enum WafLogFormat: String, ExpressibleByArgument, CaseIterable {
    /// Access logs of web servers and load balancers.
    case access
    /// ModSecurity's audit logs.
    case modsec
    /// Whatever a parser takes: those two, error logs, and what services write.
    case any
}

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

    @Option(
        help: ArgumentHelp(
            "Lines are of a log: `access` (nginx, Apache, Varnish, HAProxy) or `modsec` (audit logs of ModSecurity 2 and 3, native or JSON).",
            valueName: "format"))
    var log: WafLogFormat?

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
        guard log != .any else { throw ValidationError("signatures judge requests: --log access or --log modsec") }
        guard (1...4).contains(level) else { throw ValidationError("--level is 1 to 4") }
    }

    func run() throws {
        if log == .modsec { return try runAudit() }
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

    /// Judges each transaction of an audit log, bodies and all.
    private func runAudit() throws {
        var lines = try LineReader(file)
        var reader = ModSecurityAuditReader()
        var inspector = Inspector(signatures: try RuleFiles.signatures(at: rules), level: level)
        var writer = JudgementWriter(isJSON: output == .json)
        var counts = (records: 0, attacks: 0)
        while let line = lines.next() {
            guard let transaction = reader.take(line) else { continue }
            counts.records += 1
            let judgement = inspector.judge(request: RequestText(transaction))
            if judgement.isAttack { counts.attacks += 1 }
            if !attacks || judgement.isAttack { writer.write(judgement, (transaction.method + [0x20] + transaction.uri)[...]) }
        }
        writer.flush()
        let summary = "\(counts.records) records, \(counts.attacks) attacks, \(reader.broken) broken\n"
        FileHandle.standardError.write(Data(summary.utf8))
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
