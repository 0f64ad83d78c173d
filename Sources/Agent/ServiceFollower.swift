import ServiceLifecycle
import ServiceMetrics

/// Has the services of this server asked until the agent ends.
struct ServiceFollower: Service {
    let watch: ServiceWatch

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}
