package import Drivers
import Foundation

/// The whole stack in its machines, from power-on to the last process ended.
package final class LabStack: Sendable {
    package let run: RunDirectory
    package let groups: ControlGroupTree
    package let network: NetworkSwitch
    package let hosts: [AddressPlan.Machine: Host]
    /// This program, which is the agent and the monitor as well.
    package let program: String
    package let token: String

    /// Path of HAProxy's runtime socket.
    package var loadBalancerSocket: String { run.file("haproxy.sock") }
    package var banMap: String { run.file("bans.map") }
    package var banMaps: BanMaps { BanMaps(prefix: run.file("")) }
    package var sharedSource: String { run.file("shared") }

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
        hosts = try await network.bootAll(AddressPlan.Machine.allCases, in: run, groups: groups)
    }

    /// A machine; all of them exist from the beginning.
    package func host(_ machine: AddressPlan.Machine) throws(LabError) -> Host {
        guard let host = hosts[machine] else { throw LabError(.construction, "there is no machine \(machine.rawValue)") }
        return host
    }

    /// The place from which the laboratory looks at the stack.
    package func vantage(_ machine: AddressPlan.Machine = .client1) throws(LabError) -> Vantage { Vantage(try host(machine)) }

    /// Writes what the programs of the stack are configured with.
    /// - Parameter leadSeconds: how far ahead the monitor is to forecast.
    package func writeFiles(leadSeconds: [Int]) throws {
        try run.write(Images.web, to: "images/web/image.conf")
        let redis = try run.makeDirectory("redis")
        try run.write(Images.redis, to: "redis/redis.conf")
        try run.write(Images.database(configuration: redis), to: "images/db/image.conf")
        try run.write(Images.nginx, to: "shared/nginx.conf")
        try run.write(Images.page(), to: "shared/site/index.html")
        for file in ["bans", "sessions", "limits"] { try run.write("", to: "\(file).map") }
        try run.write(token + "\n", to: "token")
        try run.write(
            LoadBalancerConfiguration.render(
                address: AddressPlan.Machine.lb1.address, socket: loadBalancerSocket, bans: banMaps),
            to: "haproxy.cfg")
        for machine in AddressPlan.Machine.servers + [.client1] {
            let spool = try run.makeDirectory("hosts/\(machine.rawValue)/spool")
            try run.write(
                LogShipping.render(
                    spool: spool, monitor: AddressPlan.Machine.mon.address,
                    linePort: machine == .client1 ? AddressPlan.deliveryPort : nil),
                to: "hosts/\(machine.rawValue)/rsyslog.conf")
        }
        try run.write(LabRules.file, to: "alerts/lab.yaml")
        let configuration = MonitorConfiguration(
            dataDirectory: run.file("monitor"), tokenFile: run.file("token"), sharedSource: sharedSource,
            rulesDirectory: run.file("alerts"), leadSeconds: leadSeconds)
        try run.write(configuration.render(), to: "magewatch.yaml")
    }

    /// Starts rsyslog, HAProxy and the agents, and through these the stack's first containers.
    package func startServices() async throws {
        try await host(.lb1).start("haproxy", ["haproxy", "-W", "-db", "-f", run.file("haproxy.cfg")])
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for machine in AddressPlan.Machine.servers + [.client1] {
                tasks.addTask { try await self.startShipping(machine) }
            }
            for machine in AddressPlan.Machine.servers { tasks.addTask { try await self.startAgent(machine) } }
            try await tasks.waitForAll()
        }
        let agents = AgentClient(vantage: try vantage(), token: token)
        for machine in AddressPlan.Machine.servers {
            do { try await agents.waitUntilUp(machine, within: .seconds(20)) } catch {
                throw LabError(.service, "\(error); it said:\n\(try host(machine).tail("agent"))")
            }
        }
        for (index, (machine, step)) in InitialContainers.steps(sharedSource: sharedSource).enumerated() {
            try await agents.perform(step, id: "lab-\(run.name)/\(index)", on: machine)
        }
    }

    private func startShipping(_ machine: AddressPlan.Machine) async throws {
        let directory = "hosts/\(machine.rawValue)"
        try await host(machine).start(
            "rsyslog",
            ["rsyslogd", "-n", "-f", run.file("\(directory)/rsyslog.conf"), "-i", run.file("\(directory)/rsyslog.lock")])
    }

    private func startAgent(_ machine: AddressPlan.Machine) async throws {
        var command = [
            program, "agent", "--name", machine.rawValue, "--listen", "\(machine.address):\(AddressPlan.agentPort)",
            "--data", run.file("hosts/\(machine.rawValue)/agent"), "--images", run.file("images"), "--bridge", "br0",
            "--gateway", machine.address, "--token-file", run.file("token"),
        ]
        if machine == .lb1 { command += ["--haproxy-socket", loadBalancerSocket] + banMaps.agentOptions }
        try await host(machine).start("agent", command)
    }

    /// Starts the monitor, also again after it was killed.
    package func startMonitor() async throws {
        try await host(.mon).start("monitor", [program, "serve", "--config", run.file("magewatch.yaml")])
    }

    /// Ends every machine at once. What the kernel still holds is gone some milliseconds later.
    package func powerOff() {
        for host in hosts.values { host.powerOff() }
        network.powerOff()
    }
}
