extension BanMaps {
    /// The lines of HAProxy's frontend that enforce bans by these maps, four blanks before each.
    ///
    /// A session is known by a digest of its cookie, in the log as in the map: neither can be used to take it over. Clients of limited
    /// paths are counted as offenders are, an IPv6 one by its /64, over all of its limited paths together.
    package func frontendRules(cookie: String) -> String {
        var lines: [String] = []
        if session != nil {
            lines += [
                "http-request set-var(txn.session) req.cook(\(cookie)),sha2(256),hex",
                "http-request capture var(txn.session) len 64",
            ]
        }
        if let address { lines.append("http-request deny deny_status 403 if { src,map_ip(\(address)) -m found }") }
        if let session {
            lines.append("http-request deny deny_status 403 if { var(txn.session),map_str(\(session)) -m found }")
        }
        if let limit {
            lines += [
                "http-request set-var(txn.path) path,url_dec",
                "http-request set-var(txn.limit) src,ipmask(32,64),concat(,txn.path),map_beg_int(\(limit))",
                "http-request track-sc2 src,ipmask(32,64) table limits if { var(txn.limit) -m found }",
                "http-request deny deny_status 429 if { var(txn.limit) -m found } { sc2_http_req_rate(limits),sub(txn.limit) gt 0 }",
            ]
        }
        return lines.map { "    " + $0 }.joined(separator: "\n")
    }

    /// The table that requests for limited paths are counted in: 100,000 clients at once.
    package static let limitTable = """
        backend limits
            stick-table type ipv6 size 100k expire 2m store http_req_rate(1m)
        """
}
