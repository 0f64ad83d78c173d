import Drivers
import Foundation
import Logging
import ServiceLifecycle
import Telemetry
import Topology

/// Compares the load balancer with what it was told, again and again: a restart makes it forget.
struct Reconciler: Service {
    let balancer: any LoadBalancer
    let metrics: SelfMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let kinds = await balancer.banKinds
            var complained = false
            while !Task.isCancelled {
                do {
                    let done = try await balancer.reconcile(at: Int64(Date().timeIntervalSince1970 * 1000))
                    metrics.set("magewatch_agent_load_balancer_reachable", to: 1)
                    for kind in kinds { metrics.set("magewatch_agent_ban_kind", ["kind": kind.rawValue], to: 1) }
                    if !done.isEmpty {
                        metrics.add("magewatch_agent_servers_restored_total", by: Double(done.serversRestored.count))
                        metrics.add("magewatch_agent_bans_expired_total", by: Double(done.bansExpired))
                        logger.info("load balancer reconciled", metadata: ["what": "\(done)"])
                    }
                    complained = false
                } catch {
                    metrics.set("magewatch_agent_load_balancer_reachable", to: 0)
                    let code = (error as? DriverError)?.code.rawValue ?? "other"
                    metrics.add("magewatch_agent_driver_errors_total", ["driver": "load_balancer", "code": code])
                    // Said once for each outage, not each time it is seen.
                    if !complained { logger.error("\(error)") }
                    complained = true
                }
                try? await Task.sleep(for: AgentService.reconcileInterval)
            }
        }
    }
}
