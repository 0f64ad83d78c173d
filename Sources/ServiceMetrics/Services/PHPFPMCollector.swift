import Foundation

/// PHP-FPM: each pool's workers saturate, then its queue. Names are those of php-fpm_exporter.
///
/// The kernel counts the connections of a pool's socket, each of which has a worker: that is the figure where a pool's status is not
/// turned on, and where all workers are busy, as then the status waits as well.
struct PHPFPMCollector: ServiceCollector {
    private static let fields: [(field: String, name: String)] = [
        ("accepted conn", "accepted_connections"), ("listen queue", "listen_queue"), ("max listen queue", "max_listen_queue"),
        ("listen queue len", "listen_queue_length"), ("idle processes", "idle_processes"),
        ("active processes", "active_processes"), ("total processes", "total_processes"),
        ("max active processes", "max_active_processes"), ("max children reached", "max_children_reached"),
        ("slow requests", "slow_requests"), ("start since", "start_since"),
    ]

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let path = access.service.arguments.split(whereSeparator: { "()".contains($0) }).dropFirst().first.map(String.init)
        let files = access.files
        let configuration = PHPFPMConfiguration(path: path ?? "/etc/php-fpm.conf") { pattern in
            files.matches(pattern).compactMap(files.text)
        }
        guard !configuration.pools.isEmpty else {
            throw ServiceError(.notConfigured, "no pool is found in \(path ?? "/etc/php-fpm.conf")")
        }
        var reading = ServiceReading()
        var failure: ServiceError?
        for pool in configuration.pools {
            do throws(ServiceError) {
                try collect(pool, access, into: &reading)
            } catch {
                failure = error
            }
        }
        if let failure { reading.fail(failure) }
        return reading
    }

    private func collect(
        _ pool: PHPFPMConfiguration.Pool, _ access: ServiceAccess, into reading: inout ServiceReading
    ) throws(ServiceError) {
        let listener = access.sockets.listeners.first {
            $0.address == pool.listen || $0.address.reachable == pool.listen.reachable
        }
        let waiting = listener.map(access.sockets.waiting) ?? 0
        // A port's waiting connections are counted as its connections, too; a path's are not.
        let connections = access.sockets.connections(to: pool.listen) - (pool.listen.port == nil ? 0 : waiting)
        let workers = access.workers.count { access.processes.arguments(of: $0.id).hasPrefix("php-fpm: pool \(pool.name)") }
        let counted = Double(max(0, connections))
        func addCounted() {
            let busy = min(counted, pool.maximumWorkers ?? counted)
            let labels = ["pool": pool.name]
            reading.add("phpfpm_active_processes", busy, labels)
            reading.add("phpfpm_total_processes", Double(workers), labels)
            reading.add("phpfpm_idle_processes", max(0, Double(workers) - busy), labels)
            reading.add("phpfpm_listen_queue", Double(waiting), labels)
            reading.use("workers", busy, of: pool.maximumWorkers, labels)
        }
        guard let status = pool.statusPath else { return addCounted() }
        // The question would wait with all the others, and be one more of them.
        if pool.statusListen == nil, let limit = pool.maximumWorkers, counted >= limit { return addCounted() }
        do throws(ServiceError) {
            let stream = try access.connect(pool.statusListen ?? pool.listen)
            let body = try FastCGIExchange.get(status, query: "json", over: stream)
            try Self.add(status: body, of: pool, to: &reading)
        } catch {
            addCounted()
            throw error
        }
    }

    /// What a pool's status answers.
    static func add(
        status body: [UInt8], of pool: PHPFPMConfiguration.Pool, to reading: inout ServiceReading
    ) throws(ServiceError) {
        guard let values = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any],
            values["active processes"] is NSNumber
        else { throw ServiceError(.malformed, "the status of pool \(pool.name) is not PHP-FPM's") }
        let labels = ["pool": pool.name]
        func number(_ field: String) -> Double? { (values[field] as? NSNumber)?.doubleValue }
        reading.add("phpfpm_up", 1, labels)
        for (field, name) in fields { reading.add("phpfpm_\(name)", number(field), labels) }
        // The status itself keeps a worker busy, unless it has a socket of its own.
        let own = pool.statusListen == nil ? 1.0 : 0
        reading.use(
            "workers", number("active processes").map { max(0, $0 - own) }, of: pool.maximumWorkers, labels)
        reading.use("listen_queue", number("listen queue"), of: number("listen queue len"), labels)
    }
}
