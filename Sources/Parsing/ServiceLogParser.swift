/// Recognises messages of sshd, postfix, dovecot, exim, FTP servers, MySQL and Magento that tell of attempts.
///
/// Give it the message behind the syslog header (``SyslogMessage``) with the program's name, or a whole line of a service that writes
/// none. Lines that tell of no attempt, a session closed for instance, are none: nil.
package enum ServiceLogParser {
    private typealias Form = (template: LineTemplate, event: ServiceLogRecord.Event)

    /// A message of a program.
    package static func parse(program: ArraySlice<UInt8>, message: ArraySlice<UInt8>) -> ServiceLogRecord? {
        guard let service = service(of: program) else { return nil }
        return parse(service, message)
    }

    /// A message of a service.
    package static func parse(_ service: ServiceLogRecord.Service, _ message: ArraySlice<UInt8>) -> ServiceLogRecord? {
        for form in forms[service] ?? [] {
            if let fields = form.template.match(message) {
                guard fields.source != nil else { continue }
                return ServiceLogRecord(service: service, event: event(form.event, fields), fields: fields)
            }
        }
        return nil
    }

    /// A refusal for its reason.
    private static func event(_ event: ServiceLogRecord.Event, _ fields: ServiceLogRecord.Fields) -> ServiceLogRecord.Event {
        event == .rejected && fields[.reason]?.starts(with: "Relay access denied".utf8) == true ? .relayDenied : event
    }

    /// A message of an error log, whose client stands outside of it.
    static func parse(
        _ service: ServiceLogRecord.Service, _ message: ArraySlice<UInt8>, by client: ArraySlice<UInt8>?
    ) -> ServiceLogRecord? {
        for form in forms[service] ?? [] {
            guard var fields = form.template.match(message) else { continue }
            if fields.source == nil, let client, ServiceLogRecord.isAddress(client) { fields.setSource(client) }
            guard fields.source != nil else { continue }
            return ServiceLogRecord(service: service, event: form.event, fields: fields)
        }
        return nil
    }

    /// The service that a program's name belongs to: `sshd-session`, `postfix/submission/smtpd`.
    package static func service(of program: ArraySlice<UInt8>) -> ServiceLogRecord.Service? {
        for (prefix, service) in programs where program.starts(with: prefix) { return service }
        return nil
    }

    private static let programs: [([UInt8], ServiceLogRecord.Service)] = [
        (Array("sshd".utf8), .ssh), (Array("postfix".utf8), .postfix), (Array("dovecot".utf8), .dovecot),
        (Array("exim".utf8), .exim),
        (Array("vsftpd".utf8), .vsftpd), (Array("proftpd".utf8), .proftpd), (Array("mysqld".utf8), .mysql),
        (Array("mariadbd".utf8), .mysql), (Array("magento".utf8), .magento),
    ]

    private static let forms: [ServiceLogRecord.Service: [Form]] = [
        .ssh: ssh, .postfix: postfix, .dovecot: dovecot, .exim: exim, .vsftpd: vsftpd, .proftpd: proftpd, .mysql: mysql,
        .magento: magento, .nginx: nginx, .apache: apache, .rabbitmq: rabbitMQ, .haproxy: haproxy,
    ]

    private static func forms(_ event: ServiceLogRecord.Event, _ templates: [String]) -> [Form] {
        templates.map { (LineTemplate($0), event) }
    }

    private static let ssh =
        forms(.loginSucceeded, ["Accepted <method> for <user> from <source> port <port>"])
        + forms(
            .unknownUser,
            [
                "Invalid user <user> from <source> port <port>", "Invalid user <user> from <source>",
                "Illegal user <user> from <source>",
            ])
        + forms(
            .loginFailed,
            [
                "Failed <method> for invalid user <user> from <source> port <port>",
                "Failed <method> for <user> from <source> port <port>",
                "Failed <_> for <user> from <source>",
                "error: maximum authentication attempts exceeded for invalid user <user> from <source> port ",
                "error: maximum authentication attempts exceeded for <user> from <source> port ",
                "Connection closed by authenticating user <user> <source> port ",
                "Connection closed by invalid user <user> <source> port ",
                "Connection reset by authenticating user <user> <source> port ",
                "Connection reset by invalid user <user> <source> port ",
                "Disconnected from authenticating user <user> <source> port ",
                "Disconnected from invalid user <user> <source> port ",
                "User <user> from <source> not allowed because ", "<_>authentication failure;<_>rhost=<source>  user=<user>",
                "<_>authentication failure;<_>rhost=<source> ", "error: PAM: Authentication failure for <user> from <source>",
                "error: PAM: User not known to the underlying authentication module for illegal user <user> from <source>",
                "ROOT LOGIN REFUSED FROM <source> port ", "ROOT LOGIN REFUSED FROM <source>",
            ])
        + forms(
            .negotiationFailed,
            [
                "Unable to negotiate with <source> port <port>: no matching <detail> found",
                "fatal: Unable to negotiate with <source> port <port>: no matching <detail> found",
            ])
        + forms(
            .probe,
            [
                "Did not receive identification string from <source> port ",
                "Did not receive identification string from <source>",
                "Bad protocol version identification <_> from <source> port ", "banner exchange: Connection from <source> port ",
                "error: kex_exchange_identification: banner line contains invalid characters from <source>",
                "Connection closed by <source> port <_> [preauth]", "Connection reset by <source> port <_> [preauth]",
            ])

    private static let postfix =
        forms(
            .loginFailed,
            [
                "warning: <host>[<source>]: SASL <method> authentication failed: <_>sasl_username=<user>",
                "warning: <host>[<source>]: SASL <method> authentication failed",
                "<_>lost connection after AUTH from <_>[<source>]",
            ])
        + forms(
            .rejected,
            [
                "<_>: reject: <command> from <host>[<source>]: <code> <status> <<_>>: <reason>; from=<<sender>> to=<<recipient>> "
                    + "proto=<_> helo=<<helo>>",
                "<_>: reject: <command> from <host>[<source>]: <code> <status> <reason>",
                "NOQUEUE: reject: <_> from <_>[<source>]: <_> ", "NOQUEUE: reject: <_> from [<source>]:<_>: <_> ",
                "<_>: reject: <_> from <_>[<source>]: <_> ",
            ])
        + forms(
            .probe,
            [
                "warning: non-SMTP command from <host>[<source>]: <command>", "PREGREET <_> from [<source>]:",
                "DNSBL rank <_> for [<source>]:",
                "<_>improper command pipelining after <_> from <_>[<source>]:",
            ])

    private static let dovecot =
        forms(
            .loginSucceeded,
            [
                "<protocol>-login: Info: Login: user=<<user>>,<_>rip=<source>, lip=<local>,",
                "<protocol>-login: Login: user=<<user>>,<_>rip=<source>, lip=<local>,",
                "<protocol>-login: Info: Login: user=<<user>>,<_>rip=<source>,",
                "<protocol>-login: Login: user=<<user>>,<_>rip=<source>,",
            ])
        + forms(
            .loginFailed,
            [
                "<protocol>-login: <_>(auth failed,<_>user=<<user>>,<_>rip=<source>, lip=<local>,",
                "<_>(auth failed,<_>user=<<user>>,<_>rip=<source>,", "<_>(auth failed,<_>rip=<source>,",
                "<*>pam(<user>,<source>,<_>): pam_authenticate() failed", "<*>pam(<user>,<source>): pam_authenticate() failed",
                "<*>(<user>,<source>,<_>): Password mismatch", "<*>(<user>,<source>): Password mismatch",
                "<*>(<user>,<source>,<_>): password mismatch",
            ])
        + forms(.unknownUser, ["<*>(<user>,<source>,<_>): unknown user", "<*>(<user>,<source>): unknown user"])
        + forms(
            .probe,
            [
                "<protocol>-login: <_>(no auth attempts<_>user=<<user>>,<_>rip=<source>, lip=<local>,",
                "<_>(no auth attempts<_>rip=<source>,", "<_>(tried to use disallowed<_>rip=<source>,",
            ])

    private static let exim =
        forms(
            .loginFailed,
            [
                "<_> authenticator failed for <_> [<source>]:<_>: 535 Incorrect authentication data (set_id=<user>)",
                "<_> authenticator failed for <_> [<source>]: 535 Incorrect authentication data (set_id=<user>)",
                "<_> authenticator failed for <_> [<source>]",
            ])
        + forms(
            .rejected,
            [
                "<_>H=<_> [<source>]:<_>rejected RCPT <<user>>:", "<_>H=<_> [<source>]:<_>rejected <detail>",
                "<_>H=<_> [<source>]:<_>sender verify fail for <detail>",
                "<_>H=<_> [<source>] <_>rejected <detail>",
            ])

    private static let vsftpd =
        forms(.loginSucceeded, ["<*>[<user>] OK LOGIN: Client \"<source>\""])
        + forms(
            .loginFailed,
            ["<*>[<user>] FAIL LOGIN: Client \"<source>\"", "<*>[<user>] FTP response: Client \"<source>\", \"530 "])

    private static let proftpd =
        forms(.unknownUser, ["<_>[<source>])<_>USER <user>: no such user found"])
        + forms(.loginFailed, ["<_>[<source>])<_>USER <user> (Login failed)"])
        + forms(.loginSucceeded, ["<_>[<source>])<_>USER <user>: Login successful"])

    private static let mysql = forms(
        .loginFailed,
        [
            "<_>Access denied for user '<user>'@'<source>' (using password: <detail>)",
            "<_>Access denied for user '<user>'@'<source>'",
        ])

    /// The events that a shop's security extension writes.
    private static let magento =
        forms(
            .loginFailed,
            [
                "<_>\"type\":\"CUSTOMER_LOGIN_FAILED\",\"ip\":\"<source>\"",
                "<_>\"type\":\"ADMIN_LOGIN_FAILED\",\"ip\":\"<source>\"",
            ])
        + forms(.paymentFailed, ["<_>\"type\":\"PAYMENT_FAILED\",\"ip\":\"<source>\""])
        + forms(.orderPlaced, ["<_>\"type\":\"ORDER_PLACED\",\"ip\":\"<source>\""])

    private static let nginx =
        forms(.loginFailed, ["user \"<user>\": password mismatch"])
        + forms(.unknownUser, ["user \"<user>\" was not found in "])
        + forms(.limited, ["limiting requests, excess: <detail> by zone ", "limiting connections by zone "])
        + forms(.denied, ["access forbidden by rule"])

    private static let apache =
        forms(.loginFailed, ["user <user>: authentication failure for \"", "user <user>: password mismatch: "])
        + forms(.unknownUser, ["user <user> not found: "])
        + forms(.denied, ["client denied by server configuration: "])
        + forms(.probe, ["Invalid URI in request <detail>", "SSL handshake stopped: ", "request failed: "])

    private static let rabbitMQ =
        forms(.loginFailed, ["<_> login refused: user '<user>' - invalid credentials", "HTTP access denied: user '<user>' - "])

    private static let haproxy = forms(.probe, ["SSL handshake failure", "Stopped a TLSv1 heartbeat attack"])
}
