import ArgumentParser
import Foundation
import WAF

/// `magewatch waf cases`: the regression cases of the Core Rule Set, judged from what an access log records of them.
struct WafCasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases",
        abstract: "Judge a suite of requests in go-ftw's format, as the OWASP Core Rule Set keeps its tests.",
        discussion: """
            Each request is written as a line of an access log and judged. Cases whose evidence is in a body or in a header that no log has
            count as positives, too, and are not found.

            EXAMPLES
              magewatch waf cases coreruleset/tests/regression/tests
              magewatch waf cases tests/932140.yaml --wrong              the lines that came out otherwise than they were to
            """)

    @Argument(help: "A file, or a folder that is searched for `*.yaml`.")
    var path: String

    @Option(help: "Paranoia level, 1 to 4: the higher, the more rules count.")
    var level = 1

    @Option(help: ArgumentHelp("Rules instead of the shipped ones: a file, or a folder of `*.yaml`.", valueName: "path"))
    var rules: String?

    @Flag(help: "Print the cases that came out otherwise than they were to.")
    var wrong = false

    @Option(help: "The least share of positives that is to be found, in percent; below it the exit status is 1.")
    var found: Double?

    @Option(help: "The least share of negatives that is to be clean, in percent; below it the exit status is 1.")
    var clean: Double?

    func validate() throws {
        guard (1...4).contains(level) else { throw ValidationError("--level is 1 to 4") }
    }

    func run() throws {
        var inspector = Inspector(signatures: try RuleFiles.signatures(at: rules), level: level)
        var tally = RegressionTally()
        for file in try files() {
            for regression in try RegressionCase.parse(yaml: String(contentsOfFile: file, encoding: .utf8), file: file) {
                let judgement = regression.judgement(by: &inspector)
                if !tally.take(regression, judgement), wrong { tell(regression, judgement) }
            }
        }
        guard tally.all.positives + tally.all.negatives > 0 else { throw CommandFailure("no case in \(path)") }
        print("| family | positives found | of | negatives clean | of |")
        print("|---|---|---|---|---|")
        for (family, counts) in tally.families.sorted(by: { $0.key < $1.key }) { row("\(family)", counts) }
        let all = tally.all
        row("all", all)
        print("\(rounded(all.foundShare)) % of the positives found, \(rounded(all.cleanShare)) % of the negatives clean")
        guard all.foundShare >= found ?? 0, all.cleanShare >= clean ?? 0 else { throw ExitCode.failure }
    }

    private func row(_ name: String, _ counts: RegressionTally.Counts) {
        print("| \(name) | \(counts.found) | \(counts.positives) | \(counts.clean) | \(counts.negatives) |")
    }

    private func tell(_ regression: RegressionCase, _ judgement: Judgement?) {
        let rules = judgement?.findings.map(\.rule.id).joined(separator: ",") ?? ""
        let line = String(decoding: regression.line, as: UTF8.self)
        print("\(regression.rule) \(regression.name) \(regression.isPositive ? "not found" : "found by \(rules)"): \(line)")
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private func files() throws -> [String] {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("no file or folder \(path)")
        }
        guard isFolder.boolValue else { return [path] }
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".yaml") }.sorted()
            .map { "\(path)/\($0)" }
    }
}
