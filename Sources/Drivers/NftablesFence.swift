/// Fences by nftables: tables `magewatch_fence` of their own, one for what is routed or reaches the server itself, one for bridges.
///
/// On a bridge the container is also known by its hardware address, which follows from its own address: a further address that it holds
/// is cut off with it, and is free for another to claim. Rules of others are not touched; a restart of the server forgets fences.
package struct NftablesFence: Fence {
    /// The name of both tables.
    package static let table = "magewatch_fence"
    private let runner = CommandRunner()
    /// The program and what stands before its arguments.
    private let command: [String]

    package init() { command = ["nft"] }

    /// Fences in another network namespace than this process's.
    init(inNamespace path: String) { command = ["nsenter", "--net=\(path)", "nft"] }

    package func raise(_ address: String) async throws -> DriverOutcome {
        let parsed = try check(address)
        if try await isRaised(parsed) { return .unchanged("\(parsed.host) is fenced already") }
        let text = NftablesFence.rules(for: parsed)
        try await load(text, "\(parsed.host) can't be fenced")
        return .done("\(parsed.host) is fenced: nothing comes to it or from it")
    }

    package func lower(_ address: String) async throws -> DriverOutcome {
        let parsed = try check(address)
        guard try await isRaised(parsed) else { return .unchanged("\(parsed.host) is not fenced") }
        try await load(
            """
            delete element inet \(NftablesFence.table) addresses { \(parsed.host) }
            delete element bridge \(NftablesFence.table) addresses { \(parsed.host) }
            delete element bridge \(NftablesFence.table) hardware { \(parsed.hardwareAddress) }

            """, "the fence of \(parsed.host) can't be taken down")
        // Nothing is left behind once nobody is fenced.
        let left = try await nft(["list", "set", "inet", NftablesFence.table, "addresses"])
        if left.succeeded, !left.output.contains("elements") {
            try await load(
                "delete table inet \(NftablesFence.table)\ndelete table bridge \(NftablesFence.table)\n", "empty fences stay")
        }
        return .done("\(parsed.host) is fenced no longer")
    }

    private func isRaised(_ address: IPv4Address) async throws -> Bool {
        try await nft(["get", "element", "bridge", NftablesFence.table, "addresses", "{ \(address.host) }"]).succeeded
    }

    private func nft(_ arguments: [String], input: String? = nil) async throws -> CommandRunner.Result {
        try await runner.run(command[0], command.dropFirst() + arguments, input: input)
    }

    private func load(_ text: String, _ trouble: String) async throws {
        let result = try await nft(["-f", "-"], input: text)
        guard result.succeeded else {
            throw DriverError(
                .failed, "\(trouble): nft says \(result.complaint). The agent needs root and a kernel with nftables for bridges")
        }
    }

    /// One transaction: tables and chains as they are to be, and the address among those dropped.
    static func rules(for address: IPv4Address) -> String {
        var lines: [String] = []
        for family in ["inet", "bridge"] {
            lines.append("add table \(family) \(table)")
            lines.append("add set \(family) \(table) addresses { type ipv4_addr ; }")
            if family == "bridge" { lines.append("add set bridge \(table) hardware { type ether_addr ; }") }
            for hook in ["input", "forward", "output"] {
                lines.append("add chain \(family) \(table) \(hook) { type filter hook \(hook) priority -300 ; }")
                lines.append("flush chain \(family) \(table) \(hook)")
                lines.append("add rule \(family) \(table) \(hook) ip saddr @addresses drop")
                lines.append("add rule \(family) \(table) \(hook) ip daddr @addresses drop")
                guard family == "bridge" else { continue }
                lines.append("add rule bridge \(table) \(hook) ether saddr @hardware drop")
                lines.append("add rule bridge \(table) \(hook) ether daddr @hardware drop")
            }
            lines.append("add element \(family) \(table) addresses { \(address.host) }")
        }
        lines.append("add element bridge \(table) hardware { \(address.hardwareAddress) }")
        return lines.joined(separator: "\n") + "\n"
    }

    private func check(_ address: String) throws(DriverError) -> IPv4Address {
        guard let parsed = IPv4Address(address) else {
            throw DriverError(.invalidRequest, "'\(address.prefix(60))' is no IPv4 address to fence")
        }
        return parsed
    }
}
