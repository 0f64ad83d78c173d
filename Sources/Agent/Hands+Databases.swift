import AgentContract
import Drivers

extension Hands {
    /// Does a step on a database in one of this server's containers.
    func carryOutOnDatabase(_ step: Step) async throws -> DriverOutcome {
        guard let database = step.database else {
            throw DriverError(.invalidRequest, "\(step.name) is no step of a database")
        }
        guard let process = try await process(of: database.container) else {
            // Where nothing runs nothing is written, and it comes back read-only.
            if case .demoteDatabase(_, let seconds) = step, seconds <= 0 {
                return .unchanged("container \(database.container) does not run")
            }
            // Once it starts it listens to nobody; that is seen and mended by its rule.
            if case .resumeReplica = step { return .unchanged("container \(database.container) does not run") }
            throw DriverError(
                .missing, "\(step.name): container \(database.container) does not run on this server; start it first")
        }
        let local = Hands.local(database, process: process)
        switch step {
        case .promoteDatabase(_, let promotion): return try await replication.promote(local, promotion)
        case .demoteDatabase(_, let seconds):
            return try await replication.demote(local, answersWithin: Hands.duration(seconds))
        case .severReplica(_, let expectsLoss): return try await replication.sever(local, expectsLoss: expectsLoss)
        case .resumeReplica: return try await replication.resume(local)
        case .followPrimary(_, let primary): return try await replication.follow(local, primary: primary)
        case .awaitReplica(_, let primary, let timeout):
            return try await replication.waitForAll(local, of: primary, timeout: Hands.duration(timeout))
        case .requireReplica: return try await replication.requireReplica(local)
        case .waiveReplica: return try await replication.waiveReplica(local)
        default: throw DriverError(.invalidRequest, "\(step.name) is no step of a database")
        }
    }

    /// Does a step in the network of one of this server's containers.
    func carryOutInContainer(_ step: Step) async throws -> DriverOutcome {
        switch step {
        case .claimServiceAddress(let address, let container):
            guard let process = try await process(of: container) else {
                throw DriverError(.missing, "\(step.name): container \(container) does not run on this server; start it first")
            }
            return try await addresses.claim(address, inContainerOf: process)
        case .releaseServiceAddress(let address, let container):
            guard let process = try await process(of: container) else {
                return .unchanged("container \(container) does not run, so it holds no address")
            }
            return try await addresses.release(address, inContainerOf: process)
        default: throw DriverError(.invalidRequest, "\(step.name) is no step in a container")
        }
    }

    /// A container's database with its socket as this server sees it.
    static func local(_ database: Database, process: Int32) -> LocalDatabase {
        LocalDatabase(database: database, socketPath: "/proc/\(process)/root\(database.access.socket)")
    }

    private func process(of container: String) async throws -> Int32? { try await containers.find(container)?.processID }
}
