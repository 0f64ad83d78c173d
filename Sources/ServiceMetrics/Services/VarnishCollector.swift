import Foundation

/// Varnish, from its shared memory by the server's own `varnishstat`: storage fills by design, threads saturate. No program of a container
/// is run.
struct VarnishCollector: ServiceCollector {
    static let program = "/usr/bin/varnishstat"
    private static let main = [
        "sess_conn", "sess_dropped", "sess_queued", "client_req", "cache_hit", "cache_hitpass", "cache_miss", "backend_conn",
        "backend_fail", "backend_busy", "backend_req", "threads", "threads_limited", "threads_created", "threads_failed",
        "thread_queue_len", "n_object", "n_expired", "n_lru_nuked", "uptime", "pools", "busy_sleep", "req_dropped",
    ]

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            throw ServiceError(
                .notConfigured, "Varnish tells its figures in shared memory: install varnish on this server for \(Self.program)")
        }
        let words = access.service.arguments.split(separator: " ").map(String.init)
        func option(_ name: String) -> String? { words.firstIndex(of: name).flatMap { words.dropFirst($0 + 1).first } }
        let directory = try directory(named: option("-n"), access)
        // Its manager's process has another number in here than in its container.
        let output = try access.output(
            of: "/usr/bin/env", ["VSM_NOPID=1", Self.program, "-n", directory, "-1", "-j", "-t", "1"])
        let largest = words.compactMap { $0.hasPrefix("thread_pool_max=") ? Double($0.dropFirst(16)) : nil }.last ?? 5000
        return try Self.reading(output, threadsPerPool: largest)
    }

    private func directory(named name: String?, _ access: ServiceAccess) throws(ServiceError) -> String {
        let root = "\(access.processes.root)/\(access.service.process)/root"
        if let name, name.hasPrefix("/") { return root + name }
        let found = (access.files.entries("/var/lib/varnish") ?? []).filter(\.isDirectory).map(\.name)
        guard let first = found.first(where: { $0 == name }) ?? found.first else {
            throw ServiceError(.notConfigured, "Varnish's working directory is not in /var/lib/varnish")
        }
        return "\(root)/var/lib/varnish/\(first)"
    }

    /// What `varnishstat -j` writes; versions before 6.5 have the counters at the top.
    static func reading(_ output: [UInt8], threadsPerPool: Double) throws(ServiceError) -> ServiceReading {
        guard let top = (try? JSONSerialization.jsonObject(with: Data(output))) as? [String: Any] else {
            throw ServiceError(.malformed, "varnishstat wrote no figures")
        }
        let counters = top["counters"] as? [String: Any] ?? top
        func number(_ name: String) -> Double? { ((counters[name] as? [String: Any])?["value"] as? NSNumber)?.doubleValue }
        var reading = ServiceReading()
        guard number("MAIN.uptime") != nil else { throw ServiceError(.malformed, "varnishstat wrote no figures of a worker") }
        reading.add("varnish_up", 1)
        for name in main { reading.add("varnish_main_\(name)", number("MAIN.\(name)")) }
        var used = 0.0
        var all = 0.0
        for name in counters.keys.sorted() where name.hasPrefix("SMA.") && name.hasSuffix(".g_bytes") {
            let store = name.dropFirst(4).dropLast(8)
            let space = number("SMA.\(store).g_space")
            reading.add("varnish_sma_g_bytes", number(name), ["type": String(store)])
            reading.add("varnish_sma_g_space", space, ["type": String(store)])
            // The transient store has no end.
            guard let bytes = number(name), let space, space > 0 else { continue }
            used += bytes
            all += bytes + space
        }
        reading.use("memory", all > 0 ? used : nil, of: all)
        reading.use("threads", number("MAIN.threads"), of: number("MAIN.pools").map { $0 * threadsPerPool })
        return reading
    }
}
