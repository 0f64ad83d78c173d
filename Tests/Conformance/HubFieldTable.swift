import Foundation
import Parsing
import Topology
import WAF

/// The one place where the hub's names for fields meet ours.
enum HubFieldTable {
    /// How a comparison came out.
    enum Outcome { case agrees, differs(String), notOurs }

    /// Fields that tell of the hub's set-up, or of the way its expressions cut a line, and of nothing in the line.
    private static let machinery: Set<String> = [
        "datasource_path", "datasource_type", "logsource", "ident", "seq_id", "haproxy_second", "haproxy_milliseconds",
        "haproxy_time", "dovecot_login_message", "dovecot_user_backend", "auth_func", "message_failure", "kvItems",
        "log_type_enh", "gzip_ratio", "sub_type", "http_args_len", "scheme", "smtp_return_codes", "apacheseverity",
        "modsecseverity", "modsecmessage", "sshd_trail", "bouncer_agent", "payment_method", "ASNNumber", "ASNOrg", "IsInEU",
        "IsoCode",
        "SourceRange", "cve", "file_dir", "file_ext", "file_frag", "file_name", "static_ressource", "impact_completion",
        "dovecot_login_result", "target_uri", "phase", "modsec_phase", "http_code",
    ]

    static func compare(_ assertion: HubCase.FieldAssertion, with line: HubLine) -> Outcome {
        let key = assertion.key
        if machinery.contains(key) { return .notOurs }
        if key == "log_type" || key == "service" { return kind(assertion, line) }
        if ["timestamp", "time_local", "accept_date", "timestamp8601"].contains(key)
            || key == "time" && assertion.value.contains("T")
        {
            guard let wanted = HubText.seconds(assertion.value) else {
                return .differs("a date that is none: \(assertion.value)")
            }
            let got = line.time / 1_000_000_000
            return got == wanted ? .agrees : .differs("\(got), not \(wanted)")
        }
        // Each stage of the hub cuts more off the message; what it cuts is compared by itself.
        if key == "message", String(decoding: line.text, as: UTF8.self).hasSuffix(assertion.value) { return .agrees }
        if key == "request", assertion.stage == "s02-enrich", case .access(let request) = line.record, !request.method.isEmpty {
            // The hub's first stages of enrichment have the query still, the last takes it off.
            let whole = String(decoding: request.uri, as: UTF8.self)
            let path = String(whole.prefix { $0 != "?" })
            return [whole, path].contains(assertion.value) ? .agrees : .differs("\(path), not \(assertion.value)")
        }
        guard let known = value(key, of: line) else {
            // What the hub copies from its configuration where the line has no header.
            if line.header == nil, key == "program" || key == "message" { return .notOurs }
            return .differs("no \(key), but \(assertion.value)")
        }
        let isAddress = NetworkAddress(assertion.value) != nil
        let got = isAddress ? HubText.address(known) : known
        let wanted = isAddress ? HubText.address(assertion.value) : assertion.value
        return got == wanted ? .agrees : .differs("\(known), not \(assertion.value)")
    }

    /// The hub's kinds of line.
    private static func kind(_ assertion: HubCase.FieldAssertion, _ line: HubLine) -> Outcome {
        let holds: Bool
        switch assertion.value {
        case "http_access-log": holds = line.record?.isAccess == true
        case "http_error-log": if case .error = line.record { holds = true } else { holds = false }
        case "http":
            if case .error = line.record { holds = true } else { holds = line.record?.isAccess == true }
        case "bad_ssl_handshake", "tls_heartbeat": holds = line.attempt?.service == .haproxy && line.attempt?.event == .probe
        case "ssh_failed-auth": holds = line.attempt?.service == .ssh && isFailure(line.attempt)
        case "ssh_bad_keyexchange": holds = line.attempt?.event == .negotiationFailed
        case "auth_success": holds = line.attempt?.event == .loginSucceeded
        case "ssh": holds = line.attempt?.service == .ssh
        case "dovecot_logs": holds = line.attempt?.service == .dovecot
        case "postfix": holds = line.attempt?.service == .postfix
        case "mysql_failed_auth", "mariadb_failed_auth": holds = line.attempt?.service == .mysql && isFailure(line.attempt)
        case "ftp_failed_auth": holds = line.attempt?.service == .vsftpd && isFailure(line.attempt)
        case "modsecurity": if case .error(let entry) = line.record { holds = entry.ruleMessage != nil } else { holds = false }
        case "magento", "magento-extension": holds = line.attempt?.service == .magento
        case "PAYMENT_FAILED": holds = line.attempt?.event == .paymentFailed
        default: return .differs("a kind of line without a name of ours: \(assertion.value)")
        }
        return holds ? .agrees : .differs("not \(assertion.value)")
    }

    private static func isFailure(_ attempt: ServiceLogRecord?) -> Bool {
        attempt?.event == .loginFailed || attempt?.event == .unknownUser
    }

    private static func value(_ key: String, of line: HubLine) -> String? {
        if let text = line.headerField(key) { return text }
        switch line.record {
        case .access(let request): return access(key, request)
        case .error(let entry): return error(key, entry, line)
        default: return attempt(key, line.attempt)
        }
    }

    private static func access(_ key: String, _ request: AccessRecord) -> String? {
        let detail = HAProxyDetail(request)
        let isUnreadable = request.method.isEmpty
        switch key {
        case "source_ip", "remote_addr", "clientip", "client_ip": return HubText.of(request.client)
        case "http_path", "request", "http_request", "rawrequest":
            return HubText.of(isUnreadable ? request.request : request.uri)
        case "http_args": return HubText.of(request.uri.firstIndex(of: UInt8(ascii: "?")).map { request.uri[($0 + 1)...] }) ?? ""
        case "request_time": return request.durationSeconds.map { "\($0)" }
        case "http_verb", "verb": return HubText.of(request.method)
        case "http_status", "status", "response", "http_status_code": return String(request.status)
        case "http_user_agent": return HubText.of(request.userAgent) ?? "-"
        case "http_referer", "referrer": return HubText.of(request.referer) ?? "-"
        case "remote_user", "auth": return HubText.of(request.user) ?? "-"
        case "http_version", "httpversion": return HubText.of(request.version)
        case "body_bytes_sent", "bytes", "bytes_read": return String(request.bytes)
        case "target_fqdn": return HubText.of(request.host)
        case "frontend_name": return HubText.of(request.frontend).map { $0 + (isTLS(request) ? "~" : "") }
        case "backend_name": return HubText.of(request.backend)
        case "server_name": return HubText.of(request.server)
        case "termination_state": return HubText.of(request.terminationState)
        case "captured_request_cookie": return HubText.of(detail?.requestCookie)
        case "captured_response_cookie": return HubText.of(detail?.responseCookie)
        case "client_port": return detail.map { String($0.clientPort) }
        default: return date(key, request.timestamp ?? 0) ?? haproxy(key, detail)
        }
    }

    /// The hub keeps the mark of TLS in the frontend's name; we take it off.
    private static func isTLS(_ request: AccessRecord) -> Bool {
        guard let frontend = request.frontend, frontend.endIndex < request.line.endIndex else { return false }
        return request.line[frontend.endIndex] == UInt8(ascii: "~")
    }

    private static func haproxy(_ key: String, _ detail: HAProxyDetail?) -> String? {
        guard let detail else { return nil }
        let times = ["time_request", "time_queue", "time_backend_connect", "time_backend_response", "time_duration"]
        if let index = times.firstIndex(of: key) { return String(detail.milliseconds[index]) }
        let counts = ["actconn", "feconn", "beconn", "srvconn", "retries"]
        if let index = counts.firstIndex(of: key) { return String(detail.connections[index]) }
        return switch key {
        case "srv_queue": String(detail.queues[0])
        case "backend_queue": String(detail.queues[1])
        default: nil
        }
    }

    /// Pieces of a date.
    private static func date(_ key: String, _ time: Int64) -> String? {
        let civil = HubText.civil(time)
        func two(_ value: Int?) -> String { String(format: "%02d", value ?? 0) }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return switch key {
        case "haproxy_year", "year": civil.year.map(String.init)
        case "haproxy_month": civil.month.map { months[$0 - 1] }
        case "month": two(civil.month)
        case "haproxy_monthday", "day": two(civil.day)
        case "haproxy_hour": two(civil.hour)
        case "haproxy_minute": two(civil.minute)
        case "date": "\(civil.year ?? 0)-\(two(civil.month))-\(two(civil.day))"
        case "time": "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second))"
        default: nil
        }
    }

    private static func error(_ key: String, _ entry: ErrorLogRecord, _ line: HubLine) -> String? {
        let rule = entry.ruleMessage
        if key.hasPrefix("ruletag"), let index = Int(key.dropFirst(7)) {
            let tags = ModSecurityMessage.tags(of: entry.message)
            return index < tags.count ? tags[index] : nil
        }
        func part(_ name: String) -> String? { ModSecurityMessage.field(name, of: entry.message) }
        switch key {
        case "client", "client_ip", "sourcehost": return HubText.of(entry.client)
        case "source_ip": return HubText.of(line.client)
        case "clientport", "client_port", "source_port": return HubText.of(entry.clientPort)
        case "errorcode", "err_code": return HubText.of(entry.code)
        case "loglevel": return HubText.of(entry.level)
        case "module", "subsystem", "frontend_name": return HubText.of(entry.component)
        case "server_name": return HubText.of(entry.server)
        case "pid": return HubText.of(entry.process)
        case "tid", "thread_id": return HubText.of(entry.thread)
        case "message" where rule == nil && entry.producer == .apache: return HubText.of(entry.message)
        case "proxy_errorcode": return HubText.of(entry.systemCode)
        case "proxy_errormessage": return HubText.of(entry.systemText)
        case "using_password": return HubText.of(line.attempt?.fields.detail)
        case "http_path": return HubText.of(RequestText(refusedIn: entry)?.uri) ?? path(entry)
        case "ruleid", "rule_id": return rule.map { String($0.ruleID) }
        case "rulemessage", "modsec_message": return rule?.message
        case "ruledata", "modsec_ruledata": return rule?.data
        case "ruleseverity": return rule?.severity.map { "\($0)".uppercased() }
        case "rulefile": return part("file")
        case "ruleline": return part("line")
        case "version": return part("ver")
        case "targethost": return part("hostname")
        case "targeturi": return rule?.uri
        case "uniqueid": return rule?.uniqueID
        default:
            return mysqlDate(key, entry) ?? date(key, entry.timestamp ?? 0) ?? attempt(key, line.attempt)
        }
    }

    /// MariaDB's dates as the hub cuts them: with the year's digits and the hour as written.
    private static func mysqlDate(_ key: String, _ entry: ErrorLogRecord) -> String? {
        guard entry.producer == .mysql, let whole = date(key, entry.timestamp ?? 0) else { return nil }
        let isShort = entry.line.prefix(6).allSatisfy { $0 &- 0x30 < 10 }
        if key == "year", isShort { return String(whole.suffix(2)) }
        if key == "time", entry.line.contains(0x20), let space = entry.line.firstIndex(of: 0x20) {
            let rest = entry.line[space...].drop { $0 == 0x20 }
            if rest.dropFirst().first == 0x3a { return String(whole.dropFirst()) }
        }
        return whole
    }

    /// The path that Apache ends a message of its authentication with.
    private static func path(_ entry: ErrorLogRecord) -> String? {
        HubText.of(entry.message.lastIndex(of: 0x20).map { entry.message[($0 + 1)...] })
    }

    private static func attempt(_ key: String, _ attempt: ServiceLogRecord?) -> String? {
        guard let attempt else { return nil }
        let fields = attempt.fields
        return switch key {
        case "source_ip", "remote_addr", "sshd_client_ip", "dovecot_remote_ip": HubText.of(attempt.source)
        case "user", "username", "target_user", "sshd_invalid_user", "sshd_auth_user", "dovecot_user": HubText.of(attempt.user)
        case "sshd_client_port": HubText.of(fields[.port])
        case "remote_host", "source_hostname": HubText.of(fields[.host])
        case "command": HubText.of(fields[.command])
        case "reason": HubText.of(fields[.reason])
        case "action": attempt.event == .rejected || attempt.event == .relayDenied ? "reject" : nil
        case "smtp_basic_status_code": HubText.of(fields[.code])
        case "smtp_enhanced_status_code": HubText.of(fields[.status])
        case "helo": HubText.of(fields[.helo])
        case "protocol": HubText.of(fields[.protocol])
        case "dovecot_local_ip": HubText.of(fields[.local])
        case "program": attempt.service == .vsftpd ? "vsftpd" : nil
        default: nil
        }
    }
}
