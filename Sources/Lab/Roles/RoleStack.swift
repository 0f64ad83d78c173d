package import Drivers
import Foundation

/// The stack of all roles in its machines, from power-on to the last process ended.
package final class RoleStack: Sendable {
    package let run: RunDirectory
    package let groups: ControlGroupTree
    package let network: NetworkSwitch
    package let hosts: [RoleMachine: Host]
    /// This program, which is the agent and the monitor as well.
    package let program: String
    let token: String

    package var sharedSource: String { run.file("shared") }
    package func loadBalancerSocket(_ machine: RoleMachine) -> String { run.file("\(machine.rawValue).sock") }
    package func banMaps(_ machine: RoleMachine) -> BanMaps { BanMaps(prefix: run.file("\(machine.rawValue)-")) }
    /// File with the password of the database's members.
    package var databasePassword: String { run.file("database.password") }
    /// A directory of the storage that every server of the stack sees.
    package func storage(_ name: String) -> String { run.file("storage/\(name)") }
    /// Where the world's mail server puts what it gets, a file a message.
    package var worldMail: String { run.file("world-mail") }

    /// Powers on all machines and wires them.
    package init(run: RunDirectory, program: String) async throws {
        self.run = run
        self.program = program
        let groups = ControlGroupTree(run: run.name)
        self.groups = groups
        var generator = SystemRandomNumberGenerator()
        token = String(generator.next() as UInt64, radix: 36) + String(generator.next() as UInt64, radix: 36)
        let network = try await NetworkSwitch.boot(in: run, groups: groups)
        self.network = network
        hosts = try await network.bootAll(RoleMachine.allCases, in: run, groups: groups)
    }

    /// A machine; all of them exist from the beginning.
    package func host(_ machine: RoleMachine) throws(LabError) -> Host {
        guard let host = hosts[machine] else { throw LabError(.construction, "there is no machine \(machine.rawValue)") }
        return host
    }

    /// The place from which the laboratory looks at the stack.
    package func vantage(_ machine: RoleMachine = .client) throws(LabError) -> Vantage { Vantage(try host(machine)) }

    /// Starts mail's other end, the load balancers, the agents, and through these the containers.
    package func startServices() async throws {
        try await host(.world).start(
            "smtp-sink",
            [
                "smtp-sink", "-u", "nobody", "-d", "%s.", "-R", worldMail,
                "\(RoleMachine.world.address):\(RoleMachine.worldMailPort)", "100",
            ])
        for machine in RoleMachine.loadBalancers { try await startLoadBalancer(machine) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for machine in RoleMachine.servers {
                tasks.addTask { try await self.startServer(machine) }
            }
            try await tasks.waitForAll()
        }
        let agents = AgentClient(vantage: try vantage(), token: token)
        for machine in RoleMachine.servers {
            do { try await agents.waitUntilUp(machine, within: .seconds(20)) } catch {
                throw LabError(.service, "\(error); it said:\n\(try host(machine).tail("agent"))")
            }
        }
        // Side by side, as the broker alone takes as long as all others together; what waits for it is started last.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (index, container) in RoleContainer.active.enumerated() where container.image != "worker" {
                tasks.addTask { try await self.start(container, index, agents) }
            }
            try await tasks.waitForAll()
        }
        for (index, container) in RoleContainer.active.enumerated() where container.image == "worker" {
            try await start(container, index, agents)
        }
    }

    private func start(_ container: RoleContainer, _ index: Int, _ agents: AgentClient) async throws {
        for (number, (machine, step)) in container.steps(sharedSource: sharedSource, databasePassword: databasePassword)
            .enumerated()
        {
            try await agents.perform(step, id: "lab-\(run.name)/\(index)-\(number)", on: machine)
        }
    }

    private func startLoadBalancer(_ machine: RoleMachine) async throws {
        let host = try host(machine)
        try await host.start(
            "haproxy",
            [
                "sh", "-c", AddressPair.keeper, "keeper", trackFile(machine), run.file("\(machine.rawValue).pid"), "haproxy",
                "-db", "-f",
                run.file("\(machine.rawValue)/haproxy.cfg"),
            ])
        try await host.start("varnish", LoadBalancerRole.varnishCommand(configuration: run.file("varnish.vcl")))
        try await host.start("keepalived", AddressPair.command(configuration: run.file("\(machine.rawValue)/keepalived.conf")))
    }

    private func startServer(_ machine: RoleMachine) async throws {
        let host = try host(machine)
        let directory = "hosts/\(machine.rawValue)"
        try await host.start(
            "rsyslog",
            ["rsyslogd", "-n", "-f", run.file("\(directory)/rsyslog.conf"), "-i", run.file("\(directory)/rsyslog.lock")])
        var command = [
            program, "agent", "--name", machine.rawValue, "--listen", "\(machine.address):\(AddressPlan.agentPort)",
            "--data", run.file("\(directory)/agent"), "--images", run.file("images"), "--bridge", "br0",
            "--gateway", machine.address, "--token-file", run.file("token"),
        ]
        if RoleMachine.loadBalancers.contains(machine) {
            command += ["--haproxy-socket", loadBalancerSocket(machine)] + banMaps(machine).agentOptions
        }
        try await host.start("agent", command)
    }

    /// Starts keepalived on both monitors; the one that gets the address starts the monitor.
    package func startMonitors() async throws {
        for machine in RoleMachine.monitors {
            try await host(machine).start(
                "keepalived", AddressPair.command(configuration: run.file("\(machine.rawValue)/keepalived.conf")))
        }
    }

    /// The first process of a container, as its machine counts, by its agent's own record.
    func process(of container: String, on machine: RoleMachine) throws -> Int32 {
        struct Record: Decodable { var processID: Int32? }
        let file = run.file("hosts/\(machine.rawValue)/agent/containers/\(container)/container.json")
        guard let bytes = FileManager.default.contents(atPath: file),
            let process = try JSONDecoder().decode(Record.self, from: bytes).processID
        else { throw LabError(.service, "\(container) does not run on \(machine.rawValue)") }
        return process
    }

    /// The Unix socket of a container's database, as this process finds it: no network and no fence is in between.
    func databaseSocket(of container: String, on machine: RoleMachine) throws -> String {
        let process = try process(of: container, on: machine)
        return "/proc/\(try host(machine).processID)/root/proc/\(process)/root\(DatabaseRole.socket)"
    }

    func trackFile(_ machine: RoleMachine) -> String { run.file("\(machine.rawValue)/track") }
    func monitorLog(_ machine: RoleMachine) -> String { run.file("hosts/\(machine.rawValue)/monitor.log") }
    func monitorProcessFile(_ machine: RoleMachine) -> String { run.file("\(machine.rawValue)/monitor.pid") }

    /// Ends every machine at once.
    package func powerOff() {
        for host in hosts.values { host.powerOff() }
        network.powerOff()
    }
}
