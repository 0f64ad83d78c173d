import Parsing
import Testing

@Suite("Error logs")
struct ErrorLogParserTests {
    private func parse(_ line: String) throws -> ErrorLogRecord {
        try #require(ErrorLogParser.parse(Array(line.utf8)[...]), "\(line)")
    }

    private func text(_ slice: ArraySlice<UInt8>?) -> String? { slice.map { String(decoding: $0, as: UTF8.self) } }

    private static let second: Int64 = 1_000_000_000

    @Test("nginx: connection, client, server, request and host stand behind the text")
    func nginx() throws {
        let entry = try parse(
            #"2026/11/23 14:14:44 [error] 31#32: *12 user "bob" was not found in "/etc/nginx/.htpasswd", client: 192.0.2.1, "#
                + #"server: shop, request: "GET /a,b "q" HTTP/1.1", upstream: "http://x", host: "shop.example""#)
        #expect(entry.producer == .nginx)
        #expect(entry.timestamp == 1_795_443_284 * Self.second)
        #expect(text(entry.level) == "error")
        #expect(text(entry.process) == "31")
        #expect(text(entry.thread) == "32")
        #expect(text(entry.connection) == "12")
        #expect(text(entry.client) == "192.0.2.1")
        #expect(text(entry.server) == "shop")
        #expect(text(entry.request) == #"GET /a,b "q" HTTP/1.1"#)
        #expect(text(entry.host) == "shop.example")
        #expect(text(entry.message) == #"user "bob" was not found in "/etc/nginx/.htpasswd""#)
        #expect(entry.attempt?.event == .unknownUser)
        #expect(text(entry.attempt?.user) == "bob")
        #expect(text(entry.attempt?.source) == "192.0.2.1")
    }

    @Test("nginx: a line that names two clients names none, wherever the second was smuggled in")
    func forgedClient() throws {
        for line in [
            #"2026/11/23 14:14:44 [error] 3#3: *1 open() "/var/www/x, client: 198.51.100.7, server: y" failed, client: 192.0.2.1, server: s, request: "GET / HTTP/1.1""#,
            #"2026/11/23 14:14:44 [error] 3#3: *1 access forbidden by rule, client: 192.0.2.1, server: s, request: "GET / HTTP/1.1", referrer: "x, client: 198.51.100.7""#,
        ] {
            #expect(try parse(line).client == nil)
            #expect(try parse(line).attempt == nil)
        }
        let plain = try parse("2026/11/23 14:14:44 [notice] 3#3: signal process started")
        #expect(plain.client == nil)
        #expect(text(plain.message) == "signal process started")
    }

    @Test("nginx: limits and denials are attempts of their kind")
    func nginxEvents() throws {
        let tail = #", client: 2001:db8::1, server: s, request: "GET / HTTP/1.1", host: "s""#
        for (message, event) in [
            (#"limiting requests, excess: 5.120 by zone "one""#, ServiceLogRecord.Event.limited),
            (#"limiting connections by zone "two""#, .limited), ("access forbidden by rule", .denied),
            (#"user "a": password mismatch"#, .loginFailed),
        ] {
            let entry = try parse("2026/11/23 14:14:44 [error] 3#3: *1 \(message)\(tail)")
            #expect(entry.attempt?.event == event, "\(message)")
            #expect(text(entry.client) == "2001:db8::1")
        }
    }

    @Test("Apache 2.4: module, process, thread, system error, peer and code; 2.2: level and client")
    func apache() throws {
        let modern = try parse(
            "[Wed Apr 16 16:09:40.056610 2025] [ssl:info] [pid 12:tid 34] (70014)End of file found: [client 192.0.2.1:17036] AH02006: SSL handshake stopped: x"
        )
        #expect(modern.timestamp == 1_744_819_780_056_610_000)
        #expect(text(modern.component) == "ssl")
        #expect(text(modern.level) == "info")
        #expect(text(modern.process) == "12")
        #expect(text(modern.thread) == "34")
        #expect(text(modern.systemCode) == "70014")
        #expect(text(modern.systemText) == "End of file found")
        #expect(text(modern.client) == "192.0.2.1")
        #expect(text(modern.clientPort) == "17036")
        #expect(text(modern.code) == "AH02006")
        #expect(text(modern.message) == "SSL handshake stopped: x")
        let old = try parse("[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] client denied by server configuration: /x")
        #expect(text(old.level) == "error")
        #expect(text(old.client) == "127.0.0.1")
        #expect(old.attempt?.event == .denied)
        let six = try parse("[Wed Oct  1 14:32:52 2025] [core:notice] [pid 1] [client 2001:db8::1:443] AH00094: Command line")
        #expect(text(six.client) == "2001:db8::1")
        #expect(text(six.clientPort) == "443")
    }

    @Test("Apache: a client within the message is the attacker's")
    func apacheForged() throws {
        let entry = try parse(
            "[Wed Oct 11 14:32:52 2000] [error] [client 192.0.2.1] File does not exist: /[client 198.51.100.7], referer: [client 198.51.100.8]"
        )
        #expect(text(entry.client) == "192.0.2.1")
    }

    @Test("ModSecurity's line in an error log gives the rule")
    func modSecurity() throws {
        let entry = try parse(
            #"[Fri Jun 14 04:48:20.092017 2024] [:error] [pid 1159:tid 1256] [remote 192.0.2.1:0] [client 192.0.2.1] ModSecurity: Warning. Matched phrase "/.git/" at REQUEST_FILENAME. [file "/x.conf"] [line "143"] [id "930130"] [msg "Restricted"] [severity "CRITICAL"] [tag "attack-lfi"] [uri "/.git/config"] [unique_id "Z"]"#
        )
        let rule = try #require(entry.ruleMessage)
        #expect(rule.ruleID == 930130)
        #expect(rule.uri == "/.git/config")
        #expect(ModSecurityMessage.tags(of: entry.message) == ["attack-lfi"])
        #expect(ModSecurityMessage.field("line", of: entry.message) == "143")
    }

    @Test(
        "MySQL and MariaDB, in the forms that their versions wrote",
        arguments: [
            (
                "2021-10-28T08:06:45.411498Z 25 [Note] [MY-010926] [Server] Access denied for user 'a'@'192.0.2.1' (using password: NO)",
                "25", "MY-010926", true
            ),
            ("2021-11-09  5:13:12 8 [Warning] Access denied for user 'a'@'192.0.2.1' (using password: YES)", "8", "", true),
            ("221128 14:49:17 [Warning] Access denied for user 'a'@'192.0.2.1' (using password: YES)", "", "", true),
            (
                "2023-07-31T08:34:16.116872Z        14 Connect   Access denied for user 'a'@'192.0.2.1' (using password: YES)",
                "14", "", true
            ),
            ("2026-11-23T14:14:44.000000Z 0 [System] [MY-010931] [Server] ready for connections", "0", "MY-010931", false),
        ])
    func mysql(line: String, thread: String, code: String, isAttempt: Bool) throws {
        let entry = try parse(line)
        #expect(entry.producer == .mysql)
        #expect(entry.timestamp != nil)
        #expect(text(entry.thread) ?? "" == thread)
        #expect(text(entry.code) ?? "" == code)
        #expect((entry.attempt?.event == .loginFailed) == isAttempt)
        if isAttempt { #expect(text(entry.attempt?.source) == "192.0.2.1") }
    }

    @Test("Monolog: channel, level, message and context, whatever the message's brackets")
    func monolog() throws {
        let entry = try parse(
            #"[2026-11-23T14:14:44.500000+01:00] main.CRITICAL: Class [x] {y} not found {"exception":"[object] (Error(code: 0): a \"]\" at /x.php:3)"} []"#
        )
        #expect(entry.producer == .monolog)
        #expect(entry.timestamp == 1_795_439_684_500_000_000)
        #expect(text(entry.component) == "main")
        #expect(text(entry.level) == "CRITICAL")
        #expect(text(entry.message) == "Class [x] {y} not found")
        #expect(text(entry.context)?.hasPrefix(#"{"exception""#) == true)
        let old = try parse("[2026-11-23 14:14:44] report.ERROR: text only [] []")
        #expect(text(old.message) == "text only")
        #expect(text(old.context) == "[]")
        let event = try parse(#"[2022-02-11 14:44:34] crowdsec-events.INFO:  {"type":"PAYMENT_FAILED","ip":"192.0.2.1"} []"#)
        #expect(event.attempt?.event == .paymentFailed)
        #expect(text(event.component) == "crowdsec-events")
    }

    @Test("PHP-FPM and PHP")
    func php() throws {
        let slow = try parse(
            #"[14-Sep-2018 16:55:58.866159] WARNING: [pool www] child 31454, script '/var/www/index.php' (request: "GET /index.php") executing too slow (5.01 sec), logging"#
        )
        #expect(slow.producer == .phpFPM)
        #expect(slow.timestamp == 1_536_944_158_866_159_000)
        #expect(text(slow.component) == "www")
        #expect(text(slow.process) == "31454")
        #expect(text(slow.request) == "GET /index.php")
        let fatal = try parse("[14-Sep-2018 16:55:58 UTC] PHP Fatal error:  Uncaught Error: x in /a.php:3")
        #expect(fatal.producer == .php)
        #expect(text(fatal.level) == "Fatal error")
        #expect(text(fatal.message) == "Uncaught Error: x in /a.php:3")
    }

    @Test("RabbitMQ: level, process, peer and refused logins")
    func rabbitMQ() throws {
        let entry = try parse(
            "2026-11-23 14:14:44.123456+00:00 [warning] <0.1234.0> closing AMQP connection <0.1234.0> (192.0.2.1:40612 -> 10.0.0.2:5672):"
        )
        #expect(entry.producer == .rabbitmq)
        #expect(entry.timestamp == 1_795_443_284_123_456_000)
        #expect(text(entry.level) == "warning")
        #expect(text(entry.process) == "0.1234.0")
        #expect(text(entry.client) == "192.0.2.1")
        #expect(text(entry.clientPort) == "40612")
        let old = try parse(
            "2021-09-14 10:23:01.123 [info] <0.222.0> accepting AMQP connection <0.222.0> (192.0.2.1:1 -> 10.0.0.2:5672)")
        #expect(text(old.client) == "192.0.2.1")
    }

    @Test(
        "Lines of other kinds are none",
        arguments: [
            "", "[", "[2026", "just some text that is long enough", "2026/11/23", "2026/11/23 14:14:44 [error]",
            "2026-11-23 14:14:44 plain text here",
            #"192.0.2.1 - - [23/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 1"#, "[Wed Oct 11 14:32:52 2000",
            "[2026-11-23 14:14:44] no channel here",
            "[14-Sep-2018 16:55:58] lower case: text", "2026/13/23 14:14:44 [error] 1#1: x",
        ])
    func others(line: String) {
        #expect(ErrorLogParser.parse(Array(line.utf8)[...]) == nil)
    }

    @Test("Cut anywhere, a line is read or refused, and never read past", arguments: [1, 2] as [UInt64])
    func cut(seed: UInt64) {
        let lines = [
            #"2026/11/23 14:14:44 [error] 31#32: *12 user "b" was not found in "x", client: 192.0.2.1, server: s, request: "GET / HTTP/1.1", host: "h""#,
            "[Wed Apr 16 16:09:40.056610 2025] [ssl:info] [pid 12:tid 34] (70014)End of file: [client 192.0.2.1:1] AH02006: SSL",
            "2021-10-28T08:06:45.411498Z 25 [Note] [MY-010926] [Server] Access denied for user 'a'@'192.0.2.1' (using password: NO)",
            #"[2026-11-23T14:14:44.5+01:00] main.CRITICAL: x {"a":"b"} []"#,
            "[14-Sep-2018 16:55:58.866159] WARNING: [pool www] child 3, script 'x' (request: \"GET /\") slow",
            "2026-11-23 14:14:44.123456+00:00 [warning] <0.1.0> x (192.0.2.1:4 -> 10.0.0.2:5672)",
        ]
        for line in lines {
            let bytes = Array(line.utf8)
            for end in 0...bytes.count {
                let entry = ErrorLogParser.parse(bytes[..<end])
                for slice in [entry?.message, entry?.client, entry?.level, entry?.request, entry?.context] {
                    if let slice { #expect(slice.endIndex <= end) }
                }
            }
        }
    }
}
