import Foundation

/// Addresses by `ip address`, announced by gratuitous ARP of our own (`arping` waits a second, the kernel announces nothing).
package struct LinuxAddresses: AddressFailover {
    private let runner = CommandRunner()

    package init() {}

    package func claim(_ address: String, on interface: String) async throws -> DriverOutcome {
        let parsed = try check(address, interface)
        let outcome = try await add(parsed, to: interface, by: "ip", [])
        // Announced even where it was here already: the neighbours may have learnt another holder since.
        try GratuitousARP.send(parsed, on: interface)
        return outcome
    }

    package func release(_ address: String, from interface: String) async throws -> DriverOutcome {
        try await remove(try check(address, interface), from: interface, by: "ip", [])
    }

    package func claim(_ address: String, inContainerOf process: Int32) async throws -> DriverOutcome {
        let parsed = try check(address, LinuxAddresses.containerInterface)
        let outcome = try await add(
            parsed, to: LinuxAddresses.containerInterface, by: "nsenter", LinuxAddresses.inside(process))
        try await GratuitousARP.send(parsed, on: LinuxAddresses.containerInterface, inNamespaceOf: process)
        return outcome
    }

    package func release(_ address: String, inContainerOf process: Int32) async throws -> DriverOutcome {
        try await remove(
            try check(address, LinuxAddresses.containerInterface), from: LinuxAddresses.containerInterface, by: "nsenter",
            LinuxAddresses.inside(process))
    }

    private static let containerInterface = "eth0"

    private static func inside(_ process: Int32) -> [String] { ["--net=/proc/\(process)/ns/net", "ip"] }

    private func add(
        _ address: IPv4Address, to interface: String, by program: String, _ before: [String]
    ) async throws -> DriverOutcome {
        let prefix = address.prefixLength ?? 32
        let result = try await runner.run(
            program, before + ["address", "add", "\(address.host)/\(prefix)", "dev", interface])
        let wasThere =
            !result.succeeded && (result.complaint.contains("File exists") || result.complaint.contains("already assigned"))
        guard result.succeeded || wasThere else {
            throw DriverError(
                .failed, "address \(address) can't be put on \(interface): \(result.complaint). Is the interface there and up?")
        }
        return wasThere ? .unchanged("\(address) is on \(interface) already") : .done("\(address) claimed on \(interface)")
    }

    private func remove(
        _ address: IPv4Address, from interface: String, by program: String, _ before: [String]
    ) async throws -> DriverOutcome {
        let prefix = address.prefixLength ?? 32
        let result = try await runner.run(
            program, before + ["address", "del", "\(address.host)/\(prefix)", "dev", interface])
        if result.succeeded { return .done("\(address) released from \(interface)") }
        if result.complaint.contains("Cannot assign") || result.complaint.contains("not found") {
            return .unchanged("\(address) is not on \(interface)")
        }
        throw DriverError(.failed, "address \(address) can't be taken off \(interface): \(result.complaint)")
    }

    private func check(_ address: String, _ interface: String) throws(DriverError) -> IPv4Address {
        try Names.check(interface, "interface")
        guard let parsed = IPv4Address(address) else {
            throw DriverError(.invalidRequest, "'\(address.prefix(60))' is no IPv4 address")
        }
        return parsed
    }
}
