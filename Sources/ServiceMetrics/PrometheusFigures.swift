/// Reads the text that exporters answer, as much of it as numbers need.
enum PrometheusFigures {
    /// Figures whose name is wanted; a line that is not understood is left out.
    static func parse(_ text: String, wanted: (Substring) -> Bool) -> [ServiceFigure] {
        var found: [ServiceFigure] = []
        for line in text.utf8.split(separator: 10) {
            let line = Substring(line)
            guard line.first != "#" else { continue }
            let name = line.prefix { $0 != "{" && $0 != " " }
            guard !name.isEmpty, wanted(name) else { continue }
            var rest = line[name.endIndex...]
            var labels: [String: String] = [:]
            if rest.first == "{" {
                guard let (read, end) = labelsAndRest(rest.dropFirst()) else { continue }
                (labels, rest) = (read, end)
            }
            guard let value = rest.split(separator: " ").first.flatMap({ Double($0) }) else { continue }
            found.append(ServiceFigure(name: String(name), value: value, labels: labels))
        }
        return found
    }

    private static func labelsAndRest(_ text: Substring) -> ([String: String], Substring)? {
        var labels: [String: String] = [:]
        var rest = text
        while true {
            rest = rest.drop { $0 == "," || $0 == " " }
            if rest.first == "}" { return (labels, rest.dropFirst()) }
            let name = rest.prefix { $0 != "=" }
            rest = rest[name.endIndex...].dropFirst()
            guard rest.first == "\"" else { return nil }
            rest = rest.dropFirst()
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                if character == "\\", let next = rest.popFirst() {
                    value.append(next == "n" ? "\n" : next)
                } else {
                    value.append(character)
                }
                if rest.isEmpty { return nil }
            }
            labels[String(name)] = value
        }
    }
}
