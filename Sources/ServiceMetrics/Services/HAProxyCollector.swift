/// HAProxy's process, from its runtime socket: connections saturate. Pools and servers are told by its driver's figures.
struct HAProxyCollector: ServiceCollector {
    private static let fields: [(field: String, name: String)] = [
        ("CurrConns", "current_connections"), ("Maxconn", "max_connections"), ("Hard_maxconn", "hard_max_connections"),
        ("CumConns", "connections_total"), ("CumReq", "requests_total"), ("CurrSslConns", "current_ssl_connections"),
        ("MaxSslConns", "max_ssl_connections"), ("ConnRate", "current_connection_rate"), ("SessRate", "current_session_rate"),
        ("Idle_pct", "idle_time_percent"), ("Uptime_sec", "uptime_seconds"), ("Run_queue", "current_run_queue"),
        ("Maxsock", "max_sockets"), ("PipesUsed", "pipes_used_total"), ("PipesFree", "pipes_free_total"),
        ("DroppedLogs", "dropped_logs_total"), ("Stopping", "stopping"), ("Nbthread", "nbthread"),
    ]

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        var last = ServiceError(
            .notConfigured,
            "HAProxy has no runtime socket; put 'stats socket /run/haproxy/admin.sock mode 600 level admin' in its global section"
        )
        for case .unix(let path) in access.service.listeners {
            do throws(ServiceError) {
                let stream = try access.connect(.unix(Self.settled(path)))
                try stream.write("show info\n")
                return try Self.reading(String(decoding: try stream.readAll(), as: UTF8.self), path)
            } catch {
                // Another of its sockets may be the one.
                last = error
            }
        }
        throw last
    }

    /// HAProxy binds its sockets under a name that it changes afterwards: the kernel goes on telling `PATH.PID.tmp`.
    static func settled(_ path: String) -> String {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts.last == "tmp", Int(parts[parts.count - 2]) != nil else { return path }
        return parts.dropLast(2).joined(separator: ".")
    }

    /// What `show info` answers.
    static func reading(_ info: String, _ path: String) throws(ServiceError) -> ServiceReading {
        var values: [String: Double] = [:]
        for line in info.split(separator: "\n") {
            let sides = line.split(separator: ":", maxSplits: 1)
            if sides.count == 2, let value = Double(sides[1].drop { $0 == " " }) { values[String(sides[0])] = value }
        }
        guard values["CurrConns"] != nil else { throw ServiceError(.malformed, "\(path): no answer to 'show info'") }
        var reading = ServiceReading()
        for (field, name) in fields { reading.add("haproxy_process_\(name)", values[field]) }
        reading.use("connections", values["CurrConns"], of: values["Maxconn"])
        reading.use("tls_connections", values["CurrSslConns"], of: values["MaxSslConns"])
        return reading
    }
}
