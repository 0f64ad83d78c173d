import Parsing
import Telemetry

/// What the `pattern` parser captures in every line of one shape: the pattern is laid over the shape instead of its lines.
///
/// That is possible where each literal of the pattern is found in constant text, and the variables before it can't hold it.
struct ShapePattern {
    private enum Unit {
        case byte(UInt8)
        case variable(Int)
    }

    private let units: [Unit]
    /// The bytes that may stand in a variable's values, which need not all be known.
    private let bytes: (Int) throws -> ByteSet

    /// - Parameter texts: the constant texts, one more than there are variables.
    init(_ texts: [[UInt8]], bytes: @escaping (Int) throws -> ByteSet) {
        units = texts.enumerated().flatMap { index, text in
            text.map { Unit.byte($0) } + (index + 1 < texts.count ? [.variable(index)] : [])
        }
        self.bytes = bytes
    }

    /// The fields in all lines; nil where lines must be looked at one by one.
    func fields(_ pattern: PatternExpression) throws -> ShapeFields? {
        // A line that may be empty has no captures at all.
        guard units.contains(where: { if case .byte = $0 { true } else { false } }) else { return nil }
        var fields: [ShapeFields.Field] = []
        var position = 0
        var pending: String??
        for (index, part) in pattern.parts.enumerated() {
            switch part {
            case .capture(let name): pending = .some(name)
            case .literal(let literal):
                let place: Place
                if index == 0 {
                    place = try startsWith(literal)
                    if place == .nowhere { return ShapeFields(fields: []) }
                } else {
                    place = try find(literal, from: position)
                }
                switch place {
                case .uncertain: return nil
                case .nowhere:
                    add(pending, position..<units.count, to: &fields)
                    return ShapeFields(fields: fields)
                case .at(let start):
                    add(pending, position..<start, to: &fields)
                    position = start + literal.count
                }
                pending = nil
            }
        }
        add(pending, position..<units.count, to: &fields)
        return ShapeFields(fields: fields)
    }

    private enum Place: Equatable {
        case at(Int)
        case nowhere
        case uncertain
    }

    private func startsWith(_ literal: [UInt8]) throws -> Place {
        if isConstant(literal, at: 0) { return .at(0) }
        return try mayGoOn(literal, at: 0, from: 0) ? .uncertain : .nowhere
    }

    /// Where a literal stands first.
    private func find(_ literal: [UInt8], from start: Int) throws -> Place {
        for place in start..<max(start, units.count) {
            switch units[place] {
            case .byte:
                if isConstant(literal, at: place) { return .at(place) }
                if try mayGoOn(literal, at: place, from: 0) { return .uncertain }
            case .variable(let variable):
                let bytes = try bytes(variable)
                guard bytes.contains(literal[0]) else { continue }
                guard literal.count > 1, !bytes.contains(literal[1]) else { return .uncertain }
                // Then its first byte would be the value's last.
                if try mayGoOn(literal, at: place + 1, from: 1) { return .uncertain }
            }
        }
        return .nowhere
    }

    private func isConstant(_ literal: [UInt8], at place: Int) -> Bool {
        guard place + literal.count <= units.count else { return false }
        return literal.indices.allSatisfy { index in
            if case .byte(literal[index]) = units[place + index] { true } else { false }
        }
    }

    /// Whether some line may have the rest of a literal at a place.
    private func mayGoOn(_ literal: [UInt8], at place: Int, from index: Int) throws -> Bool {
        guard index < literal.count else { return true }
        guard place < units.count else { return false }
        switch units[place] {
        case .byte(let byte): return try byte == literal[index] && mayGoOn(literal, at: place + 1, from: index + 1)
        case .variable(let variable):
            // Its value may be empty.
            return try bytes(variable).contains(literal[index]) || mayGoOn(literal, at: place + 1, from: index)
        }
    }

    private func add(_ pending: String??, _ range: Range<Int>, to fields: inout [ShapeFields.Field]) {
        guard case .some(.some(let name)) = pending else { return }
        var pieces: [ShapeFields.Piece] = []
        var text: [UInt8] = []
        for unit in units[range] {
            switch unit {
            case .byte(let byte): text.append(byte)
            case .variable(let variable):
                if !text.isEmpty { pieces.append(.text(text)) }
                text = []
                pieces.append(.variable(variable))
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        fields.append(ShapeFields.Field(name: name, pieces: pieces))
    }
}
