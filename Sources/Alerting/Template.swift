package import Telemetry

/// Text with places to fill in: `{{ $labels.role }} is at {{ $value | humanizePercentage }}`.
///
/// The part of Prometheus' templates that annotations are made of: `$labels.NAME`, `$value`, texts in quotes, and the functions
/// `humanize`, `humanize1024`, `humanizePercentage`, `humanizeDuration`, `toUpper`, `toLower` and `printf` with `%s`, `%v`, `%d`,
/// `%f`, `%.Nf`, `%g`. Anything else is an error when the rule is read, never when it fires.
package struct Template: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text(String)
        case pipeline(Operand, [Function])
    }

    private enum Operand: Sendable, Equatable {
        case label(String)
        case value
        case literal(String)
    }

    private enum Function: Sendable, Equatable {
        case humanize, humanize1024, percentage, duration, upper, lower
        case printf(String)
    }

    private enum Content {
        case number(Double)
        case text(String)
    }

    /// As it was written.
    package let source: String
    private let parts: [Part]

    package init(_ source: String) throws(AlertingError) {
        self.source = source
        var parts: [Part] = []
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw AlertingError(.invalidTemplate, "\"{{\" without \"}}\"")
            }
            parts.append(try Template.pipeline(String(rest[open.upperBound..<close.lowerBound])))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// The text for an element of a rule's result.
    package func expand(labels: Labels, value: Double) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .pipeline(let operand, let functions):
                Template.render(
                    functions.reduce(Template.content(of: operand, labels, value)) { Template.apply($1, to: $0) })
            }
        }
        .joined()
    }

    private static func pipeline(_ text: String) throws(AlertingError) -> Part {
        var words = try words(text)
        var functions: [Function] = []
        var operand: Operand?
        if words.first == "printf" {
            // `printf "%.2f" $value` is `$value | printf "%.2f"`.
            guard words.count >= 3 else { throw invalid(text) }
            functions.append(.printf(try literal(words[1], text)))
            operand = try self.operand(words[2], text)
            words.removeFirst(3)
        } else if let first = words.first, words.count >= 2, let function = named(first), words[1] != "|" {
            functions.append(function)
            operand = try self.operand(words[1], text)
            words.removeFirst(2)
        } else if let first = words.first {
            operand = try self.operand(first, text)
            words.removeFirst()
        }
        guard let operand else { throw invalid(text) }
        while !words.isEmpty {
            guard words.removeFirst() == "|", let name = words.first else { throw invalid(text) }
            words.removeFirst()
            if name == "printf" {
                guard let format = words.first else { throw invalid(text) }
                words.removeFirst()
                functions.append(.printf(try literal(format, text)))
            } else {
                guard let function = named(name) else { throw invalid(text) }
                functions.append(function)
            }
        }
        return .pipeline(operand, functions)
    }

    private static func words(_ text: String) throws(AlertingError) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                word.append(character)
                isQuoted.toggle()
            } else if !isQuoted, character == "|" || character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
                if character == "|" { words.append("|") }
            } else {
                word.append(character)
            }
        }
        if isQuoted { throw invalid(text) }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func operand(_ word: String, _ text: String) throws(AlertingError) -> Operand {
        if word == "$value" || word == ".Value" { return .value }
        for prefix in ["$labels.", ".Labels."] where word.hasPrefix(prefix) && word.count > prefix.count {
            return .label(String(word.dropFirst(prefix.count)))
        }
        return .literal(try literal(word, text))
    }

    private static func literal(_ word: String, _ text: String) throws(AlertingError) -> String {
        guard word.count >= 2, word.hasPrefix("\""), word.hasSuffix("\"") else { throw invalid(text) }
        return String(word.dropFirst().dropLast())
    }

    private static func named(_ name: String) -> Function? {
        switch name {
        case "humanize": .humanize
        case "humanize1024": .humanize1024
        case "humanizePercentage": .percentage
        case "humanizeDuration": .duration
        case "toUpper": .upper
        case "toLower": .lower
        default: nil
        }
    }

    private static func invalid(_ text: String) -> AlertingError {
        AlertingError(
            .invalidTemplate,
            "{{\(text)}} is not understood; write {{ $labels.NAME }}, {{ $value }} or {{ $value | humanize }} and its kin")
    }

    private static func content(of operand: Operand, _ labels: Labels, _ value: Double) -> Content {
        switch operand {
        case .label(let name): .text(labels[name] ?? "")
        case .value: .number(value)
        case .literal(let text): .text(text)
        }
    }

    private static func apply(_ function: Function, to content: Content) -> Content {
        let number: Double? =
            switch content {
            case .number(let number): number
            case .text(let text): Double(text)
            }
        let text = render(content)
        switch function {
        case .upper: return .text(text.uppercased())
        case .lower: return .text(text.lowercased())
        case .printf(let format): return .text(NumberFormat.printf(format, text: text, number: number))
        case .humanize: return .text(number.map { NumberFormat.humanize($0) } ?? text)
        case .humanize1024: return .text(number.map { NumberFormat.humanize1024($0) } ?? text)
        case .percentage: return .text(number.map { NumberFormat.general($0 * 100) + "%" } ?? text)
        case .duration: return .text(number.map(NumberFormat.duration) ?? text)
        }
    }

    private static func render(_ content: Content) -> String {
        switch content {
        case .text(let text): text
        case .number(let number): NumberFormat.plain(number)
        }
    }
}
