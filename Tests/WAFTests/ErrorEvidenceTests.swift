import Parsing
import Testing
import Topology
import WAF

@Suite("Error logs as evidence")
struct ErrorEvidenceTests {
    private func rule(_ id: Int, unique: String = "u1", uri: String = "/a") -> String {
        "[Fri Jun 14 04:48:20.092017 2024] [:error] [pid 1:tid 2] [client 192.0.2.1:44] ModSecurity: Warning. x [id \"\(id)\"] "
            + "[msg \"m\"] [data \"d\"] [severity \"CRITICAL\"] [uri \"\(uri)\"] [unique_id \"\(unique)\"]"
    }

    private func take(_ lines: [String], into ledger: inout AttackLedger) {
        var reader = LogRecordReader()
        for line in lines {
            if let record = reader.read(Array(line.utf8)[...], program: [], stream: 1) { ledger.take(record) }
        }
    }

    @Test("The rules of one request are one attack; sums of scores are none")
    func once() {
        var ledger = AttackLedger()
        take([rule(949110), rule(930130), rule(932160), rule(980130), rule(930130, unique: "u2")], into: &ledger)
        #expect(ledger.attacks == 2)
        #expect(ledger.offenders.values.first?.evidence.first?.rule == "crs-930130")
        #expect(ledger.offenders.values.first?.client.description == "192.0.2.1")
    }

    @Test("A request that the access log told of counts no more")
    func told() {
        var ledger = AttackLedger()
        take(
            [
                #"192.0.2.1 - - [14/Jun/2024:04:48:20 +0000] "GET /a?x=../../../../etc/passwd HTTP/1.1" 403 1 "-" "-""#,
                rule(930130, uri: "/a"), rule(930130, unique: "u2", uri: "/b"),
            ], into: &ledger)
        #expect(ledger.attacks == 2)
    }

    @Test("A request that Apache refused to read is judged all the same")
    func refused() {
        var ledger = AttackLedger()
        take(
            [
                "[Fri Oct 08 17:08:41.203277 2021] [core:error] [pid 7:tid 1] [client 192.0.2.1:14532] AH00126: Invalid URI in request GET /cgi-bin/.%2E/%2E%2E/%2E%2E/etc/passwd HTTP/1.1"
            ], into: &ledger)
        #expect(ledger.attacks == 1)
        #expect(ledger.rules["exploit-apache-path"] == 1)
    }

    @Test("Logins that nginx refuses, and its limits, are counted by the scenarios, in their own time")
    func scenarios() {
        func lines(_ message: String, every seconds: Int) -> [String] {
            (0..<8).map { number in
                let total = number * seconds
                let clock = "14:\(10 + total / 60):\(10 + total % 60 % 50)"
                return
                    "2026/11/23 \(clock) [error] 3#3: *1 \(message), client: 192.0.2.1, server: s, request: \"GET / HTTP/1.1\", host: \"s\""
            }
        }
        for (message, seconds, name) in [
            ("user \"a\": password mismatch", 1, "login-brute-force"),
            ("limiting requests, excess: 5.1 by zone \"one\"", 1, "request-limit"),
        ] {
            var ledger = AttackLedger()
            take(lines(message, every: seconds), into: &ledger)
            #expect(ledger.rules[name] == 1, "\(message)")
        }
        var slow = AttackLedger()
        take(lines("user \"a\": password mismatch", every: 120), into: &slow)
        #expect(slow.rules.isEmpty)
    }

    @Test("Logs of services and audit records have their times")
    func times() throws {
        var reader = LogRecordReader(arrival: 1_795_443_284_000_000_000)
        func record(_ line: String) -> LogRecord? { reader.read(Array(line.utf8)[...], program: [], stream: 1) }
        guard
            case .service(let login) = record(
                "Nov 23 14:14:44 host sshd[1]: Failed password for root from 192.0.2.7 port 22 ssh2"),
            case .service(let ftp) = record("Mon Jun  8 12:08:44 2020 [pid 2] [user] FAIL LOGIN: Client \"192.0.2.7\"")
        else {
            Issue.record("no record")
            return
        }
        #expect(login.timestamp == 1_795_443_284_000_000_000)
        #expect(ftp.timestamp == 1_591_618_124_000_000_000)
        // A date without a year is of the twelve months before.
        for (date, expected) in [
            ("Nov 23 14:14:44", 1_795_443_284), ("Nov 24 14:14:44", 1_763_993_684), ("Feb 12 14:10:21", 1_770_905_421),
            ("Jul  1 00:00:00", 1_782_864_000),
        ] as [(String, Int64)] {
            guard case .service(let event) = record("\(date) host sshd[1]: Failed password for root from 192.0.2.7 port 22 ssh2")
            else {
                Issue.record("no record: \(date)")
                continue
            }
            #expect(event.timestamp == expected * 1_000_000_000, "\(date)")
        }
        for (time, expected) in [
            ("23/Nov/2026:14:14:44 +0000", 1_795_443_284), ("23/Nov/2026:14:14:44.123456 +0100", 1_795_439_684),
            ("Mon Nov 23 14:14:44 2026", 1_795_443_284),
        ] as [(String, Int64)] {
            let json =
                "{\"transaction\":{\"time_stamp\":\"\(time)\",\"unique_id\":\"u\",\"client_ip\":\"192.0.2.1\",\"request\":{\"method\":\"GET\",\"uri\":\"/\"}}}"
            guard case .audit(let transaction) = record(json) else {
                Issue.record("no audit record: \(time)")
                continue
            }
            #expect(transaction.timestamp == expected * 1_000_000_000, "\(time)")
        }
    }
}
