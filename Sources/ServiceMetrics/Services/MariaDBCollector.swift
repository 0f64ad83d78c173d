/// MariaDB and MySQL: connections saturate, and a replica falls behind. Names are those of mysqld_exporter.
struct MariaDBCollector: ServiceCollector {
    /// Status variables that are told, by their name in lower case.
    static let status: Set<String> = [
        "threads_connected", "threads_running", "threads_cached", "threads_created", "max_used_connections", "connections",
        "questions", "queries",
        "slow_queries", "aborted_clients", "aborted_connects", "bytes_received", "bytes_sent", "created_tmp_tables",
        "created_tmp_disk_tables", "opened_tables", "open_tables", "open_files", "select_full_join", "select_scan",
        "sort_merge_passes", "table_locks_waited", "table_locks_immediate", "uptime", "innodb_row_lock_waits",
        "innodb_row_lock_time", "innodb_row_lock_current_waits", "innodb_buffer_pool_read_requests", "innodb_buffer_pool_reads",
        "innodb_buffer_pool_wait_free", "innodb_buffer_pool_bytes_data", "innodb_buffer_pool_bytes_dirty", "innodb_log_waits",
        "innodb_data_reads", "innodb_data_writes", "innodb_data_fsyncs", "innodb_os_log_written", "innodb_history_list_length",
        "innodb_deadlocks", "innodb_page_size", "qcache_hits", "qcache_lowmem_prunes", "wsrep_cluster_size", "wsrep_ready",
        "wsrep_local_recv_queue", "wsrep_flow_control_paused",
    ]
    static let variables = [
        "max_connections", "read_only", "innodb_buffer_pool_size", "table_open_cache", "open_files_limit", "thread_cache_size",
        "gtid_domain_id", "server_id", "long_query_time",
    ]
    private static let commands: Set<String> = [
        "select", "insert", "update", "delete", "replace", "commit", "rollback", "begin", "insert_select", "alter_table",
    ]
    private static let families: [(prefix: String, name: String, label: String)] = [
        ("connection_errors_", "connection_errors_total", "error"), ("innodb_rows_", "innodb_row_ops_total", "operation"),
        ("handler_", "handlers_total", "handler"),
    ]

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let connection = try MySQLConnection(
            over: try access.connect(), login: access.credentials.login(for: access.service))
        let status = try connection.query("SHOW GLOBAL STATUS")
        let names = Self.variables.map { "'\($0)'" }.joined(separator: ",")
        let variables = try connection.query("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(names))")
        var reading = Self.reading(status: Self.table(status), variables: Self.table(variables))
        reading.add("mysql_version_info", 1, ["version": connection.version])
        for replica in try Self.replicas(connection) { Self.add(replica, to: &reading) }
        return reading
    }

    /// A replica's rows, one for each source. MariaDB knows the first question, MySQL the others.
    private static func replicas(_ connection: MySQLConnection) throws(ServiceError) -> MySQLConnection.Rows {
        for question in ["SHOW ALL SLAVES STATUS", "SHOW REPLICA STATUS"] {
            do throws(ServiceError) {
                return try connection.query(question)
            } catch  where error.reason == .refused {
                continue
            }
        }
        // Not allowed, or not known: the rest of the figures are worth having.
        return []
    }

    /// Names in lower case with their values.
    static func table(_ rows: MySQLConnection.Rows) -> [String: String] {
        let pairs = rows.compactMap { row in row["variable_name"].map { ($0.lowercased(), row["value"] ?? "") } }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    static func reading(status: [String: String], variables: [String: String]) -> ServiceReading {
        var reading = ServiceReading()
        reading.add("mysql_up", 1)
        for (name, text) in status.sorted(by: { $0.key < $1.key }) {
            if Self.status.contains(name) {
                reading.add("mysql_global_status_\(name)", number(text))
            } else if name.hasPrefix("com_"), commands.contains(String(name.dropFirst(4))) {
                reading.add("mysql_global_status_commands_total", number(text), ["command": String(name.dropFirst(4))])
            } else if name.hasPrefix("innodb_buffer_pool_pages_"), ["data", "free", "misc"].contains(name.dropFirst(25)) {
                reading.add("mysql_global_status_buffer_pool_pages", number(text), ["state": String(name.dropFirst(25))])
            } else if let family = families.first(where: { name.hasPrefix($0.prefix) }) {
                let label = String(name.dropFirst(family.prefix.count))
                reading.add("mysql_global_status_\(family.name)", number(text), [family.label: label])
            }
        }
        for name in variables.keys.sorted() { reading.add("mysql_global_variables_\(name)", variables[name].flatMap(number)) }
        reading.use(
            "connections", status["threads_connected"].flatMap(number), of: variables["max_connections"].flatMap(number))
        return reading
    }

    /// One source of a replica. How far it is behind is unknown, and not told, while it does not run.
    static func add(_ replica: [String: String], to reading: inout ServiceReading) {
        let labels = [
            "master_host": replica["master_host"] ?? replica["source_host"] ?? "",
            "connection_name": replica["connection_name"] ?? replica["channel_name"] ?? "",
        ]
        for (name, alternative) in [
            ("seconds_behind_master", "seconds_behind_source"), ("slave_io_running", "replica_io_running"),
            ("slave_sql_running", "replica_sql_running"), ("last_io_errno", "last_io_errno"),
            ("last_sql_errno", "last_sql_errno"),
            ("relay_log_space", "relay_log_space"), ("read_master_log_pos", "read_source_log_pos"),
            ("exec_master_log_pos", "exec_source_log_pos"),
        ] {
            reading.add("mysql_slave_status_\(name)", (replica[name] ?? replica[alternative]).flatMap(number), labels)
        }
    }

    /// Numbers, and the words that stand for them.
    static func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case "on", "yes", "true", "primary": 1
        case "off", "no", "false", "connecting", "preparing": 0
        default: Double(text)
        }
    }
}
