/// Finds the services of a server and its containers by their processes. Nothing has to be configured for it.
struct ServiceDiscovery: Sendable {
    /// Most services followed on one server.
    static let maximumServices = 128
    /// Processes of one service whose sockets are looked at.
    static let maximumOwners = 8

    let containers: [ServiceScope]

    /// The services that run in a moment, and how many were left out.
    func services(in table: ProcessTable, sockets: (Int32) -> SocketTable) -> (found: [FoundService], refused: Int) {
        let scopes = scopesByNamespace(table)
        let here = ["pid", "net"].map { table.namespace($0, of: "self") }
        var kinds: [Int32: ServiceKind] = [:]
        for process in table.processes.values where process.state != "Z" {
            kinds[process.id] = ServiceKind(program: process.name) { table.arguments(of: process.id) }
        }
        var found: [FoundService] = []
        for (id, kind) in kinds.sorted(by: { $0.key < $1.key }) {
            // Workers belong to the process they come from.
            guard !hasAncestor(id, of: kind, kinds, table), let scope = scope(of: id, table, scopes, here) else { continue }
            let arguments = table.arguments(of: id)
            // A command line that is a client's, not a service's.
            guard !arguments.isEmpty else { continue }
            found.append(
                FoundService(
                    kind: kind, scope: scope, process: id, arguments: arguments,
                    listeners: listeners(of: id, kind, table, sockets(id))))
        }
        let kept = ServiceDiscovery.distinct(found)
        return (Array(kept.prefix(ServiceDiscovery.maximumServices)), max(0, kept.count - ServiceDiscovery.maximumServices))
    }

    /// Processes that may be the first of a service, by their names alone: what has changed since services were looked for.
    static func candidates(in table: ProcessTable) -> Set<Int32> {
        Set(
            table.processes.values.lazy.filter { process in
                process.state != "Z" && ServiceKind.mayBe(program: process.name)
                    && table.processes[process.parent]?.name != process.name
            }.map(\.id))
    }

    /// Two of one kind at the same endpoint would be told as one series: the older is told.
    private static func distinct(_ services: [FoundService]) -> [FoundService] {
        var seen: Set<[String]> = []
        return services.filter { seen.insert([$0.kind.rawValue, $0.scope.container ?? "", $0.endpoint]).inserted }
    }

    private func hasAncestor(_ id: Int32, of kind: ServiceKind, _ kinds: [Int32: ServiceKind], _ table: ProcessTable) -> Bool {
        var next = table.processes[id]?.parent
        // No chain of parents is longer than there are processes, whatever a torn table says.
        for _ in 0..<64 {
            guard let parent = next, parent > 0 else { return false }
            if kinds[parent] == kind { return true }
            next = table.processes[parent]?.parent
        }
        return false
    }

    private func scopesByNamespace(_ table: ProcessTable) -> [String: ServiceScope] {
        let named = containers.compactMap { scope -> (String, ServiceScope)? in
            scope.firstProcess.flatMap { table.namespace("pid", of: "\($0)") }.map { ($0, scope) }
        }
        return Dictionary(named, uniquingKeysWith: { first, _ in first })
    }

    /// The container a process is in; the server where it shares its network and its processes with the agent; nil for what is
    /// somebody else's. What an agent without rights can't see, it takes for the server's.
    private func scope(
        of id: Int32, _ table: ProcessTable, _ scopes: [String: ServiceScope], _ here: [String?]
    ) -> ServiceScope? {
        guard let processes = table.namespace("pid", of: "\(id)") else { return .server }
        if processes != here[0] { return scopes[processes] }
        return table.namespace("net", of: "\(id)") == here[1] ? .server : nil
    }

    private func listeners(
        of id: Int32, _ kind: ServiceKind, _ table: ProcessTable, _ sockets: SocketTable
    ) -> [ServiceAddress] {
        let name = table.processes[id]?.name
        let owners = [id] + table.descendants(of: id).filter { $0.name == name || kind == .varnish }.map(\.id)
        let inodes = owners.prefix(ServiceDiscovery.maximumOwners).reduce(into: Set<UInt64>()) {
            $0.formUnion(table.socketInodes(of: $1))
        }
        var found = sockets.listeners.filter { inodes.contains($0.inode) }.map(\.address)
        if inodes.isEmpty {
            found = sockets.listeners.map(\.address).filter { kind.usualPorts.contains($0.port ?? 0) }
        }
        var seen: Set<ServiceAddress> = []
        return found.filter { seen.insert($0).inserted }
    }
}
