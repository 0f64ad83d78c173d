/// What HAProxy itself says of its servers: the laboratory's witness, as it owes nothing to what is being tested.
package struct LoadBalancerStatistics: Sendable, Equatable {
    /// One server of the pool.
    package struct Server: Sendable, Equatable {
        package var name: String
        package var status: String
        /// Answers with a status of 2xx it has given; sessions, where it speaks no HTTP.
        package var successes: Int
        package var current: Int
    }

    package var servers: [Server]
    /// Requests waiting for a server.
    package var queued: Int

    package func server(_ name: String) -> Server? { servers.first { $0.name == name } }

    /// Parses the answer to `show stat`.
    /// - Throws: ``LabError`` where there is no header line with the expected columns.
    package init(parsing text: String, pool: String) throws(LabError) {
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard var header = lines.first, header.first?.hasPrefix("# ") == true else {
            throw LabError(.answer, "HAProxy answered '\(text.prefix(80))' instead of its statistics")
        }
        header[0] = header[0].dropFirst(2)
        func column(_ name: Substring) throws(LabError) -> Int {
            guard let index = header.firstIndex(of: name) else {
                throw LabError(.answer, "HAProxy's statistics have no column '\(name)'")
            }
            return index
        }
        let (proxy, name, status) = (try column("pxname"), try column("svname"), try column("status"))
        let (successes, current, queue) = (try column("hrsp_2xx"), try column("scur"), try column("qcur"))
        let sessions = header.firstIndex(of: "stot")
        servers = []
        queued = 0
        for line in lines.dropFirst() where line.count >= header.count - 1 && line[proxy] == pool {
            if line[name] == "BACKEND" {
                queued += Int(line[queue]) ?? 0
            } else if line[name] != "FRONTEND" {
                queued += Int(line[queue]) ?? 0
                servers.append(
                    Server(
                        name: String(line[name]), status: String(line[status]),
                        successes: Int(line[successes]) ?? sessions.flatMap { Int(line[$0]) } ?? 0,
                        current: Int(line[current]) ?? 0))
            }
        }
    }

    /// Asks a running HAProxy.
    package static func read(socket path: String, pool: String) throws(LabError) -> LoadBalancerStatistics {
        try LoadBalancerStatistics(parsing: try ask("show stat", socket: path), pool: pool)
    }

    /// Sends one command and returns the answer.
    package static func ask(_ command: String, socket path: String) throws(LabError) -> String {
        let socket = try StreamSocket(path: path, timeout: .seconds(2))
        try socket.send(command + "\n")
        return String(decoding: try socket.receiveAll(limit: 8 << 20), as: UTF8.self)
    }
}
