/// Redis and Valkey: memory saturates (then keys are evicted or writes refused), and connections. Names are those of redis_exporter.
struct RedisCollector: ServiceCollector {
    private static let fields: [(field: String, name: String)] = [
        ("uptime_in_seconds", "uptime_in_seconds"), ("connected_clients", "connected_clients"),
        ("blocked_clients", "blocked_clients"),
        ("maxclients", "config_maxclients"), ("used_memory", "memory_used_bytes"), ("used_memory_rss", "memory_used_rss_bytes"),
        ("used_memory_peak", "memory_used_peak_bytes"), ("maxmemory", "memory_max_bytes"),
        ("mem_fragmentation_ratio", "mem_fragmentation_ratio"), ("total_connections_received", "connections_received_total"),
        ("total_commands_processed", "commands_processed_total"), ("instantaneous_ops_per_sec", "instantaneous_ops_per_sec"),
        ("rejected_connections", "rejected_connections_total"), ("expired_keys", "expired_keys_total"),
        ("evicted_keys", "evicted_keys_total"), ("keyspace_hits", "keyspace_hits_total"),
        ("keyspace_misses", "keyspace_misses_total"), ("connected_slaves", "connected_slaves"),
        ("master_last_io_seconds_ago", "master_last_io_seconds_ago"), ("master_sync_in_progress", "master_sync_in_progress"),
        ("rdb_changes_since_last_save", "rdb_changes_since_last_save"),
        ("rdb_last_save_time", "rdb_last_save_timestamp_seconds"), ("latest_fork_usec", "latest_fork_usec"),
        ("total_net_input_bytes", "net_input_bytes_total"), ("total_net_output_bytes", "net_output_bytes_total"),
        ("loading", "loading_dump_file"),
    ]

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let stream = try access.connect()
        if let login = access.credentials.login(for: access.service) {
            let words = ["AUTH"] + (login.user.isEmpty ? [] : [login.user]) + [login.password]
            try stream.write(Self.command(words))
            let answer = try stream.readLine()
            guard answer.hasPrefix("+") else { throw ServiceError(.denied, "\(access.service.endpoint): \(answer)") }
        }
        try stream.write(Self.command(["INFO"]))
        let head = try stream.readLine()
        if head.hasPrefix("-") {
            let isDenied = head.hasPrefix("-NOAUTH") || head.hasPrefix("-NOPERM") || head.hasPrefix("-DENIED")
            throw ServiceError(
                isDenied ? .denied : .refused,
                "\(access.service.endpoint): \(head.dropFirst())"
                    + (isDenied ? " Give the agent a login with --service-credentials" : ""))
        }
        guard head.hasPrefix("$"), let count = Int(head.dropFirst()), count >= 0 else {
            throw ServiceError(.malformed, "\(access.service.endpoint): this is no Redis")
        }
        return Self.reading(String(decoding: try stream.read(count: count), as: UTF8.self))
    }

    static func command(_ words: [String]) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    /// What `INFO` answers.
    static func reading(_ info: String) -> ServiceReading {
        var values: [String: String] = [:]
        var reading = ServiceReading()
        reading.add("redis_up", 1)
        for line in info.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":"), line.first != "#" else { continue }
            values[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        for (field, name) in fields { reading.add("redis_\(name)", values[field].flatMap { Double($0) }) }
        if let role = values["role"] {
            reading.add("redis_instance_info", 1, ["role": role, "redis_version": values["redis_version"] ?? ""])
        }
        for (field, good, name) in [
            ("rdb_last_bgsave_status", "ok", "rdb_last_bgsave_status"), ("aof_last_write_status", "ok", "aof_last_write_status"),
            ("master_link_status", "up", "master_link_up"),
        ] {
            reading.add("redis_\(name)", values[field].map { $0 == good ? 1 : 0 })
        }
        if let master = values["master_repl_offset"].flatMap({ Double($0) }) {
            reading.add("redis_master_repl_offset", master)
            for (key, value) in values where key.hasPrefix("slave") && key.dropFirst(5).allSatisfy(\.isNumber) {
                let parts = pairs(value)
                guard let address = parts["ip"], let port = parts["port"], let offset = parts["offset"].flatMap({ Double($0) })
                else {
                    continue
                }
                reading.add("redis_slave_repl_lag_bytes", max(0, master - offset), ["slave": "\(address):\(port)"])
            }
        }
        for (key, value) in values where key.hasPrefix("db") && key.dropFirst(2).allSatisfy(\.isNumber) {
            reading.add("redis_db_keys", pairs(value)["keys"].flatMap { Double($0) }, ["db": key])
        }
        reading.use("memory", values["used_memory"].flatMap { Double($0) }, of: values["maxmemory"].flatMap { Double($0) })
        reading.use(
            "connections", values["connected_clients"].flatMap { Double($0) }, of: values["maxclients"].flatMap { Double($0) })
        return reading
    }

    /// `a=1,b=2`.
    private static func pairs(_ text: String) -> [String: String] {
        let pairs = text.split(separator: ",").compactMap { part -> (String, String)? in
            let sides = part.split(separator: "=", maxSplits: 1)
            return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
}
