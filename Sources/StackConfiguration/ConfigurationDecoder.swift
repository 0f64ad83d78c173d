import Topology

/// Turns the mappings of a file into typed values, section by section.
struct ConfigurationDecoder {
    private let problems: ProblemList

    init(_ problems: ProblemList) {
        self.problems = problems
    }

    func decode(_ top: YAMLReader) -> MagewatchConfiguration {
        var configuration = MagewatchConfiguration()
        set(&configuration.stack, top.string("stack"))
        set(&configuration.dataDirectory, top.string("data"))
        section(top.mapping("ingest")) { endpoint($0, &configuration.ingest) }
        section(top.mapping("api")) { reader in
            endpoint(reader, &configuration.api)
            set(&configuration.allowsStoreOrders, reader.boolean("admin"))
            configuration.bouncers = bouncers(reader)
        }
        configuration.tokenFile = top.string("token-file")
        section(top.mapping("authority")) { configuration.authority = authority($0) }
        section(top.mapping("agent")) { reader in
            set(&configuration.builtInAgent.isEnabled, reader.boolean("enabled"))
            set(&configuration.builtInAgent.logs, reader.strings("logs"))
        }
        section(top.mapping("retention")) { reader in
            set(&configuration.retention.metricsSeconds, positive(reader, "metrics"))
            configuration.retention.metricsDiskBytes = metricsDisk(reader)
            set(&configuration.retention.logsSeconds, positive(reader, "logs"))
            configuration.retention.logsDiskBytes = logsDisk(reader, "logs-disk")
            configuration.retention.logRules = logRules(reader, keepSeconds: configuration.retention.logsSeconds)
            downsampling(reader, &configuration.retention)
        }
        section(top.mapping("metrics")) { metrics($0, &configuration.metrics) }
        section(top.mapping("logs")) { logs($0, &configuration.logs) }
        section(top.mapping("waf")) { waf($0, &configuration.waf) }
        section(top.mapping("scrape")) { scrape($0, &configuration.scrape) }
        section(top.mapping("evaluation")) { set(&configuration.evaluationSeconds, positive($0, "interval")) }
        section(top.mapping("forecast")) { forecast($0, &configuration.forecast) }
        section(top.mapping("scaler")) { scaler($0, &configuration.scaler) }
        set(&configuration.allow, top.strings("allow"))
        section(top.mapping("bans")) { bans($0, &configuration.bans) }
        section(top.mapping("roles")) { roles($0, &configuration.roles) }
        configuration.servers = top.mappings("servers").map { server($0, hasAuthority: configuration.authority != nil) }
        configuration.containers = top.mappings("containers").compactMap { container($0, configuration) }
        configuration.checks = top.mappings("checks").compactMap(check)
        section(top.mapping("alerts")) { reader in
            configuration.alerts.rulesDirectory = reader.string("rules")
            set(&configuration.alerts.webhooks, reader.strings("webhooks"))
            set(&configuration.alerts.repeatSeconds, positive(reader, "repeat"))
        }
        top.finish()
        crossCheck(top, configuration)
        return configuration
    }

    private static let maximumBouncers = 64

    private func bouncers(_ reader: YAMLReader) -> [MagewatchConfiguration.Bouncer] {
        var names: Set<String> = []
        let bouncers = reader.mappings("bouncers").map { bouncer in
            defer { bouncer.finish() }
            let name = bouncer.requiredString("name")
            if !names.insert(name).inserted { bouncer.fail("name", "\"\(name)\" is taken; each bouncer has its own key") }
            return MagewatchConfiguration.Bouncer(name: name, keyFile: bouncer.requiredString("key-file"))
        }
        if bouncers.count > ConfigurationDecoder.maximumBouncers {
            reader.fail("bouncers", "are more than \(ConfigurationDecoder.maximumBouncers)")
        }
        return bouncers
    }

    private func scrape(_ reader: YAMLReader, _ scrape: inout MagewatchConfiguration.Scrape) {
        set(&scrape.intervalSeconds, positive(reader, "interval"))
        set(&scrape.timeoutSeconds, positive(reader, "timeout"))
        if scrape.timeoutSeconds > scrape.intervalSeconds {
            scrape.timeoutSeconds = scrape.intervalSeconds
            if reader.has("timeout") { reader.fail("timeout", "is longer than the interval") }
        }
        scrape.targets = reader.mappings("targets").map { target in
            defer { target.finish() }
            let url = target.requiredString("url")
            if !url.hasPrefix("http://") && !url.hasPrefix("https://") {
                target.fail("url", "\"\(url)\" is not an http:// or https:// URL")
            }
            return .init(job: target.string("job") ?? "exporter", url: url, labels: target.stringMap("labels"))
        }
    }

    private func roles(_ reader: YAMLReader, _ roles: inout [Role: MagewatchConfiguration.RoleSettings]) {
        for (role, reader) in self.roles(in: reader) {
            section(reader) { roles[role] = roleSettings($0, role) }
        }
    }

    /// The mappings of a mapping by role.
    func roles(in reader: YAMLReader) -> [(role: Role, reader: YAMLReader?)] {
        reader.keys.compactMap { name in
            let reader = (own: reader.mapping(name), parent: reader)
            return role(name, in: reader.parent).map { ($0, reader.own) }
        }
    }

    /// The role of a name, which is a key or stands under one; nil, and a problem told, where it is none.
    func role(_ name: String, of key: String? = nil, in reader: YAMLReader) -> Role? {
        let role = Role(rawValue: name)
        if role == nil {
            reader.fail(key ?? name, "is no role; roles are \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return role
    }

    private func roleSettings(_ reader: YAMLReader, _ role: Role) -> MagewatchConfiguration.RoleSettings {
        let addresses = (reader.strings("addresses") ?? []).flatMap { text -> [String] in
            if let range = Units.addresses(text) { return range }
            reader.fail("addresses", "\"\(text)\" is not a range such as 10.0.0.100-10.0.0.119/24")
            return []
        }
        var settings = MagewatchConfiguration.RoleSettings(
            image: reader.string("image") ?? role.rawValue, limits: resources(reader),
            port: reader.integer("port", in: 1...65_535) ?? 80,
            addresses: addresses, gateway: reader.string("gateway"), healthPath: reader.string("health"), sharedSource: nil,
            sharedTarget: nil, loadBalancers: [],
            maximumConnections: reader.integer("maximum-connections", in: 0...1_000_000) ?? 0,
            minimum: reader.integer("minimum", in: 0...10_000) ?? 1, maximum: reader.integer("maximum", in: 0...10_000) ?? 100)
        section(reader.mapping("shared")) { shared in
            settings.sharedSource = shared.requiredString("source")
            settings.sharedTarget = shared.requiredString("target")
        }
        settings.loadBalancers = reader.mappings("load-balancers").map { entry in
            defer { entry.finish() }
            return .init(server: entry.requiredString("server"), pool: entry.requiredString("pool"))
        }
        settings.replication = replication(reader, port: settings.port)
        if settings.minimum > settings.maximum { reader.fail("minimum", "is more than the maximum") }
        return settings
    }

    private func server(_ reader: YAMLReader, hasAuthority: Bool) -> Server {
        defer { reader.finish() }
        let kindText = reader.string("kind") ?? "member"
        let kind = Server.Kind(rawValue: kindText)
        if kind == nil { reader.fail("kind", "\"\(kindText)\" is not member or overflow") }
        let address = reader.requiredString("address")
        return Server(
            name: reader.requiredString("name"), kind: kind ?? .member, address: address,
            agentURL: reader.string("agent") ?? "\(hasAuthority ? "https" : "http")://\(address):7102",
            capacity: resources(reader))
    }

    private func container(_ reader: YAMLReader, _ configuration: MagewatchConfiguration) -> Container? {
        defer { reader.finish() }
        let roleText = reader.requiredString("role")
        let kindText = reader.string("kind") ?? "active"
        let kind = Container.Kind(rawValue: kindText)
        if kind == nil { reader.fail("kind", "\"\(kindText)\" is not active or backup") }
        let role = Role(rawValue: roleText)
        if role == nil {
            reader.fail("role", "\"\(roleText)\" is no role; roles are \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let settings = role.flatMap { configuration.roles[$0] }
        let own = resources(reader)
        let name = reader.requiredString("name")
        let server = reader.requiredString("server")
        let address = reader.requiredString("address")
        let port = reader.integer("port", in: 1...65_535)
        let image = reader.string("image")
        let backupOf = reader.string("backup-of")
        if kind == .backup, backupOf == nil { reader.fail("backup-of", "a backup must name the container it stands for") }
        guard let role, let kind else { return nil }
        return Container(
            name: name, role: role, kind: kind, server: server, address: address, port: port ?? settings?.port ?? 80,
            limits: own == .zero ? settings?.limits ?? .zero : own, image: image ?? settings?.image ?? roleText,
            state: kind == .active ? .running : .stopped, backupOf: backupOf)
    }

    private func check(_ reader: YAMLReader) -> MagewatchConfiguration.Check? {
        defer { reader.finish() }
        let name = reader.requiredString("name")
        let interval = positive(reader, "interval") ?? 30
        let timeout = positive(reader, "timeout") ?? 10
        var labels = reader.stringMap("labels")
        if let site = reader.string("site") { labels["site"] = site }
        var kinds: [MagewatchConfiguration.Check.Kind] = []
        if let url = reader.string("http") {
            if !url.hasPrefix("http://") && !url.hasPrefix("https://") {
                reader.fail("http", "\"\(url)\" is not an http:// or https:// URL")
            }
            let status = reader.integer("status", in: 100...599)
            kinds.append(.http(url: url, expectedStatus: status.map { $0..<$0 + 1 } ?? 200..<400))
        }
        for key in ["tcp", "tls"] {
            guard let text = reader.string(key) else { continue }
            guard let endpoint = Units.endpoint(text) else {
                reader.fail(key, "\"\(text)\" is not HOST:PORT")
                continue
            }
            if key == "tls" {
                kinds.append(.tls(host: endpoint.host, port: endpoint.port))
            } else if let greeting = greeting(reader) {
                kinds.append(.greeting(greeting, host: endpoint.host, port: endpoint.port))
            } else {
                kinds.append(.tcp(host: endpoint.host, port: endpoint.port))
            }
        }
        guard kinds.count == 1 else {
            if kinds.isEmpty { reader.fail("name", "check \"\(name)\" needs one of http, tcp or tls") }
            if kinds.count > 1 { reader.fail("name", "check \"\(name)\" has more than one of http, tcp and tls") }
            return nil
        }
        return .init(name: name, kind: kinds[0], intervalSeconds: interval, timeoutSeconds: timeout, labels: labels)
    }

    private func greeting(_ reader: YAMLReader) -> MagewatchConfiguration.Check.Greeting? {
        guard let text = reader.string("greeting") else { return nil }
        let greeting = MagewatchConfiguration.Check.Greeting(rawValue: text)
        if greeting == nil {
            let known = MagewatchConfiguration.Check.Greeting.allCases.map(\.rawValue).joined(separator: ", ")
            reader.fail("greeting", "\"\(text)\" is no greeting that is known; known are \(known)")
        }
        return greeting
    }

    private func resources(_ reader: YAMLReader) -> Resources {
        Resources(
            cores: reader.number("cores") ?? 0, memoryBytes: reader.byteCount("memory") ?? 0,
            networkBitsPerSecond: (reader.number("network-mbit") ?? 0) * 1e6)
    }

    func endpoint(_ reader: YAMLReader, _ endpoint: inout MagewatchConfiguration.Endpoint) {
        guard let text = reader.string("listen") else { return }
        if let parsed = Units.endpoint(text) {
            endpoint = parsed
        } else {
            reader.fail("listen", "\"\(text)\" is not HOST:PORT")
        }
    }

    func positive(_ reader: YAMLReader, _ key: String) -> Double? {
        guard let seconds = reader.duration(key) else { return nil }
        if seconds <= 0 { reader.fail(key, "must be more than zero") }
        return seconds
    }

    func section(_ reader: YAMLReader?, _ read: (YAMLReader) -> Void) {
        guard let reader else { return }
        read(reader)
        reader.finish()
    }

    func set<Value>(_ target: inout Value, _ value: Value?) {
        if let value { target = value }
    }

    /// Names that point at each other must exist, and exist once.
    private func crossCheck(_ top: YAMLReader, _ configuration: MagewatchConfiguration) {
        let servers = configuration.servers.map(\.name)
        let containers = configuration.containers.map(\.name)
        for name in Set(servers) where servers.count(where: { $0 == name }) > 1 {
            top.fail("servers", "\"\(name)\" stands there twice")
        }
        for name in Set(containers) where containers.count(where: { $0 == name }) > 1 {
            top.fail("containers", "\"\(name)\" stands there twice")
        }
        for container in configuration.containers {
            if !servers.contains(container.server) {
                top.fail(
                    "containers", "\"\(container.name)\" is on server \"\(container.server)\", which is not among the servers")
            }
            if let active = container.backupOf, !containers.contains(active) {
                top.fail("containers", "\"\(container.name)\" stands for \"\(active)\", which is not among the containers")
            }
        }
        crossCheckReplication(top, configuration)
        crossCheckAuthority(top, configuration)
        for (role, settings) in configuration.roles {
            for pool in settings.loadBalancers where !servers.contains(pool.server) {
                top.fail("roles", "\(role.rawValue): load balancer \"\(pool.server)\" is not among the servers")
            }
        }
    }
}
