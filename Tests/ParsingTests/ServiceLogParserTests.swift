import Parsing
import Testing

@Suite("Logs of services")
struct ServiceLogParserTests {
    func parse(_ program: String, _ message: String) -> ServiceLogRecord? {
        ServiceLogParser.parse(program: Array(program.utf8)[...], message: Array(message.utf8)[...])
    }

    @Test(
        "Attempts are recognised with address and account",
        arguments: [
            ("sshd", "Invalid user admin from 192.0.2.1 port 53502", ServiceLogRecord.Event.unknownUser, "192.0.2.1", "admin"),
            ("sshd-session", "Failed password for root from 192.0.2.1 port 22 ssh2", .loginFailed, "192.0.2.1", "root"),
            ("sshd", "Failed password for invalid user a b from 2001:db8::1 port 22 ssh2", .loginFailed, "2001:db8::1", "a b"),
            ("sshd", "Accepted publickey for deploy from 192.0.2.1 port 5 ssh2: RSA", .loginSucceeded, "192.0.2.1", "deploy"),
            (
                "sshd", "Unable to negotiate with 192.0.2.1 port 4: no matching MAC found. Their offer: x", .negotiationFailed,
                "192.0.2.1", ""
            ),
            (
                "postfix/smtpd", "warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: x, sasl_username=a@b.example",
                .loginFailed, "192.0.2.1", "a@b.example"
            ),
            ("postfix/smtpd", "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 no", .rejected, "192.0.2.1", ""),
            ("dovecot", "auth-worker(1): pam(toto,192.0.2.1): unknown user", .unknownUser, "192.0.2.1", "toto"),
            (
                "dovecot",
                "imap-login: Disconnected (auth failed, 1 attempts in 6 secs): user=<a@b.example>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9, TLS",
                .loginFailed, "192.0.2.1", "a@b.example"
            ),
            (
                "mysqld", "1 [Note] Access denied for user 'root'@'192.0.2.1' (using password: YES)", .loginFailed, "192.0.2.1",
                "root"
            ),
            ("vsftpd", "[pid 2] [ftp] FAIL LOGIN: Client \"::ffff:192.0.2.1\"", .loginFailed, "::ffff:192.0.2.1", "ftp"),
        ])
    func attempts(program: String, message: String, event: ServiceLogRecord.Event, source: String, user: String) throws {
        let record = try #require(parse(program, message))
        #expect(record.event == event)
        #expect(record.source.map { String(decoding: $0, as: UTF8.self) } == source)
        #expect(record.user.map { String(decoding: $0, as: UTF8.self) } ?? "" == user)
    }

    @Test(
        "Lines that tell of no attempt are none",
        arguments: [
            ("sshd", "Close session: user ansible from 192.0.2.1 port 34928 id 0"),
            ("sshd", "Received disconnect from 192.0.2.1 port 2:11: bye"),
            ("postfix/qmgr", "3F2: removed"), ("cron", "Failed password for root from 192.0.2.1 port 22 ssh2"), ("sshd", ""),
        ])
    func others(program: String, message: String) {
        #expect(parse(program, message) == nil)
    }

    @Test("A name that imitates the rest of the message does not move the address")
    func forgedName() throws {
        let record = try #require(parse("sshd", "Invalid user x from 198.51.100.9 port 1 from 192.0.2.1 port 53502"))
        #expect(record.source.map { String(decoding: $0, as: UTF8.self) } == "192.0.2.1")
    }
}
