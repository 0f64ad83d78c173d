import RegularExpressions
import Yams

/// A rule file that cannot be used, with the place.
package struct RuleFileError: Error, CustomStringConvertible {
    /// The file, or the family where it is not known.
    package let file: String
    /// The id, where one rule is at fault.
    package let rule: String?
    /// What is wrong, and what is wanted.
    package let message: String

    /// One line to print.
    package var description: String { file + (rule.map { ", rule \($0)" } ?? "") + ": " + message }
}

/// The shape of a file in `alerts/waf/`. Unknown keys are refused, so that a typing error does not silence a rule.
private struct RuleFile: Decodable {
    /// Of the rules; a file of scenarios alone has none.
    var family: String?
    /// Names for parts of patterns, put in for `{{name}}`.
    var definitions: [String: String]?
    var rules: [Rule]?

    struct Rule: Decodable {
        var id: String
        var reason: String
        var severity: String?
        var level: Int?
        var view: String?
        var parts: [String]?
        var literals: [String]?
        var words: [String]?
        var pattern: String?
        var structure: String?
        var positive: [String]
        var negative: [String]?
    }
}

extension SignatureRule {
    private static let ruleKeys: Set<String> = [
        "id", "reason", "severity", "level", "view", "parts", "literals", "words", "pattern", "structure", "positive", "negative",
    ]
    /// Where values are looked for unless a rule says otherwise: what a client may fill in freely.
    private static let ordinaryParts: Set<RequestPart> = [.path, .parameterName, .parameter, .cookie, .body]
    private static let maximumFileBytes = 1 << 20

    /// The rules of a file.
    /// - Throws: ``RuleFileError``, naming the rule.
    package static func parse(yaml: String, file: String) throws -> [SignatureRule] {
        guard yaml.utf8.count <= maximumFileBytes else {
            throw RuleFileError(file: file, rule: nil, message: "longer than \(maximumFileBytes) bytes")
        }
        let parsed: RuleFile
        do {
            try checkKeys(yaml, file)
            parsed = try YAMLDecoder().decode(RuleFile.self, from: yaml)
        } catch let error as RuleFileError {
            throw error
        } catch {
            throw RuleFileError(file: file, rule: nil, message: "\(error)")
        }
        guard let rules = parsed.rules else { return [] }
        guard let family = parsed.family.flatMap(AttackFamily.init) else {
            throw RuleFileError(file: file, rule: nil, message: "unknown family \"\(parsed.family ?? "")\"")
        }
        return try rules.map { try make($0, family, parsed.definitions ?? [:], file) }
    }

    private static func checkKeys(_ yaml: String, _ file: String) throws {
        guard let rules = try Yams.compose(yaml: yaml)?.mapping?["rules"]?.sequence else { return }
        for rule in rules {
            for (key, _) in rule.mapping ?? [:] where !ruleKeys.contains(key.string ?? "") {
                throw RuleFileError(
                    file: file, rule: rule.mapping?["id"]?.string, message: "unknown key \"\(key.string ?? "?")\"")
            }
        }
    }

    private static func make(
        _ rule: RuleFile.Rule, _ family: AttackFamily, _ definitions: [String: String], _ file: String
    ) throws -> SignatureRule {
        func value<Value: RawRepresentable>(_ text: String, _ what: String) throws -> Value where Value.RawValue == String {
            guard let value = Value(rawValue: text) else {
                throw RuleFileError(file: file, rule: rule.id, message: "unknown \(what) \"\(text)\"")
            }
            return value
        }
        let literals = rule.literals ?? []
        let words = rule.words ?? []
        guard (rule.structure == nil) != (literals.isEmpty && words.isEmpty) else {
            throw RuleFileError(
                file: file, rule: rule.id,
                message: "needs either `structure` or `literals` or `words` (which a `pattern` is tried behind)")
        }
        guard !(literals + words).contains(""), !(literals + words).joined().utf8.contains(where: { $0 &- 0x41 < 26 }) else {
            throw RuleFileError(file: file, rule: rule.id, message: "literals are in lower case, and not empty")
        }
        guard rule.parts?.contains("pair") != true || literals.allSatisfy({ $0.contains("=") && $0.first != "=" }) else {
            throw RuleFileError(file: file, rule: rule.id, message: "literals of a pair are `name=` or begin so")
        }
        guard (1...4).contains(rule.level ?? 1) else {
            throw RuleFileError(file: file, rule: rule.id, message: "level is 1 to 4")
        }
        return SignatureRule(
            id: rule.id, family: family, reason: rule.reason, severity: try value(rule.severity ?? "critical", "severity"),
            level: rule.level ?? 1, view: try value(rule.view ?? "text", "view"),
            parts: try rule.parts.map { Set(try $0.map { try value($0, "part") }) } ?? ordinaryParts, literals: literals,
            words: words, pattern: try rule.pattern.map { try compile($0, definitions, rule.id, file) },
            structure: rule.structure, positive: rule.positive, negative: rule.negative ?? [])
    }

    private static func compile(
        _ pattern: String, _ definitions: [String: String], _ id: String, _ file: String
    ) throws -> LinearRegex {
        var expanded = pattern
        for (name, text) in definitions {
            expanded = expanded.split(separator: "{{\(name)}}", omittingEmptySubsequences: false).joined(separator: "(?:\(text))")
        }
        do {
            return try LinearRegex(expanded, latin1: true)
        } catch {
            throw RuleFileError(file: file, rule: id, message: "\(error)")
        }
    }
}
