/// The rows of a list that a region shows: around the cursor, where the list has it.
struct ListWindow {
    let rows: Range<Int>
    private let cursor: Int?

    init(_ count: Int, in height: Int, _ state: PageState, _ kind: Page.Widget.Kind) {
        let row = state.row(kind, of: count)
        cursor = state.focus == kind && count > 0 ? row : nil
        let height = max(0, height)
        let first = max(0, min(row - height + 1, count - height))
        rows = first..<min(count, first + height)
    }

    /// Marks the cursor's row; the columns that takes.
    func mark(_ index: Int, _ y: Int, _ region: Region, _ screen: inout Screen) -> Int {
        region.put(index == cursor ? "▸ " : "  ", 0, y, Style(.accent, bold: true), on: &screen)
        return 2
    }
}

/// Texts of a width.
enum Columns {
    /// Cut or filled up at its end, at least one blank behind it.
    static func left(_ text: String, _ width: Int) -> String {
        var cut = text
        while TextWidth.columns(of: cut) >= width, !cut.isEmpty { cut.removeLast() }
        return cut + String(repeating: " ", count: max(0, width - TextWidth.columns(of: cut)))
    }

    /// Filled up at its beginning.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - TextWidth.columns(of: text))) + text
    }
}
