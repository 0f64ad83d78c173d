import AgentContract
import Topology

/// The steps that bring one container to life or take it away, the same in every kind of plan.
struct ContainerSteps {
    let container: Container
    let policy: RolePolicy?

    var specification: ContainerSpecification {
        ContainerSpecification(
            name: container.name, role: container.role, image: container.image, address: container.address,
            gateway: policy?.gateway, limits: container.limits, sharedDirectory: policy?.sharedFiles?.target,
            database: policy?.replication.flatMap { $0.apart.contains(container.name) ? nil : $0.access })
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
        mount + run(graceSeconds: graceSeconds) + [PlannedStep(.putContainer(container))]
    }

    /// The role's shared files, where it has any.
    var mount: [PlannedStep] {
        (policy?.sharedFiles).map { files in
            [PlannedStep(.agent(server: container.server, step: .mountSharedFiles(files), undo: .unmountSharedFiles(files)))]
        } ?? []
    }

    /// The container itself, and its health gate.
    func run(graceSeconds: Double) -> [PlannedStep] {
        [
            PlannedStep(
                .agent(
                    server: container.server, step: .startContainer(specification),
                    undo: .stopContainer(name: container.name, graceSeconds: graceSeconds))), healthGate,
        ]
    }

    /// Goes no further before it serves.
    var healthGate: PlannedStep {
        PlannedStep(
            .agent(server: container.server, step: .waitUntilHealthy(probe), undo: nil), timeoutSeconds: probe.timeoutSeconds + 5)
    }

    func join(except deadServer: String? = nil) -> [PlannedStep] {
        (policy?.loadBalancers ?? []).filter { $0.server != deadServer }.map { pool in
            let backend = backend(pool.pool)
            return PlannedStep(.agent(server: pool.server, step: .addBackend(backend), undo: .removeBackend(backend)))
        }
    }

    /// Out of every load balancer, once nothing is under way.
    func leave(drainSeconds: Double) -> [PlannedStep] {
        (policy?.loadBalancers ?? []).flatMap { pool in
            let backend = backend(pool.pool)
            return [
                PlannedStep(
                    .agent(
                        server: pool.server, step: .drainBackend(backend, deadlineSeconds: drainSeconds),
                        undo: .addBackend(backend)), timeoutSeconds: drainSeconds + 10),
                PlannedStep(.agent(server: pool.server, step: .removeBackend(backend), undo: .addBackend(backend))),
            ]
        }
    }

    /// Stopped in good order; taken back, it is started again.
    var stop: PlannedStep {
        PlannedStep(
            .agent(
                server: container.server, step: .stopContainer(name: container.name, graceSeconds: 5),
                undo: .startContainer(specification)))
    }

    /// The role's shared files are let go.
    var unmount: [PlannedStep] {
        (policy?.sharedFiles).map { files in
            [PlannedStep(.agent(server: container.server, step: .unmountSharedFiles(files), undo: .mountSharedFiles(files)))]
        } ?? []
    }

    /// Out of every load balancer once nothing is under way, then stopped, then forgotten.
    func retire(drainSeconds: Double, keepsFiles: Bool) -> [PlannedStep] {
        leave(drainSeconds: drainSeconds) + [stop] + (keepsFiles ? [] : unmount)
            + [PlannedStep(.dropContainer(name: container.name))]
    }
}
