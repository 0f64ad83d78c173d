package import Topology

/// Where a container would best stand, by what its limits leave free on each server.
package struct ServerRoom: Sendable {
    /// A server, and how good it would be.
    package struct Candidate: Sendable, Equatable {
        package var server: Server
        /// Utilisation of the scarcest resource with the container on it, plus a tenth for each of its role there: lower is better.
        package var score: Double
    }

    private let stack: Stack
    private let measured: [String: Double]
    private let target: Double
    /// What plans under way and the one in the making will add.
    private var added: [Container]

    package init(stack: Stack, measured: [String: Double] = [:], target: Double = 1, coming: [Container] = []) {
        self.stack = stack
        self.measured = measured
        self.target = target
        added = coming
    }

    /// Counts a container that is going to be there.
    package mutating func add(_ container: Container) { added.append(container) }

    /// What a server's containers leave of it by their limits.
    package func free(on server: Server) -> Resources {
        running(on: server.name).reduce(server.capacity) { $0 - $1.limits }
    }

    /// The servers with room, best first. A server that is down, hotter than the target or holds the container's other half is out.
    package func candidates(for container: Container, among servers: [Server]) -> [Candidate] {
        servers.compactMap { server in
            guard server.health != .down, (measured[server.name] ?? 0) <= target else { return nil }
            guard container.limits.fits(in: free(on: server)) else { return nil }
            let there = everything(on: server.name)
            guard !there.contains(where: { isOtherHalf($0, container) }) else { return nil }
            let used = server.capacity - free(on: server) + container.limits
            let share = max(used.utilisation(of: server.capacity), measured[server.name] ?? 0)
            let crowd = Double(there.count { $0.role == container.role && $0.kind == .active })
            return Candidate(server: server, score: share + 0.1 * crowd)
        }
        .sorted { ($0.score, $0.server.name) < ($1.score, $1.server.name) }
    }

    private func everything(on server: String) -> [Container] {
        stack.containers(on: server) + added.filter { $0.server == server }
    }

    private func running(on server: String) -> [Container] {
        everything(on: server).filter { $0.state != .stopped && $0.state != .failed }
    }

    private func isOtherHalf(_ one: Container, _ other: Container) -> Bool {
        one.name != other.name && (one.backupOf == other.name || other.backupOf == one.name)
    }
}
