/// The laboratory's network: a machine that holds nothing but a bridge, with a cable to each of the others.
package struct NetworkSwitch: Sendable {
    private let host: Host

    package static func boot(in run: RunDirectory, groups: ControlGroupTree) async throws -> NetworkSwitch {
        let host = try await Host.boot("switch", in: run, groups: groups)
        try await host.configureNetwork(["link add sw0 type bridge forward_delay 0", "link set sw0 up"])
        return NetworkSwitch(host: host)
    }

    /// Lays a cable to a machine. A server gets a bridge that its containers attach to; the address is the bridge's then.
    package func connect(_ machine: Host, address: String, isServer: Bool) async throws {
        let port = portName(machine.name)
        try await host.configureNetwork([
            "link add \(port) type veth peer name eth0 netns \(machine.processID)", "link set \(port) master sw0 up",
        ])
        let prefixed = "\(address)/\(AddressPlan.prefixLength)"
        guard isServer else {
            return try await machine.configureNetwork(["link set eth0 up", "addr add \(prefixed) dev eth0"])
        }
        try await machine.configureNetwork([
            "link add br0 type bridge forward_delay 0", "link set eth0 master br0 up", "link set br0 up",
            "addr add \(prefixed) dev br0", "addr add \(AddressPlan.hereAddress)/32 dev lo",
        ])
    }

    /// Pulls a machine's cable out: packets vanish, no connection is told.
    package func cut(_ machine: String) async throws {
        try await host.configureNetwork(["link set \(portName(machine)) down"])
    }

    /// Puts it in again.
    package func plugIn(_ machine: String) async throws {
        try await host.configureNetwork(["link set \(portName(machine)) up"])
    }

    /// Splits the network: these machines hang on a switch of their own, and each half goes on by itself.
    package func split(off machines: [String]) async throws {
        try await host.configureNetwork(
            ["link add sw1 type bridge forward_delay 0", "link set sw1 up"]
                + machines.map { "link set \(portName($0)) master sw1" })
    }

    /// Both halves are one again.
    package func heal(_ machines: [String]) async throws {
        try await host.configureNetwork(machines.map { "link set \(portName($0)) master sw0" } + ["link delete sw1"])
    }

    package func powerOff() { host.powerOff() }

    private func portName(_ machine: String) -> String { "p-\(machine)" }
}
