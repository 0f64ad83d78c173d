import Foundation

/// keepalived: whether an instance is master is told by whether its address is held here, which needs nothing of the daemon.
struct KeepalivedCollector: ServiceCollector {
    /// An instance of its configuration.
    struct Instance: Equatable {
        var name: String
        var interface: String
        var router: String
        var addresses: [String]
    }

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let words = access.service.arguments.split(separator: " ").map(String.init)
        let option = words.firstIndex { $0 == "-f" || $0 == "--use-file" }.flatMap { words.dropFirst($0 + 1).first }
        let path = option ?? "/etc/keepalived/keepalived.conf"
        guard let text = access.files.text(path) else { throw ServiceError(.notConfigured, "keepalived's \(path) can't be read") }
        let table = "\(access.processes.root)/\(access.service.process)/net/fib_trie"
        let held = FileManager.default.contents(atPath: table).map { Self.held(String(decoding: $0, as: UTF8.self)) } ?? []
        return Self.reading(Self.instances(text), held: held)
    }

    static func reading(_ instances: [Instance], held: Set<String>) -> ServiceReading {
        var reading = ServiceReading()
        for instance in instances {
            let labels = ["iname": instance.name, "intf": instance.interface, "vrid": instance.router]
            reading.add("keepalived_vrrp_state", instance.addresses.contains(where: held.contains) ? 2 : 1, labels)
        }
        return reading
    }

    static func instances(_ text: String) -> [Instance] {
        BlockConfiguration(parsing: text, ending: .line).statements.compactMap { statement in
            guard statement.words.first == "vrrp_instance", statement.words.count > 1 else { return nil }
            func value(_ name: String) -> String {
                statement.block.first { $0.words.first == name }?.words.dropFirst().first ?? ""
            }
            let addresses = statement.block.first { $0.words.first == "virtual_ipaddress" }?.block.compactMap { line in
                line.words.first.map { String($0.prefix { $0 != "/" }) }
            }
            return Instance(
                name: statement.words[1], interface: value("interface"), router: value("virtual_router_id"),
                addresses: addresses ?? [])
        }
    }

    /// The machine's own addresses in the kernel's table of routes.
    static func held(_ table: String) -> Set<String> {
        var held: Set<String> = []
        var last = ""
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "|--", words.count > 1 { last = String(words[1]) }
            if line.contains("/32 host LOCAL") { held.insert(last) }
        }
        return held
    }
}
