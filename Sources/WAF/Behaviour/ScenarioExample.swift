import GeoDatabase
import Parsing
import Telemetry
import Topology

/// A series of like events that a scenario is tried with: `6 x login-failed account={n} every 1s`, `11 x GET /a{n} 404 every 1s`.
///
/// `{n}` stands for the number of the event. Events come from one address; `from={n}` has them come from as many of one network.
package struct ScenarioExample: Sendable, CustomStringConvertible {
    /// Events that one series may have.
    package static let maximumCount = 10_000

    /// As written.
    package let description: String
    private let count: Int
    private let words: [String]
    private let every: Nanoseconds

    /// Reads an example; nil where it is none.
    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 3, let count = Int(words[0]), (1...ScenarioExample.maximumCount).contains(count), words[1] == "x"
        else {
            return nil
        }
        var body = Array(words.dropFirst(2))
        var every = 0.0
        if body.count >= 2, body[body.count - 2] == "every" {
            guard let seconds = Scenario.seconds(body[body.count - 1]) else { return nil }
            every = seconds
            body.removeLast(2)
        }
        guard let first = body.first, BehaviourEvent.Kind(rawValue: first) != nil || body.count >= 3 else { return nil }
        description = text
        self.count = count
        self.words = body
        self.every = Nanoseconds(every * 1e9)
    }

    /// How often a scenario overflows by it.
    func overflows(of scenario: Scenario, _ signatures: SignatureSet) -> Int {
        var engine = ScenarioEngine([scenario])
        var inspector = Inspector(signatures: signatures)
        var overflows = 0
        for number in 0..<count {
            let time = 1_000_000_000_000 + Nanoseconds(number) * every
            forEachEvent(number, at: time, &inspector) { overflows += engine.observe($0).count }
        }
        return overflows
    }

    private func forEachEvent(
        _ number: Int, at time: Nanoseconds, _ inspector: inout Inspector, _ tell: (BehaviourEvent) -> Void
    ) {
        let words = words.map { $0.split(separator: "{n}", omittingEmptySubsequences: false).joined(separator: String(number)) }
        let options = Dictionary(
            words.compactMap { word -> (String, String)? in
                let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
                return pair.count == 2 && !pair[0].contains("/") ? (pair[0], pair[1]) : nil
            }, uniquingKeysWith: { $1 })
        guard let client = ScenarioExample.client(options["from"]) else { return }
        let origin = AddressOrigin(
            country: options["country"].flatMap(ScenarioExample.country), system: options["as"].flatMap { UInt32($0) })
        func body(_ event: BehaviourEvent) {
            var event = event
            event.origin = origin
            tell(event)
        }
        if let kind = BehaviourEvent.Kind(rawValue: words[0]) {
            var event = BehaviourEvent(kind, at: time, by: client)
            event.account = options["account"].map { BehaviourEvent.hash($0.utf8) }
            event.path = options["path"].map { BehaviourEvent.hash($0.utf8) }
            event.request = event.path
            event.isPage = options["page"] == "yes"
            event.service = options["service"].flatMap(ServiceLogRecord.Service.init)
            return body(event)
        }
        let agent = options["agent"] ?? "Mozilla/5.0"
        let version = options["version"] ?? "1.1"
        let line =
            "192.0.2.1 - - [23/Nov/2026:14:00:00 +0000] \"\(words[0]) \(words[1]) HTTP/\(version)\" \(words[2]) 1 \"-\" \"\(agent)\""
        guard let record = AccessLogParser.parse(Array(line.utf8)[...]) else { return }
        RequestEvents.forEach(of: record, inspector.judge(request: RequestText(record)), by: client, at: time, body)
    }

    /// Two letters, or the country of a number.
    private static func country(_ text: String) -> CountryCode? {
        guard let number = Int(text) else { return CountryCode(text) }
        let letters = [number / 26 % 26, number % 26].map { UInt16(0x41 + $0) }
        return CountryCode(rawValue: letters[0] << 8 | letters[1])
    }

    private static func client(_ number: String?) -> NetworkRange? {
        NetworkRange("192.0.2.\((number.flatMap { Int($0) } ?? 0) % 256)")
    }
}

/// An example of a scenario that does not hold.
package enum ScenarioExamples {
    /// How many examples there are.
    package static func count(in scenarios: [Scenario]) -> Int {
        scenarios.reduce(0) { $0 + $1.positive.count + $1.negative.count }
    }

    /// One line for each example that does not hold.
    package static func failures(of scenarios: [Scenario], signatures: SignatureSet) -> [String] {
        scenarios.flatMap { scenario in
            scenario.positive.filter { $0.overflows(of: scenario, signatures) == 0 }
                .map { "\(scenario.name): does not overflow by \($0)" }
                + scenario.negative.filter { $0.overflows(of: scenario, signatures) > 0 }
                .map { "\(scenario.name): overflows by \($0)" }
        }
    }
}
