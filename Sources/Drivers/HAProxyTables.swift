/// Reads the tables that HAProxy's runtime socket answers with.
enum HAProxyTables {
    /// A server as `show servers state` lists it.
    struct ServerState: Equatable {
        var pool: String
        var name: String
        var host: String
        var port: Int
        /// 0 where no maintenance, drain or the like has been asked for.
        var administrativeState: Int
    }

    /// Reads `show servers state`: a version line, a commented header, blank-separated fields.
    static func serverStates(_ text: String) -> [ServerState] {
        var columns: [Substring: Int] = [:]
        var states: [ServerState] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                columns = index(line.dropFirst(2).split(separator: " "))
                continue
            }
            let fields = line.split(separator: " ")
            func field(_ name: Substring) -> Substring? { columns[name].flatMap { $0 < fields.count ? fields[$0] : nil } }
            guard let pool = field("be_name"), let name = field("srv_name"), let host = field("srv_addr"),
                let port = field("srv_port").flatMap({ Int($0) }), let state = field("srv_admin_state").flatMap({ Int($0) })
            else { continue }
            states.append(
                ServerState(
                    pool: String(pool), name: String(name), host: String(host), port: port, administrativeState: state))
        }
        return states
    }

    /// Reads `show stat`: comma-separated values under a commented header. Frontends are left out.
    static func statistics(_ text: String) -> [BackendStatistics] {
        var columns: [Substring: Int] = [:]
        var found: [BackendStatistics] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                columns = index(line.dropFirst(2).split(separator: ",", omittingEmptySubsequences: false))
                continue
            }
            let fields = commaSeparated(line)
            func field(_ name: Substring) -> String { columns[name].flatMap { $0 < fields.count ? fields[$0] : nil } ?? "" }
            let pool = field("pxname")
            let server = field("svname")
            guard !pool.isEmpty, !server.isEmpty, server != "FRONTEND" else { continue }
            // HTTP backends count requests; others only sessions.
            let requests = Int(field("req_tot")) ?? Int(field("stot")) ?? 0
            found.append(
                BackendStatistics(
                    pool: pool, server: server == "BACKEND" ? nil : server, sessions: Int(field("scur")) ?? 0,
                    queue: Int(field("qcur")) ?? 0, requests: server == "BACKEND" ? requests : Int(field("stot")) ?? 0,
                    responseErrors: (Int(field("eresp")) ?? 0) + (Int(field("hrsp_5xx")) ?? 0), status: field("status")))
        }
        return found
    }

    /// A value of `show info`.
    static func information(_ name: String, in text: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + ": ") {
            return String(line.dropFirst(name.utf8.count + 2))
        }
        return nil
    }

    private static func index(_ names: [Substring]) -> [Substring: Int] {
        Dictionary(names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// Splits a line at commas that are outside double quotes.
    static func commaSeparated(_ line: Substring) -> [String] {
        var fields: [String] = []
        var field = ""
        var quoted = false
        for character in line {
            if character == "\"" {
                quoted.toggle()
            } else if character == ",", !quoted {
                fields.append(field)
                field = ""
            } else {
                field.append(character)
            }
        }
        fields.append(field)
        return fields
    }
}
