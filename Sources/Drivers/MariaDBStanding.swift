import AgentContract

/// A MariaDB server's standing, from what it answers.
enum MariaDBStanding {
    /// Semi-synchronous replication's longest timeout: in effect it waits for ever.
    static let longestTimeout = "18446744073709551615"

    static let statements = [
        """
        SELECT @@GLOBAL.server_id AS mw_server, @@GLOBAL.read_only AS mw_read_only, @@GLOBAL.log_bin AS mw_log_bin, \
        @@GLOBAL.log_slave_updates AS mw_log_updates, @@GLOBAL.gtid_binlog_state AS mw_history, \
        @@GLOBAL.gtid_current_pos AS mw_position, @@GLOBAL.rpl_semi_sync_master_enabled AS mw_semi_sync, \
        @@GLOBAL.rpl_semi_sync_master_wait_no_slave AS mw_waits, @@GLOBAL.rpl_semi_sync_master_timeout AS mw_timeout, \
        @@GLOBAL.rpl_semi_sync_master_wait_point AS mw_point
        """,
        """
        SELECT VARIABLE_VALUE AS mw_clients FROM information_schema.GLOBAL_STATUS \
        WHERE VARIABLE_NAME = 'RPL_SEMI_SYNC_MASTER_CLIENTS'
        """,
        """
        SELECT VARIABLE_VALUE AS mw_acknowledging FROM information_schema.GLOBAL_STATUS \
        WHERE VARIABLE_NAME = 'RPL_SEMI_SYNC_SLAVE_STATUS'
        """,
        "SHOW SLAVE STATUS",
    ]

    /// - Throws: ``DriverError`` where something that is needed is not in the answer.
    static func standing(_ fields: [String: String], of name: String) throws(DriverError) -> DatabaseStanding {
        let answer = Answer(fields: fields, name: name)
        guard let server = UInt32(try answer.text("mw_server")) else {
            throw DriverError(.failed, "database \(name) has no server_id")
        }
        let waits = try answer.isOn("mw_semi_sync") ? answer.isOn("mw_waits") : false
        let timeout = try answer.text("mw_timeout")
        let point = try answer.text("mw_point")
        let logs = try answer.isOn("mw_log_bin") ? answer.isOn("mw_log_updates") : false
        return DatabaseStanding(
            serverID: server, isReadOnly: try answer.isOn("mw_read_only"), writesBinaryLog: logs,
            history: try answer.position("mw_history"), position: try answer.position("mw_position"),
            following: try answer.following(), requiresReplica: waits && timeout == longestTimeout && point == "AFTER_SYNC",
            acknowledgingReplicas: Int(fields["mw_clients"] ?? "") ?? 0,
            isAcknowledging: fields["mw_acknowledging"] == "ON")
    }
}

/// Columns by name, and whose they are.
private struct Answer {
    let fields: [String: String]
    let name: String

    func text(_ key: String) throws(DriverError) -> String {
        guard let value = fields[key] else {
            throw DriverError(.failed, "database \(name) did not say \(key); is it MariaDB 10.6 or later?")
        }
        return value
    }

    func isOn(_ key: String) throws(DriverError) -> Bool { try text(key) != "0" }

    func position(_ key: String) throws(DriverError) -> GTIDPosition {
        let text = try text(key)
        guard let position = GTIDPosition(text == "NULL" ? "" : text) else {
            throw DriverError(.failed, "database \(name) has the position \"\(text.prefix(200))\", which is none")
        }
        return position
    }

    func following() throws(DriverError) -> DatabaseStanding.Following? {
        guard let host = fields["Master_Host"] else { return nil }
        let state = fields["Slave_SQL_Running_State"] ?? ""
        return DatabaseStanding.Following(
            host: host, port: Int(fields["Master_Port"] ?? "") ?? 0, isReceiving: fields["Slave_IO_Running"] == "Yes",
            isSevered: fields["Slave_IO_Running"] == "No", isApplying: fields["Slave_SQL_Running"] == "Yes",
            hasAppliedAll: state.hasPrefix("Slave has read all relay log"), received: try position("Gtid_IO_Pos"),
            lagSeconds: fields["Seconds_Behind_Master"].flatMap(Double.init),
            receiveError: fields["Last_IO_Error"] ?? "", applyError: fields["Last_SQL_Error"] ?? "")
    }
}
