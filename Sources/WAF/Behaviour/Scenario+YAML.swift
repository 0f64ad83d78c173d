import Parsing
import Yams

/// The scenarios of a file in `alerts/waf/`. Unknown keys are refused, so that a typing error does not silence a scenario.
private struct ScenarioFile: Decodable {
    var scenarios: [Entry]?

    struct Entry: Decodable {
        var id: String
        var family: String
        var reason: String
        var events: [String]
        var rules: [String]?
        var families: [String]?
        var statuses: [Int]?
        var sending: Bool?
        var pages: Bool?
        var services: [String]?
        var by: String?
        var distinct: String?
        var relief: [String]?
        var reliefFactor: Double?
        var new: String?
        var within: String?
        var capacity: Int?
        var leak: String?
        var mute: String?
        var mode: String?
        var positive: [String]
        var negative: [String]

        private enum CodingKeys: String, CodingKey {
            case id, family, reason, events, rules, families, statuses, sending, pages, services, by, distinct, relief
            case reliefFactor = "relief-factor"
            case new, within, capacity, leak, mute, mode, positive, negative
        }
    }
}

extension Scenario {
    private static let keys: Set<String> = [
        "id", "family", "reason", "events", "rules", "families", "statuses", "sending", "pages", "services", "by", "distinct",
        "relief", "relief-factor", "new", "within", "capacity", "leak", "mute", "mode", "positive", "negative",
    ]
    /// Events that fit into a bucket at most: a bucket that counts distinct values remembers them.
    static let maximumCapacity = 100_000

    /// The scenarios of a file; none where it has only rules.
    /// - Throws: ``RuleFileError``, naming the scenario.
    package static func parse(yaml: String, file: String) throws -> [Scenario] {
        do {
            try checkKeys(yaml, file)
            let parsed = try YAMLDecoder().decode(ScenarioFile.self, from: yaml)
            return try (parsed.scenarios ?? []).map { try make($0, file) }
        } catch let error as RuleFileError {
            throw error
        } catch {
            throw RuleFileError(file: file, rule: nil, message: "\(error)")
        }
    }

    private static func checkKeys(_ yaml: String, _ file: String) throws {
        guard let scenarios = try Yams.compose(yaml: yaml)?.mapping?["scenarios"]?.sequence else { return }
        for scenario in scenarios {
            for (key, _) in scenario.mapping ?? [:] where !keys.contains(key.string ?? "") {
                throw RuleFileError(
                    file: file, rule: scenario.mapping?["id"]?.string, message: "unknown key \"\(key.string ?? "?")\"")
            }
        }
    }

    private static func make(_ entry: ScenarioFile.Entry, _ file: String) throws -> Scenario {
        func fail(_ message: String) -> RuleFileError { RuleFileError(file: file, rule: entry.id, message: message) }
        func value<Value: RawRepresentable>(_ text: String, _ what: String) throws -> Value where Value.RawValue == String {
            guard let value = Value(rawValue: text) else { throw fail("unknown \(what) \"\(text)\"") }
            return value
        }
        func duration(_ text: String?, _ what: String) throws -> Double {
            guard let seconds = text.flatMap(seconds), seconds > 0, seconds <= maximumSeconds else {
                throw fail("\(what) is a time such as 10s, 0.5s, 5m, 1h or 30d")
            }
            return seconds
        }
        func examples(_ texts: [String]) throws -> [ScenarioExample] {
            try texts.map { text in
                guard let example = ScenarioExample(text) else {
                    throw fail("\"\(text)\" is no example; one is `6 x login-failed every 1s` or `11 x GET /a{n} 404 every 1s`")
                }
                return example
            }
        }
        var filter = Filter(Set(try entry.events.map { try value($0, "event") }))
        filter.rules = Set((entry.rules ?? []).map { BehaviourEvent.hash($0.utf8) })
        filter.families = Set(try (entry.families ?? []).map { try value($0, "family") })
        filter.statuses = Set(entry.statuses ?? [])
        filter.isSending = entry.sending ?? false
        filter.isPage = entry.pages ?? false
        filter.services = Set(try (entry.services ?? []).map { try value($0, "service") })
        guard !filter.kinds.isEmpty else { throw fail("no events") }
        guard !filter.kinds.contains(.finding) || !filter.rules.isEmpty || !filter.families.isEmpty else {
            throw fail("counts findings and names no `rules` or `families`")
        }
        let novelty = try entry.new.map {
            Novelty(distinct: try value($0, "what is new"), withinSeconds: try duration(entry.within, "within"))
        }
        guard novelty == nil || entry.capacity == nil && entry.leak == nil && entry.distinct == nil else {
            throw fail("counts nothing where something is `new`: capacity, leak and distinct are of no use")
        }
        guard novelty != nil || entry.within == nil else { throw fail("within is for what is `new`") }
        let capacity = novelty == nil ? entry.capacity ?? -1 : 0
        guard (0...maximumCapacity).contains(capacity) else { throw fail("capacity is 0 to \(maximumCapacity)") }
        guard entry.distinct == nil || capacity < ScenarioEngine.maximumDistinct else {
            throw fail("capacity of a distinct count is less than \(ScenarioEngine.maximumDistinct)")
        }
        guard !entry.positive.isEmpty, !entry.negative.isEmpty else { throw fail("needs positive and negative examples") }
        var scenario = Scenario(
            entry.id, try value(entry.family, "family"), entry.reason, filter: filter,
            by: try value(entry.by ?? "address", "grouping"), distinct: try entry.distinct.map { try value($0, "distinct") },
            capacity: Double(capacity), leakSeconds: novelty == nil ? try duration(entry.leak, "leak") : 1,
            muteSeconds: Int64(try duration(entry.mute ?? "60s", "mute")), mode: try value(entry.mode ?? "act", "mode"))
        scenario.novelty = novelty
        scenario.relief = try relief(entry, filter, fail)
        scenario.positive = try examples(entry.positive)
        scenario.negative = try examples(entry.negative)
        return scenario
    }

    /// Who succeeds so often that failures are ordinary.
    private static func relief(
        _ entry: ScenarioFile.Entry, _ filter: Filter, _ fail: (String) -> RuleFileError
    ) throws -> Relief? {
        guard let names = entry.relief else {
            guard entry.reliefFactor == nil else { throw fail("relief-factor is for `relief`") }
            return nil
        }
        let kinds = try Set(
            names.map { name in
                guard let kind = BehaviourEvent.Kind(rawValue: name) else { throw fail("unknown event \"\(name)\"") }
                return kind
            })
        guard kinds.isDisjoint(with: filter.kinds) else { throw fail("an event both counts and is a relief") }
        let factor = entry.reliefFactor ?? 1
        guard factor > 0, factor <= Double(maximumCapacity) else {
            throw fail("relief-factor is more than 0, and no more than \(maximumCapacity)")
        }
        return Relief(kinds: kinds, factor: factor)
    }

    /// A year: longer times are errors of typing.
    private static let maximumSeconds = 366.0 * 86_400

    /// `10s`, `0.5s`, `5m`, `1h`, `30d`.
    static func seconds(_ text: String) -> Double? {
        guard let unit = text.last, let scale = ["s": 1.0, "m": 60, "h": 3_600, "d": 86_400][unit] else { return nil }
        return Double(text.dropLast()).map { $0 * scale }
    }
}
