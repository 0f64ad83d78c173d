/// The value of an attribute, before it becomes a label's text.
indirect enum OTLPValue {
    case null
    case string(String)
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case list([OTLPValue])
    case map([(String, OTLPValue)])

    static let tooDeep = IngestError(
        .badBody, "an attribute's value is nested more than \(OTLPMetrics.maximumDepth) levels deep")

    /// As a label holds it: a string as it is, everything else as JSON.
    var text: String {
        switch self {
        case .null: ""
        case .string(let text): text
        default: json
        }
    }

    private var json: String {
        switch self {
        case .null: "null"
        case .string(let text): OTLPValue.quoted(text)
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): OTLPValue.number(value)
        case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .map(let pairs): "{" + pairs.map { "\(OTLPValue.quoted($0.0)):\($0.1.json)" }.joined(separator: ",") + "}"
        }
    }

    /// Shortest digits, no `.0`; what JSON has no number for as its name.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
