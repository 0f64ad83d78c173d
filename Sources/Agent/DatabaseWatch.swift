import AgentContract
import Drivers
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry

/// Asks the databases of this server's containers how they stand, once a second, so that a scrape need not wait for them.
///
/// What it finds are series: the monitor's rules and its planner go by them, and a replica that does not hear its primary any more is a
/// witness of the primary's loss.
final class DatabaseWatch: Service {
    /// Time between two looks.
    static let interval = Duration.seconds(1)
    /// A standing older than this is not told any more.
    static let maximumAge: Milliseconds = 10_000

    private struct Seen {
        var standing: DatabaseStanding?
        var time: Milliseconds
    }

    private let server: String
    private let hands: Hands
    private let metrics: SelfMetrics
    private let seen = Mutex<[String: Seen]>([:])

    init(server: String, hands: Hands, metrics: SelfMetrics) {
        self.server = server
        self.hands = hands
        self.metrics = metrics
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: DatabaseWatch.interval)
            }
        }
    }

    /// Looks at each database once.
    func look() async {
        let containers = (try? hands.containers.list()) ?? []
        var found: [String: Seen] = [:]
        for container in containers {
            let specification = container.specification
            guard let access = specification.database else { continue }
            let host = String(specification.address.prefix { $0 != "/" })
            let database = Database(container: specification.name, host: host, access: access)
            var standing: DatabaseStanding?
            if let process = container.processID {
                do {
                    standing = try await hands.replication.standing(of: Hands.local(database, process: process))
                } catch {
                    let code = (error as? DriverError)?.code.rawValue ?? "other"
                    metrics.add("magewatch_agent_driver_errors_total", ["driver": "database", "code": code])
                    // One whose clients leave no connection is not lost: it stands as it stood.
                    if (error as? DriverError)?.code == .busy {
                        standing = seen.withLock { $0[specification.name]?.standing }
                    }
                }
            }
            found[specification.name] = Seen(standing: standing, time: Int64(Date().timeIntervalSince1970 * 1000))
        }
        let all = found
        seen.withLock { $0 = all }
    }

    /// Appends the series of what was found last.
    func collect(at now: Milliseconds, into batch: inout SampleBatch) {
        let seen = seen.withLock { $0 }
        for (name, seen) in seen.sorted(by: { $0.key < $1.key }) where now - seen.time <= DatabaseWatch.maximumAge {
            let labels: Labels = ["server": server, "container": name]
            func append(_ metric: String, _ value: Double, domain: String? = nil) {
                let named = labels.setting("__name__", to: metric)
                batch.append(domain.map { named.setting("domain", to: $0) } ?? named, value, at: now)
            }
            append("magewatch_database_up", seen.standing == nil ? 0 : 1)
            guard let standing = seen.standing else { continue }
            append("magewatch_database_writable", standing.isReadOnly ? 0 : 1)
            append("magewatch_database_replicas", Double(standing.acknowledgingReplicas))
            append("magewatch_database_requires_replica", standing.requiresReplica ? 1 : 0)
            for (domain, sequence) in standing.reached.domains.sorted(by: { $0.key < $1.key }) {
                append("magewatch_database_position", Double(sequence), domain: String(domain))
            }
            guard let following = standing.following else { continue }
            append("magewatch_database_receiving", following.isReceiving ? 1 : 0)
            append("magewatch_database_acknowledging", standing.isAcknowledging ? 1 : 0)
            append("magewatch_database_applying", following.isApplying ? 1 : 0)
            if let lag = following.lagSeconds { append("magewatch_database_lag_seconds", lag) }
        }
    }
}
