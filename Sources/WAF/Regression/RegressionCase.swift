import Parsing
import Yams

/// One request of a suite in go-ftw's format, as the OWASP Core Rule Set keeps its tests: whether a rule is to find something in it.
///
/// It is taken as an access log in combined format records it: method, URI, version, referer and user agent. What is in a body or in
/// another header is not in the record, and an attack there cannot be found from it; such cases count all the same.
package struct RegressionCase: Sendable {
    /// The Core Rule Set's rule.
    package let rule: Int
    /// Its family, by the first three digits of the rule: 942 are SQL injections.
    package var family: Int {
        var family = rule
        while family > 999 { family /= 10 }
        return family
    }
    /// The number of the test, and of the request in it where there are several.
    package let name: String
    /// Whether the rule is to find something; else it is to find nothing.
    package let isPositive: Bool
    /// The line of the log.
    package let line: [UInt8]

    /// The cases of a file, in its order. Requests of which nothing is said to be found or not are left out.
    /// - Throws: ``RuleFileError`` where the file is of another form.
    package static func parse(yaml: String, file: String) throws -> [RegressionCase] {
        let top: Node.Mapping
        do {
            guard let mapping = try Yams.compose(yaml: yaml)?.mapping else { throw RuleFileError(file, "no mapping at the top") }
            top = mapping
        } catch let error as YamlError {
            throw RuleFileError(file, "\(error)")
        }
        guard let rule = top["rule_id"]?.int else { throw RuleFileError(file, "no rule_id") }
        guard let tests = top["tests"]?.sequence else { throw RuleFileError(file, "no tests") }
        return tests.enumerated().flatMap { index, test in
            let stages = Array(test.mapping?["stages"]?.sequence ?? [])
            let number = test.mapping?["test_id"]?.int ?? index + 1
            return stages.enumerated().compactMap { stage, node in
                make(node, rule, stages.count == 1 ? "\(number)" : "\(number).\(stage + 1)")
            }
        }
    }

    /// What the signatures say of the record.
    package func judgement(by inspector: inout Inspector) -> Judgement? {
        AccessLogParser.parse(line[...]).map { inspector.judge(request: RequestText($0)) }
    }

    private static func make(_ stage: Node, _ rule: Int, _ name: String) -> RegressionCase? {
        guard let input = stage.mapping?["input"]?.mapping, let log = stage.mapping?["output"]?.mapping?["log"]?.mapping else {
            return nil
        }
        let isPositive = !(log["expect_ids"]?.sequence?.isEmpty ?? true)
        guard isPositive || !(log["no_expect_ids"]?.sequence?.isEmpty ?? true) else { return nil }
        let request = RecordedRequest(encoded: input["encoded_request"]?.string) ?? RecordedRequest(input)
        return RegressionCase(rule: rule, name: name, isPositive: isPositive, line: request.logLine)
    }
}

extension RuleFileError {
    fileprivate init(_ file: String, _ message: String) { self.init(file: file, rule: nil, message: message) }
}

/// What of a request an access log has.
private struct RecordedRequest {
    var method: [UInt8] = Array("GET".utf8)
    var uri: [UInt8] = [UInt8(ascii: "/")]
    var version: [UInt8] = Array("HTTP/1.1".utf8)
    /// By names in lower case.
    var headers: [String: [UInt8]] = [:]

    init(_ input: Node.Mapping) {
        if let method = input["method"]?.string { self.method = Array(method.utf8) }
        if let uri = input["uri"]?.string { self.uri = Array(uri.utf8) }
        if let version = input["version"]?.string { self.version = Array(version.utf8) }
        for (name, value) in input["headers"]?.mapping ?? [:] {
            guard let name = name.string, let value = value.string else { continue }
            headers[name.lowercased()] = Array(value.utf8)
        }
    }

    /// A whole request in base64.
    init?(encoded: String?) {
        guard let encoded, let bytes = Base64Text.bytes(of: encoded.utf8) else { return nil }
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { $0.last == 0x0d ? $0.dropLast() : $0 }
        let words = lines.first?.split(separator: 0x20) ?? []
        guard words.count >= 2 else { return nil }
        method = Array(words[0])
        uri = Array(words[1..<max(2, words.count - 1)].joined(separator: [0x20]))
        version = words.count > 2 ? Array(words[words.count - 1]) : []
        for line in lines.dropFirst() {
            guard !line.isEmpty, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
            headers[String(decoding: line[..<colon], as: UTF8.self).lowercased()] = Array(
                line[(colon + 1)...].drop { $0 == 0x20 })
        }
    }

    /// As nginx writes it.
    var logLine: [UInt8] {
        var line = Array(#"192.0.2.1 - - [30/Nov/2026:00:00:01 +0000] ""#.utf8)
        line += escaped(method) + [0x20] + escaped(uri) + [0x20] + escaped(version)
        line += Array(#"" 200 512 ""#.utf8)
        line += escaped(headers["referer"] ?? [UInt8(ascii: "-")])
        line += Array(#"" ""#.utf8)
        line += escaped(headers["user-agent"] ?? [UInt8(ascii: "-")])
        return line + [UInt8(ascii: "\"")]
    }

    private func escaped(_ text: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return text.flatMap { byte -> [UInt8] in
            guard byte < 0x20 || byte > 0x7e || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { return [byte] }
            return [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
