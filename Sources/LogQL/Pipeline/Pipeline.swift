import Parsing
import RegularExpressions
import Telemetry

/// One entry between two stages.
struct PipelineEntry {
    var timestamp: Nanoseconds
    var line: ArraySlice<UInt8>
    var labels: EntryLabels
}

/// Carries out stages on entries.
struct Pipeline {
    let stages: [Stage]
    /// Whether no stage looks at or changes labels, so that all entries of a stream share theirs.
    let leavesLabels: Bool

    init(_ stages: [Stage]) {
        self.stages = stages
        leavesLabels = stages.allSatisfy { if case .lineFilter = $0 { true } else { false } }
    }

    /// Literals that a line must hold to pass the filters that see it unchanged.
    var requiredLiterals: [[UInt8]] {
        var literals: [[UInt8]] = []
        for stage in stages {
            switch stage {
            case .lineFilter(let filter) where !filter.isNegated && filter.conditions.count == 1:
                switch filter.conditions[0] {
                case .contains(let literal): literals.append(literal)
                case .pattern(let pattern): literals += pattern.literals
                case .matches(let regex): literals += RegexLiterals.required(by: regex.pattern)
                case .address: continue
                }
            case .lineFormat, .unpack, .decolorize: return literals.filter { !$0.isEmpty }
            default: continue
            }
        }
        return literals.filter { !$0.isEmpty }
    }

    /// Whether a line passes filters, where there are no other stages.
    func passes(_ line: ArraySlice<UInt8>) -> Bool {
        for case .lineFilter(let filter) in stages where !filter.passes(line) { return false }
        return true
    }

    /// Sends an entry through all stages; false where one drops it.
    func process(_ entry: inout PipelineEntry) -> Bool {
        for stage in stages where !process(stage, &entry) { return false }
        return true
    }

    private func process(_ stage: Stage, _ entry: inout PipelineEntry) -> Bool {
        switch stage {
        case .lineFilter(let filter): return filter.passes(entry.line)
        case .labelFilter(let filter): return filter.passes(&entry.labels)
        case .json, .logfmt, .pattern, .regexp, .unpack:
            entry.labels.beginStage()
            FieldParser.parse(stage, &entry)
        case .decolorize: entry.line = Decolorizer.plain(entry.line)
        case .lineFormat(let template):
            entry.line = Array(template.expand(line: entry.line, timestamp: entry.timestamp) { entry.labels[$0] }.utf8)[...]
        case .labelFormat(let assignments): format(assignments, &entry)
        case .keep(let choices):
            entry.labels.filter { label in choices.contains { $0.chooses(label) } }
        case .drop(let choices): drop(choices, &entry.labels)
        // Whoever looks at single entries refuses it, and a log query sees to it by itself.
        case .distinct: return true
        case .shape:
            entry.labels.set(ShapeStage.labelName, to: String(decoding: MessageShape.pattern(of: entry.line), as: UTF8.self))
        }
        return true
    }

    private func format(_ assignments: [LabelAssignment], _ entry: inout PipelineEntry) {
        for assignment in assignments {
            switch assignment.source {
            case .rename(let source):
                guard let value = entry.labels.value(source) else { continue }
                entry.labels.remove(source)
                entry.labels.set(assignment.name, to: value)
            case .template(let template):
                let value = template.expand(line: entry.line, timestamp: entry.timestamp) { entry.labels[$0] }
                entry.labels.set(assignment.name, to: value)
            }
        }
    }

    private func drop(_ choices: [LabelChoice], _ labels: inout EntryLabels) {
        labels.filter { label in !choices.contains { $0.chooses(label) } }
        for choice in choices where choice.name == EntryLabels.errorName || choice.name == EntryLabels.errorDetailsName {
            if choice.matcher?.matches(labels[choice.name] ?? "") ?? true { labels.remove(choice.name) }
        }
    }
}

extension LabelChoice {
    func chooses(_ label: Label) -> Bool {
        name == label.name && matcher?.matches(label.value) ?? true
    }
}

extension LineFilter {
    func passes(_ line: ArraySlice<UInt8>) -> Bool {
        conditions.contains { $0.holds(line) } != isNegated
    }
}

extension LineFilter.Condition {
    func holds(_ line: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .contains(let literal): ByteSearch.contains(literal, in: line)
        case .matches(let regex): unsafe line.withUnsafeBytes { unsafe regex.matches($0) }
        case .pattern(let pattern): pattern.matches(line)
        case .address(let matcher): matcher.isFound(in: line)
        }
    }
}

/// Takes terminal colours out of a line.
enum Decolorizer {
    static func plain(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.contains(0x1b) else { return line }
        var output: [UInt8] = []
        var index = line.startIndex
        while index < line.endIndex {
            guard line[index] == 0x1b, index + 1 < line.endIndex, line[index + 1] == UInt8(ascii: "[") else {
                output.append(line[index])
                index += 1
                continue
            }
            index += 2
            // Parameters, then one final byte.
            while index < line.endIndex, line[index] < 0x40 { index += 1 }
            index += 1
        }
        return output[...]
    }
}
