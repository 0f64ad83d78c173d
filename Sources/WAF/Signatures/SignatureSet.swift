/// All rules, ready to be matched: one automaton over their literals, and which rule weighs which fact.
///
/// Made once, shared by every ``Inspector``.
package final class SignatureSet: Sendable {
    /// In the order of the files.
    package let rules: [SignatureRule]
    let automaton: LiteralAutomaton
    /// For each literal of the automaton: its rule, length, and whether it must stand as a word.
    let literals: [Literal]
    /// Rules by the fact that they weigh.
    let structures: [StructureName: [Int]]
    /// Parts in which any rule weighs a fact.
    let structureParts: UInt16
    /// Hashes of the names, in lower case, of parameters that are judged together with their name.
    let pairNames: Set<UInt64>
    /// Views that any rule is searched in, other than the text itself.
    let views: [ValueView]

    struct Literal: Sendable {
        var rule: Int
        var length: Int
        var isWord: Bool
    }

    /// - Throws: ``RuleFileError`` where two rules share an id, or a rule names a fact that no tokenizer sees.
    package init(_ rules: [SignatureRule]) throws {
        var texts: [[UInt8]] = []
        var literals: [Literal] = []
        var structures: [StructureName: [Int]] = [:]
        var parts: UInt16 = 0
        var ids: Set<String> = []
        for (index, rule) in rules.enumerated() {
            guard ids.insert(rule.id).inserted else {
                throw RuleFileError(file: rule.family.rawValue, rule: rule.id, message: "the id is taken")
            }
            for (list, isWord) in [(rule.literals, false), (rule.words, true)] {
                for text in list {
                    texts.append(Array(text.utf8))
                    literals.append(Literal(rule: index, length: text.utf8.count, isWord: isWord))
                }
            }
            if let name = rule.structure {
                guard let structure = StructureName(rawValue: name) else {
                    throw RuleFileError(file: rule.family.rawValue, rule: rule.id, message: "unknown structure \"\(name)\"")
                }
                structures[structure, default: []].append(index)
                parts |= rule.partBits
            }
        }
        self.rules = rules
        pairNames = Set(
            rules.filter { $0.parts.contains(.pair) }.flatMap(\.literals).map { literal in
                BehaviourEvent.hash(literal.utf8.prefix { $0 != UInt8(ascii: "=") })
            })
        automaton = LiteralAutomaton(texts)
        self.literals = literals
        self.structures = structures
        structureParts = parts
        views = ValueView.allCases.filter { view in view != .text && rules.contains { $0.view == view && $0.structure == nil } }
    }

    /// The rules of several files.
    package convenience init(files: [(name: String, text: String)]) throws {
        try self.init(try files.flatMap { try SignatureRule.parse(yaml: $0.text, file: $0.name) })
    }
}

extension SignatureSet {
    /// The shipped rules. The rules' own tests keep them readable, so that failing here is a defect of the build.
    package static let shipped: SignatureSet = {
        do {
            return try SignatureSet(files: EmbeddedSignatures.files)
        } catch {
            fatalError("a shipped rule is unreadable: \(error)")
        }
    }()
}
