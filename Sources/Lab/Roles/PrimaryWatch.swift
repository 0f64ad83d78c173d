import Foundation
import Synchronization

/// Asks both members of the database, each by its own Unix socket, whether they take writes: no fence is in its way, and it asks nobody else.
final class PrimaryWatch: Sendable {
    /// What was seen.
    struct Account: Sendable, Equatable {
        var looks = 0
        /// Looks at which a member took writes both before and after the other one did.
        var doubles = 0
        /// The last of them.
        var last = ""
    }

    static let beat = Duration.milliseconds(20)
    private static let patience = Duration.milliseconds(200)

    private let stack: RoleStack
    private let stopped = Atomic(false)
    private let account = Mutex(Account())

    init(_ stack: RoleStack) { self.stack = stack }

    func start() {
        Thread.detachNewThread {
            while !self.stopped.load(ordering: .relaxed) {
                self.look()
                usleep(UInt32(PrimaryWatch.beat / .microseconds(1)))
            }
        }
    }

    func stop() { stopped.store(true, ordering: .relaxed) }
    var seen: Account { account.withLock { $0 } }

    private func look() {
        let members = RoleContainer.all.filter(\.isReplicated)
        let open = members.filter(takesWrites)
        // One may have ceased before the other began: only who goes on after that is a second primary.
        let isDouble = open.count > 1 && takesWrites(open[0])
        account.withLock { account in
            account.looks += 1
            guard isDouble else { return }
            account.doubles += 1
            account.last = open.map(\.name).joined(separator: " and ")
        }
    }

    private func takesWrites(_ member: RoleContainer) -> Bool {
        guard let path = try? stack.databaseSocket(of: member.name, on: member.server),
            let socket = try? StreamSocket(path: path, timeout: PrimaryWatch.patience),
            let answer = try? Exchange.mysql(
                over: socket, user: "root", statement: "SELECT CONCAT('takes', IF(@@GLOBAL.read_only, 'none', 'writes')) AS s")
        else { return false }
        return String(decoding: answer, as: UTF8.self).contains("takeswrites")
    }
}
