import RegularExpressions

/// Judges values and requests by the rules of a ``SignatureSet``.
///
/// A value is decoded once, searched once by the automaton, and only where a literal occurs is an expression tried. Keep an
/// inspector and use it again: its buffers then cost nothing.
package struct Inspector: Sendable {
    /// Bytes of a match that are kept.
    package static let maximumEvidenceBytes = 160
    /// Parameters looked at in one request.
    package static let maximumParameters = 500

    /// What is searched for.
    package let signatures: SignatureSet
    /// The paranoia level: rules above it do not count.
    package let level: Int

    private var value = DecodedValue()
    private var clean = CleanValues()
    private var hits: [(literal: Int, end: Int)] = []
    /// For each rule the number of the value in which it was last tried.
    private var tried: [UInt32]
    private var generation: UInt32 = 0

    /// An inspector with empty buffers.
    package init(signatures: SignatureSet, level: Int = 1) {
        self.signatures = signatures
        self.level = level
        tried = [UInt32](repeating: 0, count: signatures.rules.count)
    }

    /// Judges one parameter's value by itself.
    package mutating func judge(parameter: some Collection<UInt8>) -> Judgement {
        var judgement = Judgement()
        judge(parameter, .parameter, plusIsBlank: Inspector.writesBlanksAsPlus(parameter), &judgement)
        return judgement
    }

    /// Whether a value by itself comes from a form, which writes blanks as `+`: it has no blanks, and words that some may stand between.
    static func writesBlanksAsPlus(_ value: some Collection<UInt8>) -> Bool {
        !value.contains(0x20) && value.contains { ($0 | 0x20) &- 0x61 < 26 }
    }

    /// Judges a value of a request, unless it has been found clean before.
    mutating func judgeOnce(_ bytes: ArraySlice<UInt8>, _ part: RequestPart, plusIsBlank: Bool, _ judgement: inout Judgement) {
        guard let slot = clean.slot(bytes, part) else { return judge(bytes, part, plusIsBlank: plusIsBlank, &judgement) }
        guard !clean.holds(bytes, part, at: slot) else { return }
        var own = Judgement()
        judge(bytes, part, plusIsBlank: plusIsBlank, &own)
        if own.findings.isEmpty { clean.insert(bytes, part, at: slot) }
        for finding in own.findings { judgement.add(finding) }
    }

    /// Judges one value that stands in `part`.
    mutating func judge(_ bytes: some Collection<UInt8>, _ part: RequestPart, plusIsBlank: Bool, _ judgement: inout Judgement) {
        guard !bytes.isEmpty else { return }
        value.load(bytes, plusIsBlank: plusIsBlank)
        search(part, [], &judgement)
        if part == .parameter || part == .cookie || part == .body, value.raw.count >= Base64Text.minimumBytes,
            let inner = Base64Text.decode(value.percentDecoded)
        {
            value.load(inner, plusIsBlank: false)
            search(part, .base64, &judgement)
        }
    }

    private mutating func search(_ part: RequestPart, _ before: Transforms, _ judgement: inout Judgement) {
        generation &+= 1
        var textMask = ValueView.text.bit
        for view in signatures.views {
            let (bytes, isText) = value.bytes(of: view)
            if isText { textMask |= view.bit } else { scan(bytes, view.bit, view, part, before, &judgement) }
        }
        scan(value.text, textMask, .text, part, before, &judgement)
        guard signatures.structureParts & part.bit != 0 else { return }
        if StructureTriggers.mayBeSQL(value, in: part) {
            weigh(SQLGrammar.facts(in: value.bytes(of: .sql).bytes), .sql, part, before, &judgement)
        }
        if StructureTriggers.mayBeMarkup(value) { weigh(MarkupScanner.facts(in: value.text), .text, part, before, &judgement) }
    }

    private mutating func scan(
        _ bytes: [UInt8], _ mask: UInt8, _ view: ValueView, _ part: RequestPart, _ before: Transforms,
        _ judgement: inout Judgement
    ) {
        hits.removeAll(keepingCapacity: true)
        signatures.automaton.forEachMatch(in: bytes) { hits.append(($0, $1)) }
        for hit in hits {
            let literal = signatures.literals[hit.literal]
            let rule = signatures.rules[literal.rule]
            guard rule.view.bit & mask != 0, rule.partBits & part.bit != 0, rule.level <= level, tried[literal.rule] != generation
            else {
                continue
            }
            var range = hit.end - literal.length..<hit.end
            if literal.isWord, !Inspector.isWord(bytes, range) { continue }
            if let pattern = rule.pattern {
                tried[literal.rule] = generation
                guard let match = unsafe bytes.withUnsafeBytes({ unsafe pattern.firstMatch(in: $0)?[0] }) else { continue }
                range = match
            }
            tried[literal.rule] = generation
            add(rule, bytes, range, view, part, before, &judgement)
        }
    }

    private func weigh(
        _ facts: [StructureFact], _ view: ValueView, _ part: RequestPart, _ before: Transforms, _ judgement: inout Judgement
    ) {
        for fact in facts {
            for index in signatures.structures[fact.name] ?? [] {
                let rule = signatures.rules[index]
                guard rule.partBits & part.bit != 0, rule.level <= level else { continue }
                var viewed = value
                add(rule, viewed.bytes(of: view).bytes, fact.range, view, part, before, &judgement)
            }
        }
    }

    private func add(
        _ rule: SignatureRule, _ bytes: [UInt8], _ range: Range<Int>, _ view: ValueView, _ part: RequestPart,
        _ before: Transforms,
        _ judgement: inout Judgement
    ) {
        let matched = Array(bytes[range].prefix(Inspector.maximumEvidenceBytes))
        let transforms = before.union(value.transforms(of: view))
        judgement.add(SignatureFinding(rule: rule, part: part, matched: matched, transforms: transforms))
    }

    private static func isWord(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        (range.lowerBound == 0 || !SQLTokenizer.continuesWord(bytes[range.lowerBound - 1]))
            && (range.upperBound == bytes.count || !SQLTokenizer.continuesWord(bytes[range.upperBound]))
    }
}

/// Whether a value may hold what a tokenizer looks for, told by its bytes.
enum StructureTriggers {
    private static let sql = ByteSet("'\"(;=#@`|&")
    private static let markup = ByteSet("<=")
    private static let blanks = ByteSet(" \n*")
    private static let digits = ByteSet("0123456789-")

    /// Quotes, calls, comparisons; or several words with a number, as in `1 union select 2`.
    /// What browsers write into headers is full of parentheses and semicolons: there only a quote is a sign.
    static func mayBeSQL(_ value: borrowing DecodedValue, in part: RequestPart) -> Bool {
        if part == .userAgent || part == .referer || part == .header { return value.present.contains(UInt8(ascii: "'")) }
        return mayBeSQL(value)
    }

    private static func mayBeSQL(_ value: borrowing DecodedValue) -> Bool {
        value.present.intersects(sql)
            || value.present.intersects(blanks)
                && (value.present.intersects(digits) || value.text.starts(with: "select".utf8)
                    || value.text.starts(with: "union".utf8) || value.text.count > 16)
    }

    static func mayBeMarkup(_ value: borrowing DecodedValue) -> Bool { value.present.intersects(markup) }
}
