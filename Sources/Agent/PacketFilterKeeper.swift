import Drivers
import Foundation
import Logging
import ServiceLifecycle
import Telemetry
import Topology

/// Compares the packet filter with the bans it was told, again and again: a restart of the server, or someone's flush, makes it forget.
struct PacketFilterKeeper: Service {
    let filter: NftablesBans
    let metrics: SelfMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var complained = false
            while !Task.isCancelled {
                do {
                    let done = try await filter.reconcile(at: Int64(Date().timeIntervalSince1970 * 1000))
                    metrics.set("magewatch_agent_packet_filter_reachable", to: 1)
                    metrics.set("magewatch_agent_ban_kind", ["kind": BanSubject.Kind.address.rawValue], to: 1)
                    if !done.isEmpty {
                        metrics.add("magewatch_agent_packet_filter_bans_restored_total", by: Double(done.bansRestored))
                        metrics.add("magewatch_agent_packet_filter_bans_expired_total", by: Double(done.bansExpired))
                        logger.info("packet filter reconciled", metadata: ["what": "\(done)"])
                    }
                    complained = false
                } catch {
                    metrics.set("magewatch_agent_packet_filter_reachable", to: 0)
                    let code = (error as? DriverError)?.code.rawValue ?? "other"
                    metrics.add("magewatch_agent_driver_errors_total", ["driver": "packet_filter", "code": code])
                    // Said once for each outage, not each time it is seen.
                    if !complained { logger.error("\(error)") }
                    complained = true
                }
                try? await Task.sleep(for: AgentService.reconcileInterval)
            }
        }
    }
}
