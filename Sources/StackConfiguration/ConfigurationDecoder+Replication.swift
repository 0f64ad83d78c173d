import Topology

extension ConfigurationDecoder {
    typealias Replication = MagewatchConfiguration.RoleSettings.Replication

    /// `replication: mariadb`, or a mapping with what is to be otherwise than the defaults.
    func replication(_ reader: YAMLReader, port: Int) -> Replication? {
        guard reader.has("replication") else { return nil }
        guard reader.isMapping("replication") else {
            return reader.string("replication").flatMap { kind($0, "replication", reader) }
                .map { Replication(kind: $0, port: port) }
        }
        var replication: Replication?
        section(reader.mapping("replication")) { reader in
            guard let kind = kind(reader.requiredString("kind"), "kind", reader) else {
                // The other keys are known whatever is said of the kind.
                for key in ["port", "user", "password-file", "socket", "address"] { _ = reader.string(key) }
                _ = reader.strings("apart")
                return
            }
            var settings = Replication(kind: kind, port: reader.integer("port", in: 1...65_535) ?? port)
            set(&settings.user, reader.string("user"))
            set(&settings.passwordFile, path(reader, "password-file"))
            set(&settings.socket, path(reader, "socket"))
            settings.address = reader.string("address")
            if let address = settings.address, Units.addresses(address)?.count != 1 || !address.contains("/") {
                reader.fail("address", "\"\(address)\" is not one address with its prefix length, such as 10.0.0.50/24")
            }
            settings.apart = Set(reader.strings("apart") ?? [])
            if settings.user.isEmpty || settings.user.utf8.count > 63 {
                reader.fail("user", "must be the name of an account, at most 63 bytes")
            }
            replication = settings
        }
        return replication
    }

    private func kind(_ text: String, _ key: String, _ reader: YAMLReader) -> Replication.Kind? {
        let kind = Replication.Kind(rawValue: text)
        if kind == nil {
            let known = Replication.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            reader.fail(key, "\"\(text)\" does not replicate; known are \(known)")
        }
        return kind
    }

    private func path(_ reader: YAMLReader, _ key: String) -> String? {
        guard let path = reader.string(key) else { return nil }
        if !path.hasPrefix("/") || path.split(separator: "/").contains("..") {
            reader.fail(key, "\"\(path)\" is not an absolute path without ..")
        }
        return path
    }

    /// A replica runs beside its primary, so it has an address of its own; and a primary can have one active only.
    func crossCheckReplication(_ top: YAMLReader, _ configuration: MagewatchConfiguration) {
        for (role, settings) in configuration.roles where settings.replication != nil {
            let apart = settings.replication?.apart ?? []
            let members = configuration.containers.filter { $0.role == role && !apart.contains($0.name) }
            for name in apart.sorted() where !configuration.containers.contains(where: { $0.role == role && $0.name == name }) {
                top.fail(
                    "roles", "\(role.rawValue).replication.apart names \"\(name)\", which is no container of \(role.rawValue)")
            }
            let actives = members.filter { $0.kind == .active }.map(\.name)
            if actives.count > 1 {
                top.fail(
                    "containers",
                    "\(role.rawValue) is replicated and has one primary, but \(actives.joined(separator: ", ")) are active; make the others "
                        + "backups")
            }
            for member in members where members.contains(where: { $0.name != member.name && $0.host == member.host }) {
                top.fail(
                    "containers",
                    "\"\(member.name)\" has the address of another \(role.rawValue): a replica runs beside its primary and needs its own"
                )
            }
            if let address = settings.replication?.address,
                let holder = members.first(where: { $0.host == address.prefix { $0 != "/" } })
            {
                top.fail(
                    "roles",
                    "\(role.rawValue).replication.address is the own address of \"\(holder.name)\"; it has to be one that moves")
            }
        }
    }
}
