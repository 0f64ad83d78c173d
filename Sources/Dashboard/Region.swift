/// A part of a screen, drawn into with positions of its own.
package struct Region: Sendable, Equatable {
    package var column: Int
    package var row: Int
    package var width: Int
    package var height: Int

    package init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// Writes text into the region; what does not fit is cut.
    @discardableResult
    package func put(_ text: String, _ x: Int, _ y: Int, _ style: Style = .plain, on screen: inout Screen, limit: Int? = nil)
        -> Int
    {
        guard y >= 0, y < height, x >= 0, x < width else { return 0 }
        return screen.put(text, column + x, row + y, style, limit: min(limit ?? .max, width - x))
    }

    /// Blanks all over it.
    package func clear(on screen: inout Screen) {
        for y in 0..<height { put(String(repeating: " ", count: width), 0, y, on: &screen) }
    }

    /// A frame with a title; what is inside it.
    package func frame(_ title: String, on screen: inout Screen) -> Region {
        guard width >= 4, height >= 2 else { return self }
        let line = String(repeating: "─", count: width - 2)
        put("┌" + line + "┐", 0, 0, Style(.dim), on: &screen)
        put("└" + line + "┘", 0, height - 1, Style(.dim), on: &screen)
        for y in 1..<max(1, height - 1) {
            put("│", 0, y, Style(.dim), on: &screen)
            put("│", width - 1, y, Style(.dim), on: &screen)
        }
        put(" \(title) ", 2, 0, .title, on: &screen, limit: width - 4)
        return Region(column: column + 2, row: row + 1, width: width - 4, height: height - 2)
    }

    /// Parts side by side, as wide as their shares of the whole.
    package func columns(_ shares: [Double]) -> [Region] {
        let total = shares.reduce(0, +)
        var at = 0
        return shares.enumerated().map { index, share in
            let part = index == shares.count - 1 ? width - at : Int((Double(width) * share / max(total, 0.001)).rounded())
            defer { at += part }
            return Region(column: column + at, row: row, width: min(part, max(0, width - at)), height: height)
        }
    }

    /// Parts below each other, as high as their shares of the whole.
    package func rows(_ shares: [Double]) -> [Region] {
        let total = shares.reduce(0, +)
        var at = 0
        return shares.enumerated().map { index, share in
            let part = index == shares.count - 1 ? height - at : Int((Double(height) * share / max(total, 0.001)).rounded())
            defer { at += part }
            return Region(column: column, row: row + at, width: width, height: min(part, max(0, height - at)))
        }
    }
}
