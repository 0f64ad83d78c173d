import Drivers
import Foundation
import Synchronization

/// A client that writes row after row through the load balancer and remembers which ones it was told are kept.
final class RowWriter: Sendable {
    /// Between the beginnings of two writes.
    static let beat = Duration.milliseconds(25)
    /// Longest a write may take; one that takes longer was not acknowledged.
    static let patience = Duration.seconds(1)

    let witness = Witness("db")
    private let last: Atomic<Int64>
    private let acknowledged = Mutex<[(row: Int64, time: Double)]>([])

    /// - Parameter first: number of the first row, above all that were ever written.
    init(from first: Int64) { last = Atomic(first) }

    func start(from vantage: Vantage) {
        witness.start(from: vantage, beat: RowWriter.beat) {
            // A number is used once: whether one without an acknowledgement was kept is nobody's business.
            let row = self.last.add(1, ordering: .relaxed).newValue
            try Exchange.mysql(
                RoleMachine.shopAddress, port: DatabaseRole.port, user: "witness",
                statement: "INSERT INTO shop.ledger VALUES (\(row))",
                patience: RowWriter.patience)
            self.acknowledged.withLock { $0.append((row, Timeline.now)) }
        }
    }

    /// The same to one member by its own socket, as what shares a server with it would: no network is between.
    func start(onSocketOf container: String, _ machine: RoleMachine, _ stack: RoleStack) {
        Thread.detachNewThread {
            self.witness.run(beat: RowWriter.beat) {
                let row = self.last.add(1, ordering: .relaxed).newValue
                let path = try stack.databaseSocket(of: container, on: machine)
                _ = try Exchange.mysql(
                    over: try StreamSocket(path: path, timeout: RowWriter.patience), user: "witness",
                    statement: "INSERT INTO shop.ledger VALUES (\(row))")
                self.acknowledged.withLock { $0.append((row, Timeline.now)) }
            }
        }
    }

    /// Rows it was told are kept after a time.
    func acknowledgedRows(after time: Double) -> [Int64] {
        acknowledged.withLock { $0.filter { $0.time > time }.map(\.row) }
    }

    func stop() { witness.stop() }

    /// Rows it was told are kept, and those of them that the primary has not.
    func audit(_ stack: RoleStack) async throws -> (acknowledged: Int, lost: [Int64]) {
        let told = acknowledged.withLock { $0.map(\.row) }
        let answer = try await stack.host(.client).run([
            "mariadb", "--no-defaults", "--host=\(DatabaseRole.address)", "--port=\(DatabaseRole.port)", "--protocol=tcp",
            "--user=witness", "--connect-timeout=3", "--skip-column-names", "--batch", "--execute=SELECT id FROM shop.ledger",
        ])
        guard answer.succeeded else { throw LabError(.answer, "the rows can't be read: \(answer.complaint)") }
        let kept = Set(answer.output.split(separator: "\n").compactMap { Int64($0) })
        return (told.count, told.filter { !kept.contains($0) })
    }
}
