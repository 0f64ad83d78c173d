/// How a cell looks.
package struct Style: Sendable, Equatable {
    /// Colours by meaning, so that a theme can choose and a terminal without colour loses nothing but colour.
    package enum Tone: Sendable, Equatable {
        case plain, dim, good, warning, bad, accent
    }

    package var tone: Tone
    package var isBold: Bool

    package static let plain = Style(.plain)
    package static let title = Style(.accent, bold: true)

    package init(_ tone: Tone, bold: Bool = false) {
        self.tone = tone
        isBold = bold
    }

    /// The select-graphic-rendition sequence that turns it on.
    var sequence: String {
        let colour =
            switch tone {
            case .plain: "39"
            case .dim: "90"
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            case .accent: "36"
            }
        return "\u{1b}[0;\(isBold ? "1;" : "")\(colour)m"
    }
}

/// A rectangle of cells that widgets draw into; what falls outside is cut.
package struct Screen: Sendable, Equatable {
    /// One cell: a character, or nothing where a wide one before it covers it.
    package struct Cell: Sendable, Equatable {
        package var character: Character?
        package var style: Style
    }

    /// Largest side of a screen; a terminal that claims more is not believed.
    package static let maximumSide = 1000

    package let width: Int
    package let height: Int
    private var cells: [Cell]

    package init(width: Int, height: Int) {
        self.width = min(max(1, width), Screen.maximumSide)
        self.height = min(max(1, height), Screen.maximumSide)
        cells = Array(repeating: Cell(character: " ", style: .plain), count: self.width * self.height)
    }

    package subscript(column: Int, row: Int) -> Cell { cells[row * width + column] }

    /// Writes text from a cell on, at most `limit` columns wide. Control characters become blanks. Returns the columns written.
    @discardableResult
    package mutating func put(_ text: String, _ column: Int, _ row: Int, _ style: Style = .plain, limit: Int = .max) -> Int {
        guard row >= 0, row < height, column >= 0 else { return 0 }
        var at = column
        let end = min(width, limit == .max ? width : column + limit)
        for character in text {
            let visible = character.unicodeScalars.first.map { $0.value < 0x20 || $0.value == 0x7f } == true ? " " : character
            let columns = TextWidth.columns(of: visible)
            guard columns > 0 else { continue }
            guard at + columns <= end else { break }
            cells[row * width + at] = Cell(character: visible, style: style)
            if columns == 2 { cells[row * width + at + 1] = Cell(character: nil, style: style) }
            at += columns
        }
        return at - column
    }

    /// The screen as lines of text, blanks at their ends taken off.
    package var text: String {
        (0..<height).map { row in
            let line = String((0..<width).compactMap { self[$0, row].character })
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        .joined(separator: "\n")
    }

    /// What a terminal that shows `previous` must be sent to show this screen; everything where there is no previous.
    package func update(from previous: Screen?, colours: Bool) -> String {
        let known = previous.flatMap { $0.width == width && $0.height == height ? $0 : nil }
        var output = known == nil ? "\u{1b}[2J" : ""
        var style: Style?
        for row in 0..<height {
            var cursor = -1
            for column in 0..<width {
                let cell = self[column, row]
                guard let character = cell.character, known?[column, row] != cell else { continue }
                if cursor != column { output += "\u{1b}[\(row + 1);\(column + 1)H" }
                if colours, style != cell.style {
                    output += cell.style.sequence
                    style = cell.style
                }
                output.append(character)
                cursor = column + TextWidth.columns(of: character)
            }
        }
        return colours && style != nil ? output + "\u{1b}[0m" : output
    }
}
