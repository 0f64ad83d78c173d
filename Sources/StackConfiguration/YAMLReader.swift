import Yams

/// Collects the problems of one file while it is read, so that all are told at once.
final class ProblemList {
    let file: String
    var problems: [ConfigurationError.Problem] = []

    init(file: String) {
        self.file = file
    }

    func add(_ key: String, line: Int, _ message: String) {
        problems.append(.init(file: file, line: line, key: key.isEmpty ? "(top)" : key, message: message))
    }
}

/// One mapping of the file, read key by key. A key asked for is a key known; what was never asked for is reported by ``finish()``.
final class YAMLReader {
    private let path: String
    private let line: Int
    private let problems: ProblemList
    private var values: [String: Node] = [:]
    private var asked: [String] = []

    init(_ node: Node, path: String, problems: ProblemList) {
        self.path = path
        self.problems = problems
        line = node.mark?.line ?? 1
        guard let mapping = node.mapping else {
            if node.scalar?.string.isEmpty != true { problems.add(path, line: line, "expected keys and values") }
            return
        }
        for (key, value) in mapping {
            guard let name = key.string else {
                problems.add(path, line: key.mark?.line ?? line, "a key must be text")
                continue
            }
            values[name] = value
        }
    }

    var keys: [String] { values.keys.sorted { line(of: $0) < line(of: $1) } }

    func has(_ key: String) -> Bool { values[key] != nil }
    func isMapping(_ key: String) -> Bool { values[key]?.mapping != nil }

    func fail(_ key: String, _ message: String) {
        problems.add(full(key), line: line(of: key), message)
    }

    func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.scalar?.string else {
            fail(key, "expected text")
            return nil
        }
        return text
    }

    func requiredString(_ key: String) -> String {
        if !has(key) { problems.add(full(key), line: line, "is missing") }
        return string(key) ?? ""
    }

    func number(_ key: String) -> Double? {
        parsed(key, expected: "a number") { Double($0) }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        parsed(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func boolean(_ key: String) -> Bool? {
        parsed(key, expected: "true or false") { ["true": true, "yes": true, "false": false, "no": false][$0.lowercased()] }
    }

    /// Seconds from `500ms`, `15s`, `5m`, `1h`, `14d` or several of them in a row.
    func duration(_ key: String) -> Double? {
        parsed(key, expected: "a duration such as 500ms, 15s, 5m, 1h or 14d", Units.seconds)
    }

    func durations(_ key: String) -> [Double]? {
        guard let texts = strings(key) else { return nil }
        return texts.compactMap { text in
            if let seconds = Units.seconds(text) { return seconds }
            fail(key, "\"\(text)\" is not a duration such as 30s or 5m")
            return nil
        }
    }

    /// Bytes from `128MiB`, `1GiB`, `500k`, `1048576`.
    func byteCount(_ key: String) -> Int64? {
        parsed(key, expected: "an amount such as 128MiB or 2GiB", Units.bytes)
    }

    func strings(_ key: String) -> [String]? {
        guard let node = node(key) else { return nil }
        if let text = node.scalar?.string { return text.isEmpty ? [] : [text] }
        guard let items = node.sequence else {
            fail(key, "expected a list")
            return nil
        }
        return items.compactMap { item in
            if let text = item.scalar?.string { return text }
            fail(key, "expected a list of texts")
            return nil
        }
    }

    func stringMap(_ key: String) -> [String: String] {
        guard let reader = mapping(key) else { return [:] }
        var map: [String: String] = [:]
        for name in reader.keys { map[name] = reader.string(name) }
        return map
    }

    func mapping(_ key: String) -> YAMLReader? {
        node(key).map { YAMLReader($0, path: full(key), problems: problems) }
    }

    func mappings(_ key: String) -> [YAMLReader] {
        guard let node = node(key) else { return [] }
        guard let items = node.sequence else {
            if node.scalar?.string.isEmpty != true { fail(key, "expected a list") }
            return []
        }
        return items.enumerated().map { YAMLReader($0.element, path: "\(full(key))[\($0.offset)]", problems: problems) }
    }

    /// Reports the keys that nobody asked for, with the nearest one that exists.
    func finish() {
        for key in values.keys.sorted() where !asked.contains(key) {
            let near = asked.min { Units.distance($0, key) < Units.distance($1, key) }
            let hint = near.map { Units.distance($0, key) <= 3 ? "; did you mean \"\($0)\"?" : "" } ?? ""
            fail(key, "unknown key\(hint)")
        }
    }

    private func parsed<Value>(_ key: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = string(key) else { return nil }
        guard let value = parse(text) else {
            fail(key, "\"\(text)\" is not \(expected)")
            return nil
        }
        return value
    }

    private func node(_ key: String) -> Node? {
        if !asked.contains(key) { asked.append(key) }
        return values[key]
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    private func line(of key: String) -> Int { values[key]?.mark?.line ?? line }
}
