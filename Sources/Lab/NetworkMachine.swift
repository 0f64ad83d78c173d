/// Something with a name and an address in the laboratory's network.
package protocol NetworkMachine: Sendable {
    /// The name.
    var rawValue: String { get }
    /// Its own address.
    var address: String { get }
    /// Whether containers run on it.
    var isServer: Bool { get }
}

extension AddressPlan.Machine: NetworkMachine {}

extension NetworkSwitch {
    /// Powers on machines side by side and wires each.
    func bootAll<Machine: NetworkMachine & Hashable>(
        _ machines: [Machine], in run: RunDirectory, groups: ControlGroupTree
    ) async throws -> [Machine: Host] {
        try await withThrowingTaskGroup(of: (Machine, Host).self) { tasks in
            for machine in machines {
                tasks.addTask {
                    let host = try await Host.boot(machine.rawValue, in: run, groups: groups)
                    try await self.connect(host, address: machine.address, isServer: machine.isServer)
                    return (machine, host)
                }
            }
            var hosts: [Machine: Host] = [:]
            for try await (machine, host) in tasks { hosts[machine] = host }
            return hosts
        }
    }
}
