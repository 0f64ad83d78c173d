import ArgumentParser
import Foundation
import WAF

/// `magewatch waf rules`: the signatures, and whether their examples hold.
struct WafRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List signatures and scenarios, or run their examples.",
        discussion: """
            Each rule carries values in which it must find something and values in which it must not; each scenario series of events likewise. With --check they are run; failing ones
            are printed, and then the exit status is 1.

            EXAMPLES
              magewatch waf rules
              magewatch waf rules --check --rules /etc/magewatch/waf
            """)

    @Flag(help: "Run the examples.")
    var check = false

    @Option(help: ArgumentHelp("Rules instead of the shipped ones: a file, or a folder of `*.yaml`.", valueName: "path"))
    var rules: String?

    func run() throws {
        let files = try RuleFiles.files(at: rules)
        let signatures = try rules == nil ? .shipped : SignatureSet(files: files)
        let scenarios = try files.flatMap { try Scenario.parse(yaml: $0.text, file: $0.name) }
        guard check else {
            for rule in signatures.rules { print("\(rule.id)  level \(rule.level)  \(rule.severity.rawValue)  \(rule.reason)") }
            for scenario in scenarios { print("\(scenario.name)  scenario  \(scenario.mode.rawValue)  \(scenario.reason)") }
            return
        }
        let failures =
            RuleExamples.failures(of: signatures).map(\.description)
            + ScenarioExamples.failures(of: scenarios, signatures: signatures)
        for failure in failures { print(failure) }
        let examples = RuleExamples.count(in: signatures) + ScenarioExamples.count(in: scenarios)
        print("\(signatures.rules.count) rules, \(scenarios.count) scenarios, \(examples) examples, \(failures.count) failing")
        if !failures.isEmpty { throw ExitCode.failure }
    }
}

/// Rules from where the operator keeps them.
enum RuleFiles {
    /// The shipped rules, or those of a file or folder.
    static func signatures(at path: String?) throws -> SignatureSet {
        try path == nil ? .shipped : SignatureSet(files: files(at: path))
    }

    /// The text of each file, shipped or the operator's.
    static func files(at path: String?) throws -> [(name: String, text: String)] {
        guard let path else { return EmbeddedSignatures.files }
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("no file or folder \(path)")
        }
        let names =
            isFolder.boolValue
            ? try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".yaml") }.sorted().map {
                "\(path)/\($0)"
            }
            : [path]
        return try names.map { ($0, try String(contentsOfFile: $0, encoding: .utf8)) }
    }
}
