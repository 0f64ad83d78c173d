/// Memcached: memory fills by design, so that evictions tell; connections saturate. Names are those of memcached_exporter.
struct MemcachedCollector: ServiceCollector {
    /// Most lines of one answer.
    static let maximumLines = 2000

    private static let fields: [(field: String, name: String)] = [
        ("uptime", "uptime_seconds"), ("curr_connections", "current_connections"), ("max_connections", "max_connections"),
        ("total_connections", "connections_total"), ("rejected_connections", "connections_rejected_total"),
        ("listen_disabled_num", "connections_listener_disabled_total"), ("curr_items", "current_items"),
        ("total_items", "items_total"), ("bytes", "current_bytes"), ("limit_maxbytes", "limit_bytes"),
        ("evictions", "items_evicted_total"), ("reclaimed", "items_reclaimed_total"), ("bytes_read", "read_bytes_total"),
        ("bytes_written", "written_bytes_total"), ("conn_yields", "connections_yielded_total"), ("threads", "threads"),
    ]
    private static let commands: [(field: String, command: String, status: String)] = [
        ("get_hits", "get", "hit"), ("get_misses", "get", "miss"), ("cmd_set", "set", "hit"), ("delete_hits", "delete", "hit"),
        ("delete_misses", "delete", "miss"), ("incr_hits", "incr", "hit"), ("incr_misses", "incr", "miss"),
        ("touch_hits", "touch", "hit"), ("touch_misses", "touch", "miss"), ("cmd_flush", "flush", "hit"),
    ]

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let stream = try access.connect()
        try stream.write("stats\r\n")
        var lines: [String] = []
        while lines.count < Self.maximumLines {
            let line = try stream.readLine()
            if line == "END" { return Self.reading(lines) }
            guard line.hasPrefix("STAT ") else {
                throw ServiceError(
                    line.hasPrefix("ERROR") || line.contains("auth") ? .refused : .malformed,
                    "\(access.service.endpoint): \(line)")
            }
            lines.append(line)
        }
        throw ServiceError(.tooLarge, "\(access.service.endpoint): more than \(Self.maximumLines) lines")
    }

    /// The lines `STAT name value`.
    static func reading(_ lines: [String]) -> ServiceReading {
        var values: [Substring: Double] = [:]
        for line in lines {
            let words = line.split(separator: " ")
            if words.count == 3, let value = Double(words[2]) { values[words[1]] = value }
        }
        var reading = ServiceReading()
        reading.add("memcached_up", 1)
        for (field, name) in fields { reading.add("memcached_\(name)", values[Substring(field)]) }
        for (field, command, status) in commands {
            reading.add("memcached_commands_total", values[Substring(field)], ["command": command, "status": status])
        }
        reading.use("memory", values["bytes"], of: values["limit_maxbytes"])
        reading.use("connections", values["curr_connections"], of: values["max_connections"])
        return reading
    }
}
