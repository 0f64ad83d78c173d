import Foundation

/// RabbitMQ: memory, sockets and files saturate, and queues grow without end where consumers are missing. Asked at its Prometheus plugin's
/// port, else at its management plugin's. Its own command takes seconds of a whole Erlang machine and is not used.
struct RabbitMQCollector: ServiceCollector {
    static let prometheusPort: UInt16 = 15692
    static let managementPort: UInt16 = 15672

    private static let global: Set<Substring> = [
        "rabbitmq_connections", "rabbitmq_channels", "rabbitmq_consumers", "rabbitmq_queues", "rabbitmq_build_info",
        "rabbitmq_process_resident_memory_bytes", "rabbitmq_resident_memory_limit_bytes", "rabbitmq_disk_space_available_bytes",
        "rabbitmq_disk_space_available_limit_bytes", "rabbitmq_process_open_fds", "rabbitmq_process_max_fds",
        "rabbitmq_process_open_tcp_sockets", "rabbitmq_process_max_tcp_sockets", "rabbitmq_alarms_memory_used_watermark",
        "rabbitmq_alarms_free_disk_space_watermark", "rabbitmq_alarms_file_descriptor_limit", "rabbitmq_erlang_uptime_seconds",
        "erlang_vm_process_count", "erlang_vm_process_limit", "rabbitmq_connections_opened_total",
        "rabbitmq_connections_closed_total", "rabbitmq_queue_messages_published_total", "rabbitmq_global_messages_received_total",
        "rabbitmq_global_messages_delivered_total", "rabbitmq_global_messages_acknowledged_total",
        "rabbitmq_global_messages_redelivered_total", "rabbitmq_global_messages_unroutable_dropped_total",
    ]
    private static let perQueue: Set<Substring> = [
        "rabbitmq_detailed_queue_messages_ready", "rabbitmq_detailed_queue_messages_unacked", "rabbitmq_detailed_queue_messages",
        "rabbitmq_detailed_queue_consumers",
    ]
    private static let queuePage =
        "/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count"

    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let service = access.service
        if service.listens(at: Self.prometheusPort) {
            return Self.reading(
                all: try page("/metrics", Self.prometheusPort, access),
                queues: try page(Self.queuePage, Self.prometheusPort, access))
        }
        if service.listens(at: Self.managementPort) {
            let columns = "name,vhost,messages_ready,messages_unacknowledged,messages,consumers"
            let login = access.credentials.login(for: service) ?? .init(user: "guest", password: "guest")
            return try Self.reading(
                queues: Array(try page("/api/queues?columns=\(columns)", Self.managementPort, access, login).utf8),
                nodes: Array(try page("/api/nodes", Self.managementPort, access, login).utf8))
        }
        throw ServiceError(
            .notConfigured,
            "RabbitMQ tells its figures by a plugin: run 'rabbitmq-plugins enable rabbitmq_prometheus' once, in its container")
    }

    private func page(
        _ path: String, _ port: UInt16, _ access: ServiceAccess, _ login: ServiceCredentials.Login? = nil
    ) throws(ServiceError) -> String {
        let address = access.service.ports.first { $0.port == port } ?? .tcp([127, 0, 0, 1], port)
        let body = try HTTPExchange.get(path, host: "localhost", login: login, over: try access.connect(address))
        return String(decoding: body, as: UTF8.self)
    }

    /// The plugin's pages: all in sums, and the queues one by one, under the names that sums and single queues share.
    static func reading(all: String, queues: String) -> ServiceReading {
        var reading = ServiceReading()
        reading.add("rabbitmq_up", 1)
        for figure in PrometheusFigures.parse(all, wanted: global.contains) {
            reading.add(figure.name, figure.value, figure.labels)
        }
        addResources(to: &reading)
        for figure in PrometheusFigures.parse(queues, wanted: perQueue.contains) {
            reading.add("rabbitmq_" + figure.name.dropFirst("rabbitmq_detailed_".count), figure.value, figure.labels)
        }
        return reading
    }

    /// The management plugin's answers, under the names of the other.
    static func reading(queues: [UInt8], nodes: [UInt8]) throws(ServiceError) -> ServiceReading {
        guard let queues = (try? JSONSerialization.jsonObject(with: Data(queues))) as? [[String: Any]],
            let nodes = (try? JSONSerialization.jsonObject(with: Data(nodes))) as? [[String: Any]]
        else { throw ServiceError(.malformed, "the management plugin's answer is not what it should be") }
        var reading = ServiceReading()
        reading.add("rabbitmq_up", 1)
        func number(_ values: [String: Any]?, _ field: String) -> Double? { (values?[field] as? NSNumber)?.doubleValue }
        for (field, name) in [
            ("mem_used", "process_resident_memory_bytes"), ("mem_limit", "resident_memory_limit_bytes"),
            ("disk_free", "disk_space_available_bytes"), ("disk_free_limit", "disk_space_available_limit_bytes"),
            ("fd_used", "process_open_fds"), ("fd_total", "process_max_fds"), ("sockets_used", "process_open_tcp_sockets"),
            ("sockets_total", "process_max_tcp_sockets"), ("mem_alarm", "alarms_memory_used_watermark"),
            ("disk_free_alarm", "alarms_free_disk_space_watermark"),
        ] {
            reading.add("rabbitmq_\(name)", number(nodes.first, field))
        }
        addResources(to: &reading)
        for queue in queues {
            let labels = ["queue": queue["name"] as? String ?? "", "vhost": queue["vhost"] as? String ?? ""]
            for (field, name) in [
                ("messages_ready", "messages_ready"), ("messages_unacknowledged", "messages_unacked"), ("messages", "messages"),
                ("consumers", "consumers"),
            ] {
                reading.add("rabbitmq_queue_\(name)", number(queue, field), labels)
            }
        }
        return reading
    }

    private static func addResources(to reading: inout ServiceReading) {
        for (resource, used, limit) in [
            ("memory", "rabbitmq_process_resident_memory_bytes", "rabbitmq_resident_memory_limit_bytes"),
            ("connections", "rabbitmq_process_open_tcp_sockets", "rabbitmq_process_max_tcp_sockets"),
            ("files", "rabbitmq_process_open_fds", "rabbitmq_process_max_fds"),
        ] {
            reading.use(resource, reading[used], of: reading[limit])
        }
    }
}
