/// Names in URLs that hold what a path can't: `U__http_2e_status` is `http.status`.
enum LabelNameEscape {
    private static let prefix = "U__"

    /// Undoes the escape; a name that is not escaped, or not as it should be, is left as it is.
    static func decode(_ name: String) -> String {
        guard name.hasPrefix(prefix) else { return name }
        var rest = name.dropFirst(prefix.count)
        var decoded = ""
        while let character = rest.popFirst() {
            guard character == "_" else {
                decoded.append(character)
                continue
            }
            if rest.first == "_" {
                rest.removeFirst()
                decoded.append("_")
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard digits.endIndex < rest.endIndex, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
            else { return name }
            decoded.unicodeScalars.append(scalar)
            rest = rest[rest.index(after: digits.endIndex)...]
        }
        return decoded
    }
}
