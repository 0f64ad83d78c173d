import Alerting
import Foundation

/// The rule files in force: those of a directory, or the shipped ones.
enum RuleFiles {
    /// Reads every `.yaml` and `.yml` file of `directory`; the rules that the binary carries where it is nil.
    static func load(directory: String?) throws -> [RuleGroup] {
        guard let directory else {
            return try EmbeddedDefaults.files.filter { $0.name.hasPrefix("alerts/") }
                .flatMap { try RuleFile.parse($0.text, file: $0.name) }
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw MonitorError("alerts.rules: directory \(directory) can't be read: \(error.localizedDescription)")
        }
        return try names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().flatMap { name in
            let path = directory + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else {
                throw MonitorError("rule file \(path) can't be read; check its permissions")
            }
            return try RuleFile.parse(String(decoding: data, as: UTF8.self), file: path)
        }
    }
}
