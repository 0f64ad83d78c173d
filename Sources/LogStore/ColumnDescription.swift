/// What the directory of a block says about a column, so that a search knows without reading it whether it needs it.
struct ColumnDescription: Sendable {
    /// How values are stored.
    enum Kind: Sendable {
        /// Integers, with the smallest and the largest of them.
        case numbers(NumberForm, least: Int64, most: Int64)
        /// Identifiers of one length, two digits a byte.
        case hexadecimal(digits: Int, isUpper: Bool)
        /// Distinct texts, those that repeat first; `shapedText` is the number of the shapes that values seen once are cut into, 0 for none.
        case strings(repeated: Int, single: Int, shapedText: Int)
        /// Differences to the time of the entry.
        case time(TimeForm)
    }

    var type: Kind
    /// Values, one for each line that has the variable.
    var count: Int

    func encode(into writer: inout ByteWriter) {
        writer.count(count)
        switch type {
        case .numbers(let form, let least, let most):
            writer.byte(0)
            form.encode(into: &writer)
            writer.zigzag(least)
            writer.zigzag(most)
        case .hexadecimal(let digits, let isUpper):
            writer.byte(1)
            writer.count(digits)
            writer.byte(isUpper ? 1 : 0)
        case .strings(let repeated, let single, let shapedText):
            writer.byte(2)
            writer.count(repeated)
            writer.count(single)
            writer.count(shapedText)
        case .time(let form):
            writer.byte(3)
            writer.byte(form.code)
        }
    }

    init(type: Kind, count: Int) {
        self.type = type
        self.count = count
    }

    init(from reader: inout ByteReader) throws(LogStoreError) {
        count = try reader.count(limit: BlockFormat.maximumRows)
        switch try reader.byte() {
        case 0:
            type = .numbers(try NumberForm(from: &reader), least: try reader.zigzag(), most: try reader.zigzag())
        case 1:
            let digits = try reader.count(limit: ColumnEncoder.maximumHexadecimalDigits)
            type = .hexadecimal(digits: digits, isUpper: try reader.byte() == 1)
        case 2:
            type = .strings(
                repeated: try reader.count(limit: count), single: try reader.count(limit: count),
                shapedText: try reader.count(limit: BlockFormat.maximumColumns))
        case 3:
            type = .time(try TimeForm(code: try reader.byte()))
        case let kind:
            throw .corrupt("column of unknown type \(kind)")
        }
    }
}
