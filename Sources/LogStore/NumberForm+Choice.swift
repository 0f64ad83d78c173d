extension NumberForm {
    /// The form in which all values of a column are written, and the values; nil where there is none.
    static func common(_ bytes: [UInt8], _ values: [ValueRange]) -> (form: NumberForm, numbers: [Int64])? {
        let span = bytes.span
        guard let first = values.first else { return nil }
        if address(span, first.range) != nil { return addresses(span, values) }
        guard Written(span, first.range) != nil else { return nil }
        var numbers: [Int64] = []
        var scales: [Int8] = []
        numbers.reserveCapacity(values.count)
        scales.reserveCapacity(values.count)
        var (least, most) = (Int.max, Int.min)
        // What holds of all values so far.
        var (isCanonical, isPadded, isTrimmedToOne, isTrimmedToNone) = (true, true, true, true)
        var digits = -1
        for value in values {
            guard let written = Written(span, value.range) else { return nil }
            least = min(least, written.scale)
            most = max(most, written.scale)
            isCanonical = isCanonical && !written.leadingZero
            isPadded = isPadded && (digits < 0 || digits == written.digits)
            digits = written.digits
            isTrimmedToOne = isTrimmedToOne && (written.scale == 1 || written.scale > 1 && !written.endsInZero)
            isTrimmedToNone = isTrimmedToNone && (written.scale == -1 || !written.endsInZero)
            guard isCanonical || isPadded && least == most else { return nil }
            numbers.append(written.number)
            scales.append(Int8(written.scale))
        }
        if least == most { return (.fixed(scale: max(0, most), digits: isCanonical ? 0 : digits), numbers) }
        guard isCanonical, isTrimmedToOne || isTrimmedToNone else { return nil }
        for index in numbers.indices {
            let power = TimeForm.powers[most - max(0, Int(scales[index]))]
            let (scaled, overflow) = numbers[index].multipliedReportingOverflow(by: power)
            guard !overflow else { return nil }
            numbers[index] = scaled
        }
        return (.trimmed(scale: most, least: isTrimmedToOne ? 1 : 0), numbers)
    }

    private static func addresses(_ span: Span<UInt8>, _ values: [ValueRange]) -> (form: NumberForm, numbers: [Int64])? {
        var numbers: [Int64] = []
        numbers.reserveCapacity(values.count)
        for value in values {
            guard let number = address(span, value.range) else { return nil }
            numbers.append(number)
        }
        return (.address, numbers)
    }
}
