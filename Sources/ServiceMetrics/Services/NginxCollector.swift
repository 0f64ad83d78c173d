/// nginx: connections saturate (`worker_connections` of all workers). Its own count comes from a `stub_status` location, which is found in
/// its configuration; without one the kernel counts.
struct NginxCollector: ServiceCollector {
    /// Most files of a configuration that are read.
    static let maximumFiles = 200

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let configuration = Self.configuration(access)
        let workers = Double(max(1, access.workers.count))
        let limit = workers * (configuration.connectionsPerWorker ?? 512)
        let counted = access.service.listeners.reduce(0) { $0 + access.sockets.connections(to: $1) }
        guard let page = configuration.statusPages.first(where: { access.service.listens(at: $0.port) }) else {
            var reading = ServiceReading()
            reading.add("nginx_connections_active", Double(counted))
            reading.use("connections", Double(counted), of: limit)
            return reading
        }
        let address = access.service.ports.first { $0.port == page.port } ?? .tcp([127, 0, 0, 1], page.port)
        let body = try HTTPExchange.get(page.path, host: page.host, over: try access.connect(address))
        var reading = try Self.reading(String(decoding: body, as: UTF8.self))
        reading.use("connections", reading["nginx_connections_active"], of: limit)
        return reading
    }

    /// What `stub_status` answers.
    static func reading(_ text: String) throws(ServiceError) -> ServiceReading {
        let words = text.split(whereSeparator: { " \n\r\t:".contains($0) })
        func number(after word: String) -> Double? {
            words.firstIndex(of: Substring(word)).flatMap { words.dropFirst($0 + 1).first.flatMap { Double($0) } }
        }
        guard let active = number(after: "connections"), let start = words.firstIndex(of: "requests"), words.count > start + 3,
            let accepted = Double(words[start + 1]), let handled = Double(words[start + 2]),
            let requests = Double(words[start + 3])
        else { throw ServiceError(.malformed, "the status page of nginx is not stub_status'") }
        var reading = ServiceReading()
        reading.add("nginx_up", 1)
        reading.add("nginx_connections_active", active)
        for (word, name) in [("Reading", "reading"), ("Writing", "writing"), ("Waiting", "waiting")] {
            reading.add("nginx_connections_\(name)", number(after: word))
        }
        reading.add("nginx_connections_accepted", accepted)
        reading.add("nginx_connections_handled", handled)
        reading.add("nginx_http_requests_total", requests)
        return reading
    }

    private static func configuration(_ access: ServiceAccess) -> NginxConfiguration {
        let words = access.service.arguments.split(separator: " ").map(String.init)
        func option(_ name: String) -> String? { words.firstIndex(of: name).flatMap { words.dropFirst($0 + 1).first } }
        let prefix = option("-p") ?? "/etc/nginx"
        let file = option("-c") ?? "/etc/nginx/nginx.conf"
        let path = file.hasPrefix("/") ? file : "\(prefix)/\(file)"
        let files = access.files
        var left = maximumFiles
        return NginxConfiguration(path: path) { pattern in
            files.matches(pattern).compactMap { path in
                guard left > 0 else { return nil }
                left -= 1
                return files.text(path)
            }
        }
    }
}
