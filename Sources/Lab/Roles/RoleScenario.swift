import AgentContract
import Drivers
import Foundation
import Topology

/// The play of the stack of all roles: the shop works as one, then each role is saturated and each loses a part.
package struct RoleScenario: Sendable {
    /// A scenario that can be asked for by name.
    package enum Name: String, Sendable, CaseIterable {
        case rolesServe = "roles-serve"
        case saturateWeb = "saturate-web"
        case saturateSearch = "saturate-search"
        case saturateQueue = "saturate-queue"
        case saturateMail = "saturate-mail"
        case saturateDb = "saturate-db"
        case saturateAcc = "saturate-acc"
        case saturateLb = "saturate-lb"
        case killWeb = "kill-web"
        case killDb = "kill-db"
        case hangDb = "hang-db"
        case wipeDb = "wipe-db"
        case killSearch = "kill-search"
        case killMail = "kill-mail"
        case hangMail = "hang-mail"
        case killAcc = "kill-acc"
        case killQueue = "kill-queue"
        case killLb = "kill-lb"
        case killMonitor = "kill-monitor"
        case saturateMonitor = "saturate-monitor"
        case hangAgent = "hang-agent"
        case restartLb = "restart-lb"
        case split
        /// Played on a stack of its own: afterwards half of it is gone.
        case serverDeath = "server-death"

        /// What `failures` plays: what hangs, is cut off, loses its data or is restarted.
        package static let failures: Set<Name> = [.hangDb, .wipeDb, .hangMail, .hangAgent, .restartLb, .split]
        /// What `all` plays: each role saturated, and each losing a part.
        package static let play = Set(allCases).subtracting(failures)
    }

    let stack: RoleStack
    let monitor: MonitorView
    let observations: Observations
    let timeline: Timeline

    /// What all scenarios together gave.
    package struct Result: Sendable, Equatable, Encodable {
        package var verdicts: [Verdict] = []
        package var roles: [RoleReport] = Role.allCases.map(RoleReport.init)

        package var held: Bool { !verdicts.isEmpty && verdicts.allSatisfy(\.held) && roles.allSatisfy(\.held) }

        /// What was played on another stack besides.
        mutating func add(_ other: Result) {
            verdicts += other.verdicts
            for report in other.roles {
                update(report.role) { mine in
                    mine.saturates = report.saturates ?? mine.saturates
                    mine.scales = report.scales ?? mine.scales
                    mine.failsOver = report.failsOver ?? mine.failsOver
                }
            }
        }

        mutating func update(_ role: Role, _ change: (inout RoleReport) -> Void) {
            guard let index = roles.firstIndex(where: { $0.role == role }) else { return }
            change(&roles[index])
        }
    }

    /// Plays the scenarios that are asked for, in their order.
    func play(_ names: Set<Name>) async throws -> Result {
        var result = Result()
        for name in Name.allCases where names.contains(name) {
            try Task.checkCancellation()
            let count = result.verdicts.count
            switch name {
            case .rolesServe: result.verdicts.append(try await rolesServe())
            case .killWeb: try await killShared(.web, &result)
            case .killSearch: try await killShared(.search, &result)
            case .killDb: try await loseDatabase(.killed, &result)
            case .hangDb: try await loseDatabase(.frozen, &result)
            case .wipeDb: try await loseDatabase(.killedWithData, &result)
            case .killMail: try await kill(.mail, &result)
            case .hangMail: try await kill(.mail, freezes: true, &result)
            case .killAcc: try await kill(.acc, &result)
            case .killQueue: try await kill(.queue, &result)
            case .killLb: try await killPaired(.lb, &result)
            case .killMonitor: try await killPaired(.monitor, &result)
            case .saturateWeb: try await saturateWeb(&result)
            case .saturateSearch: try await saturateSearch(&result)
            case .saturateQueue: try await saturateQueue(&result)
            case .saturateMail: try await saturateMail(&result)
            case .saturateDb: try await saturateConnections(.db, &result)
            case .saturateAcc: try await saturateConnections(.acc, &result)
            case .saturateMonitor: try await saturateMonitor(&result)
            case .hangAgent: result.verdicts.append(try await hangAgent())
            case .restartLb: result.verdicts.append(try await restartLoadBalancer())
            case .split: result.verdicts.append(try await splitNetwork())
            case .saturateLb: try await saturateConnections(.lb, &result)
            case .serverDeath: result.verdicts.append(try await serverDeath())
            }
            for verdict in result.verdicts[count...] {
                timeline.note("\(verdict.held ? "held" : "FAILED"): \(verdict.step): \(verdict.detail)")
            }
        }
        return result
    }

    /// True as soon as the condition is, false when the time is over.
    func wait(_ seconds: Double, every interval: Duration = .milliseconds(50), until condition: () async -> Bool) async throws
        -> Bool
    {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            if await condition() { return true }
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: interval)
        }
    }

    /// The witness of a role, looking as its clients do.
    func witness(of role: Role) throws -> Witness {
        let witness = Witness(role.rawValue)
        // A broker's connection costs it more than all others' together.
        witness.start(
            from: try stack.vantage(), beat: role == .queue ? .milliseconds(100) : Witness.beat, RoleScenario.exchange(role))
        return witness
    }

    /// How long a visitor waits for a page or a search.
    static let visitorPatience = Duration.seconds(8)

    /// What a client of a role does.
    static func exchange(_ role: Role) -> @Sendable () throws -> Void {
        switch role {
        case .web: { try Exchange.http(RoleMachine.shopAddress, port: 80, path: "/shop.php?p=7", patience: visitorPatience) }
        case .lb: { try Exchange.http(RoleMachine.shopAddress, port: 80, path: LoadBalancerRole.healthPath) }
        case .db:
            {
                try Exchange.mysql(
                    DatabaseRole.address, port: DatabaseRole.port, user: "witness",
                    statement: "REPLACE INTO shop.witness VALUES (1, 1)")
            }
        case .search: { try Exchange.search(RoleMachine.shopAddress) }
        case .queue: { try Exchange.stomp(QueueRole.address) }
        case .mail: { try Exchange.smtp(MailRole.address) }
        case .acc: { try Exchange.ssh(AccessRole.address) }
        case .monitor: { try Exchange.http(RoleMachine.monitorAddress, port: AddressPlan.apiPort, path: "/health") }
        }
    }

    /// Asks the shop for a page and returns what it answers.
    func shop(_ path: String) async throws -> PlainHTTP.Response {
        var request = PlainHTTP.Request(address: RoleMachine.shopAddress, port: 80, path: path)
        request.timeout = .seconds(8)
        return try await stack.vantage().http(request)
    }

    /// The active container of an address, as the monitor's inventory has it just now.
    func activeContainer(at address: String) async throws -> Container {
        let containers = try await monitor.stack().containers
        guard let container = containers.first(where: { $0.kind == .active && $0.host == address }) else {
            throw LabError(.answer, "the monitor knows no active container at \(address)")
        }
        return container
    }

    /// Kills the first process of a container, and with it all others in it.
    /// - Returns: when.
    func killContainer(_ container: Container) async throws -> Double {
        guard let machine = RoleMachine(rawValue: container.server) else {
            throw LabError(.answer, "there is no machine \(container.server)")
        }
        let process = try stack.process(of: container.name, on: machine)
        let time = Timeline.now
        let killed = try await stack.host(machine).run(["kill", "-KILL", "\(process)"])
        guard killed.succeeded else { throw LabError(.service, "\(container.name) can't be killed: \(killed.complaint)") }
        timeline.note("\(container.name) on \(container.server) is killed", at: time)
        return time
    }
}
