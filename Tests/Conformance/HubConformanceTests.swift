import Foundation
import Parsing
import Telemetry
import TestKit
import Testing
import Topology
import WAF

/// CrowdSec's own tests of its parsers and scenarios, for the formats that a stack has: fields as asserted, and alerts as asserted, by
/// the tables of names. What the assertions say of the hub's machinery is left out, and counted.
@Suite("CrowdSec's hub: parsed fields and scenarios", .enabled(if: SharedMaterial.isPresent, "needs ../shared"), .ownThread)
struct HubConformanceTests {
    private struct Tally {
        var total = 0
        var agreed = 0
        var compared = 0
        var leftOut: [String: Int] = [:]
        var differences: [String] = []

        mutating func check(_ holds: Bool, _ difference: @autoclosure () -> String) {
            compared += 1
            if holds { agreed += 1 } else { differences.append(difference()) }
        }

        mutating func take(_ outcome: HubFieldTable.Outcome, _ place: @autoclosure () -> String) {
            switch outcome {
            case .agrees: check(true, "")
            case .differs(let text): check(false, "\(place()): \(text)")
            case .notOurs: leftOut["the hub's set-up and cutting of lines", default: 0] += 1
            }
        }
    }

    /// Something of ours that answers to an alert.
    private struct Ours {
        let name: String
        let client: NetworkRange
        let eventCount: Int
        let bans: Bool
    }

    @Test("At least 98 % of the assertions hold, and no case is unaccounted for")
    func agreement() throws {
        var tally = Tally()
        for name in HubScenarioTable.cases {
            let hub = try HubCase(name)
            var reader = LogRecordReader()
            let lines = hub.lines.map { HubLine($0, reader: &reader) }
            tally.total += hub.total
            tally.leftOut.merge(hub.leftOut, uniquingKeysWith: +)
            compareFields(hub, lines, &tally)
            compareAlerts(hub, lines, &tally)
        }
        let left = tally.leftOut.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        print(
            "hub: \(tally.agreed) of \(tally.compared) assertions hold in \(HubScenarioTable.cases.count) cases; of \(tally.total) left out: \(left)"
        )
        let cases = HubScenarioTable.leftOut.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        print("hub: differences: \(tally.differences.prefix(20).joined(separator: "; "))")
        print("hub: \(HubScenarioTable.leftOut.count) cases of these formats not run: \(cases)")
        for (reason, names) in HubOtherProducts.cases {
            print("hub: \(names.count) cases not run, \(reason): \(names.joined(separator: ", "))")
        }
        let named = HubScenarioTable.cases + HubScenarioTable.leftOut.keys + HubOtherProducts.cases.flatMap(\.names)
        #expect(named.count == Set(named).count)
        let folders = try FileManager.default.contentsOfDirectory(
            at: SharedMaterial.url("suites/waf/crowdsec-hub"), includingPropertiesForKeys: [.isDirectoryKey]
        ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }.map(\.lastPathComponent)
        #expect(Set(named) == Set(folders), "each case is run, or left out for a reason")
        #expect(tally.compared > 7_000)
        #expect(
            Double(tally.agreed) >= 0.98 * Double(tally.compared), "\(tally.differences.prefix(120).joined(separator: "\n"))")
    }

    private func compareFields(_ hub: HubCase, _ lines: [HubLine], _ tally: inout Tally) {
        for (index, isTaken) in hub.success.sorted(by: { $0.key < $1.key }) where index < lines.count {
            // A line that the hub passes over tells of no attempt that failed; that one succeeded we may know.
            let tells = lines[index].record != nil && lines[index].attempt?.event != .loginSucceeded
            tally.check((isTaken ? lines[index].record != nil : tells) == isTaken, "\(hub.name) \(index): taken, or not")
        }
        for assertion in hub.fields {
            guard let index = hub.line(of: assertion), index < lines.count else { continue }
            tally.take(
                HubFieldTable.compare(assertion, with: lines[index]), "\(hub.name) \(assertion.stage) \(index) \(assertion.key)")
        }
    }

    private func compareAlerts(_ hub: HubCase, _ lines: [HubLine], _ tally: inout Tally) {
        guard !hub.alerts.isEmpty else { return }
        var ours = alerts(of: lines)
        let wanted = Set(hub.alerts.values.map(\.scenario))
        if let count = hub.alertCount {
            let found = ours.count { alert in wanted.contains { answers(alert.name, to: $0) } }
            tally.check(found == count, "\(hub.name): \(found) alerts, not \(count)")
        }
        for (index, alert) in hub.alerts.sorted(by: { $0.key < $1.key }) {
            let place = "\(hub.name) alert \(index) \(alert.scenario)"
            let match = ours.firstIndex { mine in
                answers(mine.name, to: alert.scenario)
                    && (alert.sources.isEmpty || alert.sources.contains { covers(mine, $0) })
            }
            tally.check(
                match != nil, "\(place): none of ours, which are \(Set(ours.map(\.name)).sorted().joined(separator: ", "))")
            let mine = match.map { ours.remove(at: $0) }
            if let count = alert.eventCount {
                tally.check(mine?.eventCount == count, "\(place): \(mine?.eventCount ?? 0) events, not \(count)")
            }
            if let remediation = alert.remediation { tally.check(mine?.bans == remediation, "\(place): remediation") }
            for _ in 0..<alert.sourceAssertions { tally.check(mine != nil, "\(place): sources") }
            compareEvents(alert, lines, place, &tally)
        }
    }

    /// Each event of an alert is one of the log's lines: the one that answers best to what is asserted of it, each line once.
    private func compareEvents(_ alert: HubCase.Alert, _ lines: [HubLine], _ place: String, _ tally: inout Tally) {
        var free = Array(lines.indices)
        for (event, assertions) in alert.events.sorted(by: { $0.key < $1.key }) {
            func agreeing(_ index: Int) -> Int {
                assertions.count { if case .agrees = HubFieldTable.compare($0, with: lines[index]) { true } else { false } }
            }
            let scores = free.map { ($0, agreeing($0)) }
            guard let best = scores.max(by: { $0.1 < $1.1 })?.0 else { return }
            free.removeAll { $0 == best }
            for assertion in assertions {
                tally.take(HubFieldTable.compare(assertion, with: lines[best]), "\(place) event \(event) \(assertion.key)")
            }
        }
    }

    /// What the ledger makes of the lines: overflows, and attacks by the rules that found them.
    private func alerts(of lines: [HubLine]) -> [Ours] {
        var ledger = AttackLedger()
        var alerts: [Ours] = []
        for line in lines {
            guard let record = line.record, let peer = line.client, let client = ClientAddress.network(of: peer) else { continue }
            guard let sighting = sighting(record, client, line.time, &ledger) else { continue }
            for overflow in sighting.overflows {
                alerts.append(
                    Ours(
                        name: overflow.scenario.name, client: group(overflow), eventCount: overflow.eventCount,
                        bans: overflow.scenario.mode != .observe))
            }
            guard sighting.isAttack else { continue }
            for finding in sighting.judgement.findings {
                alerts.append(Ours(name: "rule " + finding.rule.id, client: client, eventCount: 1, bans: true))
            }
            if !sighting.coreRules.isEmpty { alerts.append(Ours(name: "core rule", client: client, eventCount: 1, bans: true)) }
        }
        return alerts
    }

    private func sighting(
        _ record: LogRecord, _ client: NetworkRange, _ time: Nanoseconds, _ ledger: inout AttackLedger
    ) -> Sighting? {
        switch record {
        case .access(let request): ledger.take(request, by: client, at: time)
        case .service(let event): ledger.take(event, by: client, at: time)
        case .error(let entry): ledger.take(entry, by: client, at: time)
        case .audit(let transaction): ledger.take(transaction, by: client, at: time)
        case .connection, .slow: nil
        }
    }

    /// Whom an overflow speaks of: the network where buckets go by networks.
    private func group(_ overflow: ScenarioEngine.Overflow) -> NetworkRange {
        guard overflow.scenario.grouping == .network else { return overflow.client }
        return NetworkRange(overflow.client.address, length: overflow.client.address.bytes.count == 4 ? 24 : 48)
    }

    private func covers(_ alert: Ours, _ source: String) -> Bool {
        NetworkRange(source)?.overlaps(alert.client) == true
    }

    private func answers(_ name: String, to scenario: String) -> Bool {
        switch HubScenarioTable.counterparts[scenario] {
        case .scenario(let ours): name == ours
        case .rules(let rules): rules.contains { name == "rule " + $0 }
        case .coreRule: name == "core rule"
        case nil: false
        }
    }
}
