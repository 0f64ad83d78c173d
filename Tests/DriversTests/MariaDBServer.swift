import AgentContract
import Foundation
import TestKit

@testable import Drivers

extension Machine {
    static let runsMariaDB = getuid() == 0 && has("mariadbd", "mariadb", "mariadb-install-db")
    static let runsNftables = getuid() == 0 && has("nft", "ip", "unshare", "ping")
}

/// A real MariaDB server of a test's own: its data, socket and port, killed with the value that owns it.
final class MariaDBServer: @unchecked Sendable {  // Its process is started and ended by one test, one call after the other.
    /// An empty data directory, made once and copied for each server.
    private static let blank = Result { () throws -> TemporaryDirectory in
        let directory = try TemporaryDirectory("mariadb-blank")
        try run(
            "mariadb-install-db", "--no-defaults", "--datadir=\(directory.path)/data", "--auth-root-authentication-method=socket",
            "--auth-root-socket-user=root", "--user=root", "--skip-test-db")
        return directory
    }

    let local: LocalDatabase
    private let directory: TemporaryDirectory
    private let number: Int
    private var process: Process?
    private let client = MariaDBClient(program: "mariadb")

    var database: Database { local.database }

    /// Prepares a server with the number as its `server_id`; nothing runs yet.
    init(_ number: Int, passwordFile: String) throws {
        self.number = number
        directory = try TemporaryDirectory("db\(number)")
        try FileManager.default.copyItem(atPath: try MariaDBServer.blank.get().path + "/data", toPath: directory.path + "/data")
        let access = DatabaseAccess(
            port: try MariaDBServer.freePort(), user: "magewatch", passwordFile: passwordFile, socket: "/run/mysqld/mysqld.sock")
        local = LocalDatabase(
            database: Database(container: "db\(number)", host: "127.0.0.1", access: access), socketPath: directory.path + "/s")
    }

    deinit { kill() }

    /// Starts it as its image would: read-only, and as nobody's primary. Without `dropsUnacknowledged`, what a crash left half done is
    /// kept, as a server does that is not told better.
    func start(dropsUnacknowledged: Bool = true) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/mariadbd")
        process.arguments =
            [
                "--no-defaults", "--user=root", "--datadir=\(directory.path)/data", "--socket=\(local.socketPath)",
                "--port=\(database.access.port)", "--bind-address=127.0.0.1", "--server-id=\(number)",
                "--log-bin=\(directory.path)/data/binlog", "--log-slave-updates", "--gtid-strict-mode=1", "--read-only=1",
                "--skip-slave-start", "--relay-log=relay", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
                "--rpl-semi-sync-slave-enabled=1", "--skip-slave-start",
            ] + (dropsUnacknowledged ? ["--init-rpl-role=SLAVE"] : [])
        let log = directory.path + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                try await query("SELECT 1")
                return
            } catch let error as DriverError where error.code == .unreachable {
                guard ContinuousClock.now < end, process.isRunning else {
                    throw DriverError(
                        .failed, "mariadbd did not start: \(error) \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
                }
            }
        }
    }

    /// The members' account, as an operator makes it: on each before they are joined, so in nobody's binary log.
    func makeAccount(password: String) async throws {
        try await query(
            "SET sql_log_bin = 0", "CREATE USER magewatch@'%' IDENTIFIED BY '\(password)'",
            "GRANT REPLICATION SLAVE, SLAVE MONITOR, BINLOG MONITOR ON *.* TO magewatch@'%'",
            "CREATE USER app@'%' IDENTIFIED BY 'app'", "GRANT SELECT, INSERT, CREATE, DROP ON *.* TO app@'%'")
    }

    /// Dies at once, as by a power cut.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    @discardableResult
    func query(_ statements: String..., timeout: Duration = .seconds(10)) async throws -> [Substring] {
        try await client.column(statements, on: .socket(local.socketPath), timeout: timeout)
    }

    /// What clients write through: one connection and one process, each row said once the server has acknowledged it.
    func writer(of count: Int) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/mariadb")
        process.arguments = [
            "--no-defaults", "--host=127.0.0.1", "--port=\(database.access.port)", "--protocol=tcp", "--user=app",
            "--password=app",
            "--skip-column-names", "--batch", "--unbuffered", "shop",
        ]
        let input = directory.path + "/writes-\(UUID().uuidString)"
        // Each statement is sent once the one before has been answered.
        let text = (1...count).map { "INSERT INTO orders VALUES (\($0));\nSELECT \($0);\n" }.joined()
        try text.write(toFile: input, atomically: true, encoding: .utf8)
        process.standardInput = FileHandle(forReadingAtPath: input)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    private static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw DriverError(.failed, "\(program) failed") }
    }

    /// A port that the system has just given out and nobody listens on.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw DriverError(.failed, "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
