import Foundation
import WAF

/// Prints judgements, one a line, in blocks.
struct JudgementWriter {
    private static let blockBytes = 1 << 16

    let isJSON: Bool
    private var buffer: [UInt8] = []

    init(isJSON: Bool) { self.isJSON = isJSON }

    mutating func write(_ judgement: Judgement, _ line: ArraySlice<UInt8>) {
        if isJSON { writeJSON(judgement) } else { writeText(judgement, line) }
        if buffer.count >= JudgementWriter.blockBytes { flush() }
    }

    /// `{"attack":true,"score":10,"family":"sqli","rules":["sqli-tautology"]}`; names of rules and families need no escaping.
    private mutating func writeJSON(_ judgement: Judgement) {
        append(judgement.isAttack ? #"{"attack":true,"score":"# : #"{"attack":false,"score":"#)
        append(String(judgement.score))
        append(#","family":"#)
        append(judgement.isAttack ? judgement.family.map { "\"\($0.rawValue)\"" } ?? "null" : "null")
        append(#","rules":["#)
        for (index, finding) in judgement.findings.enumerated() {
            append(index == 0 ? "\"" : ",\"")
            append(finding.rule.id)
            append("\"")
        }
        append("]}\n")
    }

    private mutating func writeText(_ judgement: Judgement, _ line: ArraySlice<UInt8>) {
        append(judgement.isAttack ? "attack " : "clean  ")
        append(String(judgement.score))
        append(" ")
        append(judgement.isAttack ? judgement.family?.rawValue ?? "-" : "-")
        append(" ")
        append(judgement.findings.isEmpty ? "-" : judgement.findings.map(\.rule.id).joined(separator: ","))
        append(" ")
        buffer.append(contentsOf: line)
        buffer.append(0x0a)
    }

    private mutating func append(_ text: String) { buffer.append(contentsOf: text.utf8) }

    mutating func flush() {
        FileHandle.standardOutput.write(Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}
