package import Topology

/// Where roles go on so many servers where no policy says anything.
///
/// One server has one of each. Two have the database and a second web server on the second, all else on the first, and every active's
/// backup crosswise on the other. From three on each server has one of each role; of the roles that keep state in one place one is active,
/// spread over the servers, and the others are its backups.
package enum NaturalLayout {
    /// A container of the layout; its server is an index.
    package struct Slot: Sendable, Equatable {
        package var name: String
        package var role: Role
        package var server: Int
        package var backupOf: String?

        package init(name: String, role: Role, server: Int, backupOf: String? = nil) {
            self.name = name
            self.role = role
            self.server = server
            self.backupOf = backupOf
        }
    }

    /// Roles of which every container works; the others have one that does.
    package static let sharing: Set<Role> = [.lb, .web, .search, .mail]
    /// In the order that operators name them.
    private static let order: [Role] = [.lb, .web, .db, .search, .queue, .monitor, .mail, .acc]

    /// The containers of `roles` on `servers` machines, role by role.
    package static func slots(servers: Int, roles: Set<Role> = Set(Role.allCases)) -> [Slot] {
        let wanted = order.filter(roles.contains)
        switch servers {
        case ..<1: return []
        case 1: return wanted.map { Slot(name: "\($0.rawValue)1", role: $0, server: 0) }
        case 2: return wanted.flatMap(crosswise)
        default:
            let single = wanted.filter { !sharing.contains($0) }
            return wanted.flatMap { everywhere($0, servers, firstActive: (single.firstIndex(of: $0) ?? 0) % servers) }
        }
    }

    private static func crosswise(_ role: Role) -> [Slot] {
        if role == .web { return [0, 1].map { Slot(name: "web\($0 + 1)", role: .web, server: $0) } }
        let home = role == .db ? 1 : 0
        let name = "\(role.rawValue)1"
        return [
            Slot(name: name, role: role, server: home), Slot(name: "\(name)b", role: role, server: 1 - home, backupOf: name),
        ]
    }

    private static func everywhere(_ role: Role, _ servers: Int, firstActive: Int) -> [Slot] {
        let name = "\(role.rawValue)1"
        return (0..<servers).map { offset in
            guard !sharing.contains(role) else { return Slot(name: "\(role.rawValue)\(offset + 1)", role: role, server: offset) }
            let server = (firstActive + offset) % servers
            return offset == 0
                ? Slot(name: name, role: role, server: server)
                : Slot(name: "\(name)b\(offset == 1 ? "" : "\(offset)")", role: role, server: server, backupOf: name)
        }
    }
}
