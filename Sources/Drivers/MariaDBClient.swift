import AgentContract
import Foundation

/// Statements to a MariaDB server by its own client program: each exchange a process, with a deadline, no secret in its arguments.
struct MariaDBClient: Sendable {
    /// Where a server is reached.
    enum Link: Sendable {
        /// As `root`, who is known by the socket.
        case socket(String)
        /// By the account of the members.
        case network(Database)
    }

    /// Longest a connection may take to be made.
    static let connectSeconds = 1
    /// Longest password read from a file, in bytes.
    static let maximumPasswordBytes = 96

    let program: String
    private let runner = CommandRunner()

    init(program: String) { self.program = program }

    /// Runs statements and gives the columns of their rows by name; of a name that comes twice the last.
    /// - Throws: ``DriverError``: `unreachable` where no server answers, `failed` with the server's complaint.
    @discardableResult
    func run(_ statements: [String], on link: Link, timeout: Duration = .seconds(5)) async throws -> [String: String] {
        MariaDBClient.fields(try await output(statements, on: link, ["--vertical"], timeout))
    }

    /// Runs statements and gives the first column of each row.
    func column(_ statements: [String], on link: Link, timeout: Duration = .seconds(5)) async throws -> [Substring] {
        try await output(statements, on: link, ["--skip-column-names", "--batch"], timeout).split(separator: "\n")
    }

    private func output(
        _ statements: [String], on link: Link, _ format: [String], _ timeout: Duration
    ) async throws -> String {
        var arguments = ["--no-defaults", "--connect-timeout=\(MariaDBClient.connectSeconds)"] + format
        var environment: [String: String] = [:]
        let place: String
        switch link {
        case .socket(let path):
            arguments += ["--user=root", "--socket=\(path)"]
            place = "socket \(path)"
        case .network(let database):
            let access = database.access
            try MariaDBClient.check(database)
            arguments += ["--host=\(database.host)", "--port=\(access.port)", "--protocol=tcp", "--user=\(access.user)"]
            environment["MYSQL_PWD"] = try MariaDBClient.password(of: access)
            place = "\(database.container) at \(database.host):\(access.port)"
        }
        let text = statements.map { $0 + ";\n" }.joined()
        let result = try await runner.run(program, arguments, input: text, environment: environment, timeout: timeout)
        guard result.succeeded else { throw MariaDBClient.error(MariaDBClient.complaint(result), place) }
        return result.output
    }

    /// The errors alone: the client repeats the statement before them, and a statement may hold a password.
    static func complaint(_ result: CommandRunner.Result) -> String {
        let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("ERROR") }
        return errors.isEmpty ? "exit code \(result.exitCode)" : errors.prefix(3).joined(separator: "; ")
    }

    static func error(_ complaint: String, _ place: String) -> DriverError {
        let isUnreachable = ["ERROR 2002", "ERROR 2003", "ERROR 2005", "ERROR 2006", "ERROR 2013", "ERROR 2026"]
            .contains(where: complaint.contains)
        if isUnreachable { return DriverError(.unreachable, "no MariaDB answers by \(place): \(complaint)") }
        if ["ERROR 1040", "ERROR 1203"].contains(where: complaint.contains) {
            return DriverError(.busy, "MariaDB by \(place) has no connection left: \(complaint); raise max_connections")
        }
        if complaint.contains("ERROR 1045") || complaint.contains("ERROR 1227") {
            return DriverError(
                .failed,
                "MariaDB by \(place) refuses the account: \(complaint). Grant it REPLICATION SLAVE, SLAVE MONITOR and BINLOG MONITOR, "
                    + "with the password of replication.password-file; root comes by the socket (unix_socket)")
        }
        return DriverError(.failed, "MariaDB by \(place): \(complaint)")
    }

    /// `name: value` of lines as the client writes them vertically.
    static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard !line.hasPrefix("***"), let colon = line.range(of: ":") else { continue }
            let name = line[..<colon.lowerBound].drop { $0 == " " }
            fields[String(name)] = String(line[colon.upperBound...].drop { $0 == " " })
        }
        return fields
    }

    /// The members' password, read anew each time so that a changed one counts at once.
    static func password(of access: DatabaseAccess) throws(DriverError) -> String {
        try Names.checkPath(access.passwordFile, "replication password file")
        guard let bytes = FileManager.default.contents(atPath: access.passwordFile) else {
            throw DriverError(
                .missing, "\(access.passwordFile) can't be read on this server: put the password of \(access.user) into it")
        }
        let password = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !password.isEmpty, password.utf8.count <= maximumPasswordBytes, password.utf8.allSatisfy({ $0 >= 32 && $0 != 127 })
        else {
            throw DriverError(
                .invalidRequest, "\(access.passwordFile) has to hold one line with 1 to \(maximumPasswordBytes) bytes of password"
            )
        }
        return password
    }

    static func check(_ database: Database) throws(DriverError) {
        try Names.check(database.container, "container")
        try Names.check(database.access.user, "database account")
        guard let address = IPv4Address(database.host), address.prefixLength == nil, (1...65_535).contains(database.access.port)
        else {
            throw DriverError(
                .invalidRequest,
                "database \(database.container): '\(database.host.prefix(60))' port \(database.access.port) is no place to reach it"
            )
        }
    }

    /// A text as a literal.
    static func quoted(_ text: String) -> String {
        var literal = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" || scalar == "\\" { literal.unicodeScalars.append("\\") }
            literal.unicodeScalars.append(scalar)
        }
        return literal + "'"
    }
}
