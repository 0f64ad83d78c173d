import AgentContract
import Topology

/// How one container leaves its server, with as little noticed as its role allows.
///
/// | container | what is done |
/// |---|---|
/// | a replicated role's primary | a replica elsewhere takes over once it has all; the old primary follows it |
/// | active whose backup stands elsewhere | the backup takes its place and address; the two change roles |
/// | active behind a load balancer, others serve | out of traffic, stopped, started on the other server, in traffic |
/// | active behind a load balancer, alone | one more is started on the other server and gets the traffic; then this one goes |
/// | any other that runs | stopped, started on the other server |
/// | what does not run | the inventory says where it is to start |
struct ContainerMove {
    enum Way: Equatable {
        case takeOver(by: Container)
        /// The steps of a primary's switchover.
        case switchOver(to: Container, [PlannedStep])
        case inPlace
        case replace(with: Container)
        case onPaper
    }

    let container: Container
    let way: Way
    /// Where it goes.
    let server: String
    let policy: RolePolicy?
    let drainSeconds: Double
    /// Others on the old server use the same shared files.
    let keepsFiles: Bool

    var steps: [PlannedStep] {
        switch way {
        case .takeOver(let backup): takeOver(by: backup)
        case .switchOver(_, let steps): steps
        case .inPlace: inPlace
        case .replace(let other):
            parts(other).start(graceSeconds: 5) + parts(other).join()
                + parts(container).retire(drainSeconds: drainSeconds, keepsFiles: keepsFiles)
        case .onPaper: [PlannedStep(.putContainer(moved))]
        }
    }

    /// A line for people.
    var summary: String {
        switch way {
        case .takeOver(let backup), .switchOver(let backup, _): "\(backup.name) on \(server) takes over from \(container.name)"
        case .inPlace, .onPaper: "\(container.name) goes to \(server)"
        case .replace(let other): "\(other.name) on \(server) replaces \(container.name)"
        }
    }

    /// What clients notice.
    var interruption: String? {
        let isBalanced = policy?.loadBalancers.isEmpty == false
        switch way {
        case .onPaper, .replace: return nil
        case .inPlace where isBalanced || container.kind == .backup: return nil
        case .switchOver: return "\(container.role.rawValue) takes no writes until the successor has all and is promoted"
        case .inPlace, .takeOver:
            return "\(container.role.rawValue) is not served by \(container.name) from its stop until its successor is healthy"
        }
    }

    /// Behind a load balancer the others serve meanwhile.
    private var inPlace: [PlannedStep] {
        var steps = container.state == .running ? parts(container).leave(drainSeconds: drainSeconds) : []
        steps.append(parts(container).stop)
        if !keepsFiles { steps += parts(container).unmount }
        steps += parts(moved).start(graceSeconds: 5)
        if container.kind == .active { steps += parts(moved).join() }
        return steps
    }

    /// The old one stops before the new one starts: two that write would be worse than a moment without any.
    private func takeOver(by backup: Container) -> [PlannedStep] {
        let (active, retired) = container.exchanged(with: backup, leaving: .stopped)
        var steps = parts(container).leave(drainSeconds: drainSeconds)
        steps.append(parts(container).stop)
        if !keepsFiles { steps += parts(container).unmount }
        steps += parts(active).start(graceSeconds: 5)
        steps.append(PlannedStep(.putContainer(retired)))
        return steps + parts(active).join()
    }

    /// The container as it will be; a drained one serves again where it goes.
    private var moved: Container {
        var moved = container
        moved.server = server
        if moved.state == .draining || moved.state == .starting { moved.state = .running }
        return moved
    }

    private func parts(_ container: Container) -> ContainerSteps { ContainerSteps(container: container, policy: policy) }
}
