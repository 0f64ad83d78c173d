import Foundation
import TestKit

/// A case of CrowdSec's hub: a log, and what its parsers and scenarios make of it.
struct HubCase {
    /// One comparison of a field of an event.
    struct FieldAssertion {
        /// The line, counted from the log's beginning, or the event of an alert.
        let index: Int
        let stage: String
        /// `Parsed` or `Meta`.
        let scope: String
        let key: String
        let value: String
    }

    /// What a scenario's alert is said to be.
    struct Alert {
        var scenario = ""
        var eventCount: Int?
        var remediation: Bool?
        var sources: Set<String> = []
        /// Assertions on sources, each of which one of ours must hold.
        var sourceAssertions = 0
        var events: [Int: [FieldAssertion]] = [:]
    }

    let name: String
    let lines: [String]
    private(set) var fields: [FieldAssertion] = []
    /// For a line: whether a parser took it.
    private(set) var success: [Int: Bool] = [:]
    private(set) var alertCount: Int?
    private(set) var alerts: [Int: Alert] = [:]
    /// Assertions that speak of the hub's own machinery, by what they speak of.
    private(set) var leftOut: [String: Int] = [:]
    private(set) var total = 0

    init(_ name: String) throws {
        self.name = name
        let folder = try SharedMaterial.url("suites/waf/crowdsec-hub/\(name)")
        let log = try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".log") }
        guard let log else { throw CocoaError(.fileNoSuchFile) }
        lines = String(decoding: try Data(contentsOf: folder.appendingPathComponent(log)), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        func text(_ name: String) -> [String] {
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return [] }
            return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
                .filter { $0.contains("==") || $0.contains(" in results") }
        }
        for line in text("parser.assert") { takeParser(line) }
        for line in text("scenario.assert") { takeScenario(line) }
    }

    private mutating func leave(_ reason: String) { leftOut[reason, default: 0] += 1 }

    // MARK: results["s01-parse"]["crowdsecurity/nginx-logs"][0].Evt.Meta["http_path"] == "/"

    private mutating func takeParser(_ line: String) {
        total += 1
        let quoted = HubCase.strings(line)
        guard line.hasPrefix("results[\""), quoted.count >= 2 else { return leave("counts and paths of the hub's stages") }
        guard HubCase.stages.contains(quoted[0]), !line.contains("Whitelist"), !line.contains("Unmarshaled") else {
            return leave("allow lists and the hub's own forms")
        }
        guard let index = HubCase.number(after: "\"][", in: line) else { return leave("counts and paths of the hub's stages") }
        if line.contains("].Success == ") {
            if quoted[0] == "s01-parse" { success[index] = line.hasSuffix("true") } else { leave("the success of other stages") }
        } else if quoted.count == 4, let scope = ["Parsed", "Meta"].first(where: { line.contains("].Evt.\($0)[") }),
            !line.contains("[4:]")
        {
            fields.append(FieldAssertion(index: index, stage: quoted[0], scope: scope, key: quoted[2], value: quoted[3]))
        } else {
            leave("allow lists and the hub's own forms")
        }
    }

    private static let stages: Set<String> = ["s00-raw", "s01-parse", "s02-enrich"]

    /// The line that an assertion speaks of: enrichment sees only what a parser took.
    func line(of assertion: FieldAssertion) -> Int? {
        guard assertion.stage == "s02-enrich", !success.isEmpty else { return assertion.index }
        let taken = success.filter(\.value).keys.sorted()
        return assertion.index < taken.count ? taken[assertion.index] : nil
    }

    // MARK: results[0].Overflow.Alert.Events[1].GetMeta("http_path") == "/"

    private mutating func takeScenario(_ line: String) {
        total += 1
        if line.hasPrefix("len(results) == ") {
            alertCount = Int(line.dropFirst(16))
            return
        }
        guard let at = line.range(of: "results["), let index = Int(line[at.upperBound...].prefix { $0.isNumber }) else {
            return leave("counts and paths of the hub's stages")
        }
        let quoted = HubCase.strings(line)
        var alert = alerts[index] ?? Alert()
        defer { alerts[index] = alert }
        if line.contains("GetScenario()"), let name = quoted.last {
            alert.scenario = name
        } else if line.contains("GetEventsCount()") {
            alert.eventCount = line.split(separator: " ").last.flatMap { Int($0) }
        } else if line.contains("Alert.Remediation") {
            alert.remediation = line.hasSuffix("true")
        } else if line.contains("GetSources()") || line.contains("].IP ==") || line.contains("GetValue()") {
            if let source = quoted.first { alert.sources.insert(source) }
            alert.sourceAssertions += 1
        } else if line.hasPrefix("results["), quoted.count == 2, line.contains(".GetMeta(\""), !line.contains("[4:]"),
            let event = HubCase.number(after: "Events[", in: line)
        {
            alert.events[event, default: []].append(
                FieldAssertion(index: event, stage: "alert", scope: "Meta", key: quoted[0], value: quoted[1]))
        } else {
            leave("scopes, ranges and networks of the hub's alerts")
        }
    }

    private static func number(after mark: String, in line: String) -> Int? {
        line.ranges(of: mark).lazy.compactMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) }.first
    }

    /// The Go strings in a line.
    private static func strings(_ line: String) -> [String] {
        var result: [String] = []
        var current: [UInt8]?
        var bytes = Array(line.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                if let text = current { result.append(String(decoding: text, as: UTF8.self)) }
                current = current == nil ? [] : nil
            case UInt8(ascii: "\\") where current != nil:
                guard let next = bytes.popFirst() else { break }
                switch next {
                case UInt8(ascii: "n"): current?.append(0x0a)
                case UInt8(ascii: "t"): current?.append(0x09)
                default: current?.append(next)
                }
            default: current?.append(byte)
            }
        }
        return result
    }
}
