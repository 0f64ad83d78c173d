import Foundation
import Parsing
import Telemetry
import TestKit
import Testing
import Topology
import WAF

/// Detection and parsing against third-party material. Each test prints its counts and holds them to the bars that the documentation names.
@Suite("WAF against third-party material", .enabled(if: SharedMaterial.isPresent, "needs ../shared"), .ownThread)
struct WAFConformanceTests {
    private func lines(_ path: String) throws -> [String] {
        try String(decoding: Data(contentsOf: SharedMaterial.url("suites/waf/\(path)")), as: UTF8.self)
            .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    }

    private func attacks(in values: [String]) -> Int {
        var inspector = Inspector(signatures: .shipped)
        return values.count { inspector.judge(parameter: Array($0.utf8)).isAttack }
    }

    /// Rows of a CSV file of quoted fields.
    private func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var last: UInt8 = 0
        for byte in text.utf8 {
            defer { last = byte }
            switch byte {
            case UInt8(ascii: "\""):
                // A doubled quote within quotes is one.
                if !isQuoted, last == byte, !field.isEmpty { field.append(byte) }
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
                row.append(String(decoding: field, as: UTF8.self))
                field = []
                if byte == UInt8(ascii: "\n") {
                    rows.append(row)
                    row = []
                }
            default: field.append(byte)
            }
        }
        return rows
    }

    @Test("Labelled parameter values: at least 99 % of attacks and 95 % of each family, at most 0.1 % of normal values")
    func parameters() throws {
        let text = String(
            decoding: try Data(contentsOf: SharedMaterial.url("suites/waf/httpparams/payload_train.csv")), as: UTF8.self)
        var families: [String: (found: Int, all: Int)] = [:]
        for (family, rows) in Dictionary(grouping: rows(text).dropFirst().filter { $0.count == 4 }, by: { $0[2] }) {
            families[family] = (attacks(in: rows.map { $0[0] }), rows.count)
        }
        print(
            "httpparams: \(families.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.found) of \($0.value.all)" }.joined(separator: ", "))"
        )
        let hostile = families.filter { $0.key != "norm" }
        let found = hostile.values.reduce(0) { $0 + $1.found }
        let all = hostile.values.reduce(0) { $0 + $1.all }
        #expect(all > 7_000)
        #expect(Double(found) >= 0.99 * Double(all))
        for (family, counts) in hostile { #expect(Double(counts.found) >= 0.95 * Double(counts.all), "\(family)") }
        let norm = try #require(families["norm"])
        #expect(Double(norm.found) <= 0.001 * Double(norm.all))
    }

    @Test("Texts that only look hostile: at most 4 % flagged")
    func falsePositives() throws {
        let values = try lines("libinjection/data/false_positives.txt")
        let flagged = attacks(in: values)
        print("libinjection false positives: \(flagged) of \(values.count) flagged")
        #expect(Double(flagged) <= 0.04 * Double(values.count))
    }

    @Test("Payload lists: at least 97 %", arguments: ["sqli", "xss"])
    func payloads(kind: String) throws {
        let folder = try SharedMaterial.url("suites/waf/libinjection/data")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(kind) }
        let values = try names.flatMap { try lines("libinjection/data/\($0)") }
        let found = attacks(in: values)
        print("libinjection \(kind): \(found) of \(values.count)")
        #expect(values.count > 1_000)
        #expect(Double(found) >= 0.97 * Double(values.count))
    }

    @Test("Ordinary access logs: at most 0.05 % of lines are called attacks, and every line parses")
    func accessLog() throws {
        var ledger = AttackLedger()
        for line in try lines("access/apache_logs_1_5000") { ledger.take(accessLine: Array(line.utf8)[...]) }
        print("access log: \(ledger.attacks) attacks in \(ledger.requests) requests, \(ledger.unparsed) lines not parsed")
        #expect(ledger.requests >= 5_000)
        #expect(ledger.unparsed == 0)
        #expect(Double(ledger.attacks) <= 0.0005 * Double(ledger.requests))
    }
}

@Suite("The Core Rule Set's regression cases", .enabled(if: SharedMaterial.isPresent, "needs ../shared"), .ownThread)
struct CoreRuleSetCaseTests {
    @Test("From access records alone at least 32.7 % of positives are found and 98 % of negatives are clean")
    func cases() throws {
        let folder = try SharedMaterial.url("suites/waf/crs-regression")
        var inspector = Inspector(signatures: .shipped)
        var tally = RegressionTally()
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() where name.hasSuffix(".yaml") {
            let text = String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
            for regression in try RegressionCase.parse(yaml: text, file: name) {
                let judgement = try #require(regression.judgement(by: &inspector), "\(name) \(regression.name) does not parse")
                tally.take(regression, judgement)
            }
        }
        let all = tally.all
        print("Core Rule Set: \(all.found) of \(all.positives) positives found, \(all.clean) of \(all.negatives) negatives clean")
        #expect(all.positives > 2_000)
        #expect(all.negatives > 500)
        #expect(all.foundShare >= 32.7)
        #expect(all.cleanShare >= 98)
    }
}

/// Logs of services as CrowdSec's hub has them: the address and the account of each attempt.
@Suite("Service logs against CrowdSec's hub", .enabled(if: SharedMaterial.isPresent, "needs ../shared"), .ownThread)
struct ServiceLogConformanceTests {
    private static let folders = [
        "ssh-bf", "ssh-generic-test", "sshd-success-logs", "sshd-bad-keyexchange-bf", "sshd-logs-fp", "postfix-logs",
        "postfix-sasl-bf",
        "postfix-relay", "postfix-spam", "postfix-honeypot-users", "dovecot-logs", "exim-logs", "exim-bf", "exim-spam",
        "vsftpd-logs",
        "proftpd-logs", "mysql-logs", "mariadb-logs", "magento-ccs", "magento-ccs-by-as",
    ]

    private func record(_ line: String, _ folder: String) -> ServiceLogRecord? {
        let bytes = Array(line.utf8)
        if folder.hasPrefix("magento") { return ServiceLogParser.parse(.magento, bytes[...]) }
        if folder.hasPrefix("exim") { return ServiceLogParser.parse(.exim, bytes[...]) }
        if folder.hasPrefix("vsftpd") { return ServiceLogParser.parse(.vsftpd, bytes[...]) }
        if folder.hasPrefix("proftpd") { return ServiceLogParser.parse(.proftpd, bytes[...]) }
        if folder.hasPrefix("m") { return ServiceLogParser.parse(.mysql, bytes[...]) }
        // A message without a priority, as files have them.
        let message = SyslogMessage.parse(Array("<38>".utf8) + bytes, receivedAt: 1_795_443_300_000_000_000)
        guard let app = message.app else { return nil }
        let text = Array("<38>".utf8) + bytes
        return ServiceLogParser.parse(program: text[app], message: text[message.message])
    }

    /// What the hub's assertions say of the event of a line: `key` to value, for each line in order.
    private func assertions(_ folder: String) throws -> [Int: [String: String]] {
        let url = try SharedMaterial.url("suites/waf/crowdsec-hub/\(folder)/parser.assert")
        guard let data = try? Data(contentsOf: url) else { return [:] }
        var found: [Int: [String: String]] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            guard line.contains("results[\"s01-parse\"]"),
                let at = line.range(
                    of: "[", options: .backwards,
                    range: line.startIndex..<(line.range(of: "].Evt.Meta[\"")?.lowerBound ?? line.startIndex)),
                let meta = line.range(of: "].Evt.Meta[\""), let index = Int(line[at.upperBound..<meta.lowerBound]),
                let keyEnd = line[meta.upperBound...].range(of: "\"] == \"")
            else { continue }
            let key = String(line[meta.upperBound..<keyEnd.lowerBound])
            found[index, default: [:]][key] = String(line[keyEnd.upperBound...].dropLast())
        }
        return found
    }

    @Test("Addresses and accounts agree in at least 98 % of the assertions")
    func agreement() throws {
        var agreed = 0
        var all = 0
        var differences: [String] = []
        for folder in ServiceLogConformanceTests.folders {
            let url = try SharedMaterial.url("suites/waf/crowdsec-hub/\(folder)")
            guard let name = try FileManager.default.contentsOfDirectory(atPath: url.path).first(where: { $0.hasSuffix(".log") })
            else { continue }
            let lines = String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
                .split(separator: "\n").map(String.init)
            for (index, expected) in try assertions(folder) where index < lines.count {
                let record = record(lines[index], folder)
                for key in ["source_ip", "target_user", "user", "username"] {
                    guard let wanted = expected[key] else { continue }
                    all += 1
                    let field = key == "source_ip" ? record?.source : record?.user
                    let address = field.map { String(decoding: $0, as: UTF8.self) } ?? ""
                    let got = key == "source_ip" ? NetworkAddress(address).map(\.description) ?? "" : address
                    if got == wanted {
                        agreed += 1
                    } else {
                        differences.append("\(folder) \(index) \(key): \(got), not \(wanted)")
                    }
                }
            }
        }
        print("hub: \(agreed) of \(all) assertions agree")
        #expect(all > 80)
        #expect(Double(agreed) >= 0.98 * Double(all), "\(differences.prefix(30).joined(separator: "\n"))")
    }
}
