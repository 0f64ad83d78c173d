import AgentContract
import Topology

/// The steps that bring one container to life or take it away, the same in every kind of plan.
struct ContainerSteps {
    let container: Container
    let policy: RolePolicy?

    var specification: ContainerSpecification {
        ContainerSpecification(
            name: container.name, role: container.role, image: container.image, address: container.address,
            gateway: policy?.gateway, limits: container.limits, sharedDirectory: policy?.sharedFiles?.target)
    }

    func backend(_ pool: String) -> Backend {
        Backend(
            pool: pool, name: container.name, host: container.host, port: container.port,
            maximumConnections: policy?.maximumConnections ?? 0)
    }

    private var probe: HealthProbe {
        let host = container.host.contains(":") ? "[\(container.host)]" : container.host
        let timeout = policy?.serveTimeoutSeconds ?? 30
        guard let path = policy?.healthPath else {
            return HealthProbe(url: "tcp://\(host):\(container.port)", timeoutSeconds: timeout)
        }
        let separator = path.hasPrefix("/") ? "" : "/"
        return HealthProbe(url: "http://\(host):\(container.port)\(separator)\(path)", timeoutSeconds: timeout)
    }

    /// Files, container, health gate, inventory, load balancers.
    func start(graceSeconds: Double) -> [PlannedStep] {
        let server = container.server
        var steps: [PlannedStep] = []
        if let files = policy?.sharedFiles {
            steps.append(
                PlannedStep(.agent(server: server, step: .mountSharedFiles(files), undo: .unmountSharedFiles(files))))
        }
        steps.append(
            PlannedStep(
                .agent(
                    server: server, step: .startContainer(specification),
                    undo: .stopContainer(name: container.name, graceSeconds: graceSeconds))))
        steps.append(
            PlannedStep(
                .agent(server: server, step: .waitUntilHealthy(probe), undo: nil),
                timeoutSeconds: probe.timeoutSeconds + 5))
        steps.append(PlannedStep(.putContainer(container)))
        return steps
    }

    func join(except deadServer: String? = nil) -> [PlannedStep] {
        (policy?.loadBalancers ?? []).filter { $0.server != deadServer }.map { pool in
            let backend = backend(pool.pool)
            return PlannedStep(.agent(server: pool.server, step: .addBackend(backend), undo: .removeBackend(backend)))
        }
    }

    /// Out of every load balancer once nothing is under way, then stopped, then forgotten.
    func retire(drainSeconds: Double, keepsFiles: Bool) -> [PlannedStep] {
        var steps: [PlannedStep] = []
        for pool in policy?.loadBalancers ?? [] {
            let backend = backend(pool.pool)
            steps.append(
                PlannedStep(
                    .agent(
                        server: pool.server, step: .drainBackend(backend, deadlineSeconds: drainSeconds),
                        undo: .addBackend(backend)), timeoutSeconds: drainSeconds + 10))
            steps.append(
                PlannedStep(.agent(server: pool.server, step: .removeBackend(backend), undo: .addBackend(backend))))
        }
        steps.append(
            PlannedStep(
                .agent(
                    server: container.server, step: .stopContainer(name: container.name, graceSeconds: 5),
                    undo: .startContainer(specification))))
        if !keepsFiles, let files = policy?.sharedFiles {
            steps.append(
                PlannedStep(
                    .agent(server: container.server, step: .unmountSharedFiles(files), undo: .mountSharedFiles(files))))
        }
        steps.append(PlannedStep(.dropContainer(name: container.name)))
        return steps
    }
}
