import PromQL
import Telemetry
import Yams

/// Reads Prometheus rule files, and says of each mistake in which file and line it is.
package enum RuleFile {
    /// Longest file.
    package static let maximumBytes = 4 << 20
    /// Most rules a file may have.
    package static let maximumRules = 10_000

    /// - Throws: one error that names every mistake, a line each.
    package static func parse(_ text: String, file: String) throws(AlertingError) -> [RuleGroup] {
        guard text.utf8.count <= maximumBytes else {
            throw AlertingError(.invalidRules, "\(file):1: the file is longer than \(maximumBytes) bytes; split it")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw AlertingError(.invalidRules, "\(file): no YAML: \(error)")
        }
        var reader = RuleFileReader(file: file)
        let groups = root.map { reader.groups($0) } ?? []
        guard reader.problems.isEmpty else {
            throw AlertingError(.invalidRules, reader.problems.joined(separator: "\n"))
        }
        return groups
    }
}

/// Walks the nodes of a rule file and collects what is wrong with them.
private struct RuleFileReader {
    let file: String
    var problems: [String] = []
    private var ruleCount = 0

    init(file: String) { self.file = file }

    mutating func groups(_ root: Node) -> [RuleGroup] {
        let keys = mapping(root, "the file", allowed: ["groups"])
        guard let list = keys["groups"] else { return [] }
        guard let sequence = list.sequence else { return report(list, "`groups` must be a list", []) }
        var names: Set<String> = []
        return sequence.map { node in
            let group = self.group(node)
            if !names.insert(group.name).inserted { report(node, "a second group is called \"\(group.name)\"", ()) }
            return group
        }
    }

    private mutating func group(_ node: Node) -> RuleGroup {
        let keys = mapping(node, "a group", allowed: ["name", "interval", "rules", "limit", "labels", "query_offset"])
        for unsupported in ["limit", "labels", "query_offset"] {
            if let node = keys[unsupported] { report(node, "`\(unsupported)` of a group is not supported; remove it", ()) }
        }
        let name = keys["name"].map { text($0, "name") } ?? report(node, "a group needs a `name`", "")
        let interval = keys["interval"].map { duration($0, "interval") }
        if interval == 0, let node = keys["interval"] { report(node, "`interval` must be longer than 0", ()) }
        guard let rules = keys["rules"] else {
            return RuleGroup(name: name, file: file, interval: interval, rules: report(node, "a group needs `rules`", []))
        }
        guard let sequence = rules.sequence else {
            return RuleGroup(name: name, file: file, interval: interval, rules: report(rules, "`rules` must be a list", []))
        }
        return RuleGroup(name: name, file: file, interval: interval, rules: sequence.compactMap { rule($0) })
    }

    private mutating func rule(_ node: Node) -> Rule? {
        ruleCount += 1
        guard ruleCount <= RuleFile.maximumRules else {
            if ruleCount == RuleFile.maximumRules + 1 { report(node, "more than \(RuleFile.maximumRules) rules", ()) }
            return nil
        }
        let allowed = ["alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"]
        let keys = mapping(node, "a rule", allowed: allowed)
        guard (keys["alert"] == nil) != (keys["record"] == nil) else {
            return report(node, "a rule needs either `alert` or `record`", nil)
        }
        let isAlert = keys["alert"] != nil
        guard let nameNode = keys["alert"] ?? keys["record"], let expressionNode = keys["expr"] else {
            return report(node, "a rule needs an `expr`", nil)
        }
        let name = text(nameNode, isAlert ? "alert" : "record")
        if name.isEmpty { report(nameNode, "the rule's name is empty", ()) }
        if !isAlert {
            for key in ["for", "keep_firing_for", "annotations"] where keys[key] != nil {
                report(keys[key] ?? node, "`\(key)` belongs to alerts, and \"\(name)\" is a recording rule", ())
            }
            if !isMetricName(name) { report(nameNode, "\"\(name)\" is no metric name", ()) }
        }
        let expression = text(expressionNode, "expr")
        do {
            _ = try PromQLParser.parse(expression)
        } catch {
            report(expressionNode, "`expr` of \"\(name)\": \(error)", ())
        }
        return Rule(
            kind: isAlert ? .alert : .record, name: name, expression: expression,
            holdFor: keys["for"].map { duration($0, "for") } ?? 0,
            keepFiringFor: keys["keep_firing_for"].map { duration($0, "keep_firing_for") } ?? 0,
            labels: templates(keys["labels"], "labels"), annotations: templates(keys["annotations"], "annotations"),
            line: node.mark?.line ?? 0)
    }

    private mutating func templates(_ node: Node?, _ what: String) -> [String: Template] {
        guard let node else { return [:] }
        guard let mapping = node.mapping else { return report(node, "`\(what)` must be a map of texts", [:]) }
        var templates: [String: Template] = [:]
        for (key, value) in mapping {
            let name = text(key, what)
            do {
                templates[name] = try Template(text(value, "\(what).\(name)"))
            } catch {
                report(value, "`\(what).\(name)`: \(error)", ())
            }
            if what == "labels", name == "alertname" || name == "__name__" || !isMetricName(name) || name.contains(":") {
                report(key, "\"\(name)\" can't be set as a label", ())
            }
        }
        return templates
    }

    private mutating func mapping(_ node: Node, _ what: String, allowed: [String]) -> [String: Node] {
        guard let mapping = node.mapping else {
            return report(node, "\(what) must be a map of \(allowed.joined(separator: ", "))", [:])
        }
        var keys: [String: Node] = [:]
        for (key, value) in mapping {
            let name = key.string ?? ""
            if !allowed.contains(name) {
                report(key, "\(what) has no key \"\(name)\"; it has \(allowed.joined(separator: ", "))", ())
            }
            keys[name] = value
        }
        return keys
    }

    private mutating func text(_ node: Node, _ what: String) -> String {
        node.scalar?.string ?? report(node, "`\(what)` must be a text", "")
    }

    private mutating func duration(_ node: Node, _ what: String) -> Milliseconds {
        let text = text(node, what)
        do {
            return try PromQLParser.parseDuration(text)
        } catch {
            return report(node, "`\(what)`: \(error.message)", 0)
        }
    }

    private func isMetricName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (48...58).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
        }
    }

    private mutating func report<Value>(_ node: Node, _ message: String, _ value: Value) -> Value {
        problems.append("\(file):\(node.mark?.line ?? 0): \(message)")
        return value
    }
}
