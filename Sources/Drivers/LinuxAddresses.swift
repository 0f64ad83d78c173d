import Foundation

/// Addresses by `ip address`, announced by gratuitous ARP of our own (`arping` waits a second, the kernel announces nothing).
package struct LinuxAddresses: AddressFailover {
    private let runner = CommandRunner()

    package init() {}

    package func claim(_ address: String, on interface: String) async throws -> DriverOutcome {
        let parsed = try check(address, interface)
        let prefix = parsed.prefixLength ?? 32
        let result = try await runner.run("ip", ["address", "add", "\(parsed.host)/\(prefix)", "dev", interface])
        let wasThere =
            !result.succeeded && (result.complaint.contains("File exists") || result.complaint.contains("already assigned"))
        guard result.succeeded || wasThere else {
            throw DriverError(
                .failed, "address \(address) can't be put on \(interface): \(result.complaint). Is the interface there and up?")
        }
        // Announced even where it was here already: the neighbours may have learnt another holder since.
        try GratuitousARP.send(parsed, on: interface)
        return wasThere ? .unchanged("\(address) is on \(interface) already") : .done("\(address) claimed on \(interface)")
    }

    package func release(_ address: String, from interface: String) async throws -> DriverOutcome {
        let parsed = try check(address, interface)
        let prefix = parsed.prefixLength ?? 32
        let result = try await runner.run("ip", ["address", "del", "\(parsed.host)/\(prefix)", "dev", interface])
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
