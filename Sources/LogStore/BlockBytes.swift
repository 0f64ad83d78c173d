import Telemetry

extension BlockReader {
    private static let digits = ByteSet(Array("0123456789.".utf8))
    private static let hexadecimal = ByteSet(Array("0123456789abcdefABCDEF".utf8))
    private static let timeBytes = ByteSet(Array("0123456789 -/:.,TZ".utf8) + TimeForm.months.joined())

    /// The bytes that may stand in the values of a column: no others do. Values that are cut again are not rebuilt for it.
    func bytes(ofColumn index: Int) throws(LogStoreError) -> ByteSet {
        if let known = knownBytes[index] { return known }
        let found: ByteSet
        switch try descriptions()[index].type {
        case .numbers: found = BlockReader.digits
        case .hexadecimal: found = BlockReader.hexadecimal
        case .time: found = BlockReader.timeBytes
        case .strings(_, _, let shaped):
            var texts = ByteSet(try outline(index).bytes)
            if shaped > 0 { texts.formUnion(try bytes(ofText: shaped)) }
            found = texts
        }
        knownBytes[index] = found
        return found
    }

    private func bytes(ofText number: Int) throws(LogStoreError) -> ByteSet {
        var found = ByteSet()
        let text = try text(number)
        for shape in text.shapes { for literal in shape.literals { found.insert(contentsOf: literal) } }
        for column in text.uses.keys { found.formUnion(try bytes(ofColumn: column)) }
        return found
    }
}
