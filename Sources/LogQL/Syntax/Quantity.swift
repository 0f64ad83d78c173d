/// Durations and sizes, as queries write them and as labels hold them.
enum Quantity {
    /// A value of a label that is no quantity, in the words of Go's library, which users of Loki know.
    struct Malformed: Error {
        var message: String
    }

    private static let durationUnits: [(text: [UInt8], nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9), ("d", 86_400e9),
        ("w", 604_800e9), ("y", 31_536_000e9),
    ].map { (Array($0.0.utf8), $0.1) }

    private static let sizeUnits: [String: Double] = [
        "B": 1, "KB": 1e3, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15, "EB": 1e18,
        "KiB": 1_024, "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776, "PiB": 1_125_899_906_842_624,
        "EiB": 1_152_921_504_606_846_976,
    ]

    private static let looseSizeUnits: [String: Double] = {
        var units: [String: Double] = ["": 1]
        for (name, scale) in sizeUnits {
            units[name.lowercased()] = scale
            units[String(name.lowercased().dropLast())] = scale
        }
        return units
    }()

    /// How many bytes a unit of a query's literal stands for.
    static func byteUnit(_ text: String) -> Double? { sizeUnits[text] }

    /// The longest duration that `text` begins with, and where it ends; nil where it begins with none.
    static func duration(_ text: ArraySlice<UInt8>) -> (nanoseconds: Int64, end: Int)? {
        var total = 0.0
        var index = text.startIndex
        var end: Int?
        while index < text.endIndex {
            let digits = text[index...].prefix { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }
            guard !digits.isEmpty, let value = Double(String(decoding: digits, as: UTF8.self)) else { break }
            let rest = text[digits.endIndex...]
            guard let unit = durationUnits.filter({ rest.starts(with: $0.text) }).max(by: { $0.text.count < $1.text.count })
            else { break }
            total += value * unit.nanoseconds
            index = digits.endIndex + unit.text.count
            end = index
        }
        guard let end, total < 9.2e18 else { return nil }
        return (Int64(total.rounded()), end)
    }

    /// The nanoseconds that a label's value stands for; days and longer are not accepted, as in Loki.
    static func labelDuration(_ value: String) throws(Malformed) -> Double {
        let bytes = Array(value.utf8)
        let unsigned = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes[1...] : bytes[...]
        let sign = bytes.first == UInt8(ascii: "-") ? -1.0 : 1.0
        if unsigned.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        if let (nanoseconds, end) = duration(unsigned), end == unsigned.endIndex,
            !unsigned.contains(where: { [UInt8(ascii: "d"), UInt8(ascii: "w"), UInt8(ascii: "y")].contains($0) })
        {
            return sign * Double(nanoseconds)
        }
        if !unsigned.isEmpty, unsigned.allSatisfy({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }) {
            throw Malformed(message: "time: missing unit in duration \"\(value)\"")
        }
        throw Malformed(message: "time: invalid duration \"\(value)\"")
    }

    /// The bytes that a label's value stands for; case does not matter, commas group digits, fractions of a byte are cut.
    static func labelBytes(_ value: String) throws(Malformed) -> Double {
        let digits = value.utf8.prefix { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        let number = String(decoding: digits.filter { $0 != UInt8(ascii: ",") }, as: UTF8.self)
        guard let amount = Double(number) else {
            throw Malformed(message: "strconv.ParseFloat: parsing \"\(number)\": invalid syntax")
        }
        let unit = String(decoding: value.utf8.dropFirst(digits.count), as: UTF8.self)
        let name = String(unit.drop { $0 == " " }).lowercased()
        guard let scale = looseSizeUnits[name] else { throw Malformed(message: "unhandled size name: \(name)") }
        return (amount * scale).rounded(.towardZero)
    }

    /// The number that a label's value stands for.
    static func labelNumber(_ value: String) throws(Malformed) -> Double {
        guard let number = Double(value) else {
            throw Malformed(message: "strconv.ParseFloat: parsing \"\(value)\": invalid syntax")
        }
        return number
    }
}
