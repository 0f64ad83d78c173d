/// Writes the values of one column in the cheapest of the types that keep every byte.
///
/// ```
/// 0 integer     scale (digits after the point) | digits each is padded to, 0 for none | integers
/// 1 hexadecimal digits a value | two digits a byte
/// 2 dictionary  count | (length, bytes)... | ids as integers, 0 for a value seen once | lengths as integers, bytes of those
/// 3 text        lengths as integers | bytes
/// ```
struct ColumnEncoder {
    static let integer: UInt8 = 0
    static let hexadecimal: UInt8 = 1
    static let dictionary: UInt8 = 2
    static let text: UInt8 = 3

    /// Most different values a column with a dictionary may have.
    static let maximumDictionary = 1 << 16

    let bytes: [UInt8]
    let values: [Range<Int>]

    /// The encoded column. Hashes of its words are put into `words`.
    func encode(words: inout Set<UInt64>) -> [UInt8] {
        let number = encodeNumber()
        let distinct = distinctValues(limit: number == nil ? ColumnEncoder.maximumDictionary : 256)
        if let distinct {
            let encoded = encodeDictionary(distinct)
            if let number, number.count <= encoded.count { return number }
            if let packed = encodeHexadecimal(smallerThan: encoded.count) {
                addWords(of: values, to: &words)
                return packed
            }
            addWords(of: distinct.values, to: &words)
            return encoded
        }
        if let number { return number }
        addWords(of: values, to: &words)
        return encodeHexadecimal(smallerThan: .max) ?? encodeText()
    }

    private func addWords(of values: [Range<Int>], to words: inout Set<UInt64>) {
        for value in values { Words.forEachHash(bytes[value]) { words.insert($0) } }
    }

    private func encodeNumber() -> [UInt8]? {
        guard let first = values.first, let form = NumberForm(bytes, first) else { return nil }
        var numbers: [Int64] = []
        numbers.reserveCapacity(values.count)
        var canonical = true
        var padded = true
        for value in values {
            guard let number = form.parse(bytes, value) else { return nil }
            canonical = canonical && form.isCanonical(bytes, value)
            padded = padded && value.count == first.count
            guard canonical || padded else { return nil }
            numbers.append(number)
        }
        var writer = ByteWriter()
        writer.byte(ColumnEncoder.integer)
        writer.byte(UInt8(form.scale))
        writer.byte(canonical ? 0 : UInt8(first.count - (form.scale > 0 ? 1 : 0)))
        IntegerColumn.encode(numbers, into: &writer)
        return writer.bytes
    }

    private func encodeHexadecimal(smallerThan limit: Int) -> [UInt8]? {
        guard let digits = values.first?.count, digits >= 8, digits % 2 == 0, digits < 1 << 16 else { return nil }
        guard values.count * digits / 2 < limit else { return nil }
        var writer = ByteWriter()
        writer.byte(ColumnEncoder.hexadecimal)
        writer.count(digits)
        for value in values {
            guard value.count == digits else { return nil }
            var index = value.lowerBound
            while index < value.upperBound {
                let high = ColumnEncoder.nibble(bytes[index])
                let low = ColumnEncoder.nibble(bytes[index + 1])
                guard high | low < 16 else { return nil }
                writer.byte(high << 4 | low)
                index += 2
            }
        }
        return writer.bytes
    }

    private static func nibble(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: 0xff
        }
    }

    /// Different values in the order of appearance, which of them each row has, and how often each appears.
    private struct Distinct {
        var values: [Range<Int>] = []
        var ids: [Int] = []
        var counts: [Int] = []
    }

    private func distinctValues(limit: Int) -> Distinct? {
        var indexes: [UInt64: Int] = [:]
        var distinct = Distinct()
        distinct.ids.reserveCapacity(values.count)
        for value in values {
            let hash = Words.hash(bytes[value])
            if let index = indexes[hash] {
                // Two values of one hash: rare enough to give the dictionary up.
                guard bytes[distinct.values[index]].elementsEqual(bytes[value]) else { return nil }
                distinct.ids.append(index)
                distinct.counts[index] += 1
                continue
            }
            guard distinct.values.count < limit else { return nil }
            indexes[hash] = distinct.values.count
            distinct.ids.append(distinct.values.count)
            distinct.values.append(value)
            distinct.counts.append(1)
        }
        return distinct
    }

    /// Only what repeats goes into the dictionary; what was seen once would cost an id and gain nothing.
    private func encodeDictionary(_ distinct: Distinct) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(ColumnEncoder.dictionary)
        var ids = [Int64](repeating: 0, count: distinct.values.count)
        // In order, so that values with a common start stand side by side and compress.
        let repeated = distinct.values.indices.filter { distinct.counts[$0] > 1 }
            .sorted { bytes[distinct.values[$0]].lexicographicallyPrecedes(bytes[distinct.values[$1]]) }
        writer.count(repeated.count)
        for (id, index) in repeated.enumerated() {
            ids[index] = Int64(id + 1)
            writer.string(bytes[distinct.values[index]])
        }
        IntegerColumn.encode(distinct.ids.map { ids[$0] }, into: &writer)
        let single = distinct.values.indices.filter { distinct.counts[$0] == 1 }.map { distinct.values[$0] }
        IntegerColumn.encode(single.map { Int64($0.count) }, into: &writer)
        for value in single { writer.bytes.append(contentsOf: bytes[value]) }
        return writer.bytes
    }

    private func encodeText() -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(ColumnEncoder.text)
        IntegerColumn.encode(values.map { Int64($0.count) }, into: &writer)
        for value in values { writer.bytes.append(contentsOf: bytes[value]) }
        return writer.bytes
    }
}
