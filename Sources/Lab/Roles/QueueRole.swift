/// The role `queue`: RabbitMQ, and the workers that take from it. The broker is one; it is the workers that more of can be had.
package enum QueueRole {
    package static let address = "10.77.0.61"
    package static let stompPort = 61_613
    package static let metricsPort = 15_692
    /// A worker listens here to tell that it is connected to the broker.
    package static let workerPort = 9000
    /// The queue of paid orders.
    package static let queue = "orders"
    /// Orders waiting for a worker that are as many as one is to have before it.
    package static let fullQueue = 50
    /// What a worker does for an order takes this long.
    package static let workMilliseconds = 40

    /// - Parameter data: directory of the stack's storage; messages outlive the container.
    package static func broker(data: String) -> RoleImage {
        var image = RoleImage(
            "rabbitmq",
            start: """
                \(environment.map { "export \($0)" }.joined(separator: "\n"))
                exec /usr/lib/rabbitmq/bin/rabbitmq-server
                """)
        image.data = data
        image.files["etc/rabbitmq.conf"] = """
            listeners.tcp.1 = 0.0.0.0:5672
            loopback_users = none
            stomp.listeners.tcp.1 = 0.0.0.0:\(stompPort)
            prometheus.tcp.port = \(metricsPort)
            vm_memory_high_watermark.absolute = 256MB
            disk_free_limit.absolute = 10MB
            log.console = true
            log.console.level = warning

            """
        image.files["etc/enabled_plugins"] = "[rabbitmq_stomp,rabbitmq_prometheus].\n"
        return image
    }

    /// The node has one name wherever it runs, as its data belongs to that name. One scheduler that does not spin: it has less than a core.
    private static let environment = [
        "HOME=/data", "HOSTNAME=localhost", "ERL_EPMD_ADDRESS=127.0.0.1", "RABBITMQ_NODENAME=rabbit@localhost",
        "RABBITMQ_MNESIA_BASE=/data/mnesia", "RABBITMQ_LOGS=-", "RABBITMQ_CONFIG_FILE=/etc/rabbitmq",
        "RABBITMQ_ENABLED_PLUGINS_FILE=/etc/enabled_plugins",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 1:1 +SDcpu 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none'",
    ]

    /// A worker: pays out orders, that is, marks them in the database and has mail sent.
    /// - Parameter files: the stack's shared files.
    package static func worker(files: String) -> RoleImage {
        var image = RoleImage("worker", start: "exec php -c /etc/php.ini /srv/worker.php")
        image.mounts = [(files, "/srv")]
        image.files["etc/php.ini"] = WebRole.phpConfiguration
        return image
    }
}
