import Foundation
import Telemetry
import TestKit
import Testing
import Topology

@testable import ServiceMetrics

@Suite("Real services: data, queues and search", .serialized)
struct RealDataTests {
    @Test(
        "MariaDB lets the agent in at its socket as root, and tells connections and a replica that does not run",
        .enabled(if: House.can("/usr/sbin/mariadbd", "/usr/bin/mariadb-install-db"), "needs root and mariadb-server"))
    func mariaDB() async throws {
        let house = try House(.db)
        try house.file(
            "init.sql",
            """
            CREATE USER IF NOT EXISTS 'watch'@'localhost' IDENTIFIED BY 'se cret';
            CHANGE MASTER TO MASTER_HOST='10.0.0.9', MASTER_USER='r', MASTER_PASSWORD='x';
            """)
        try house.file(
            "ready.cnf",
            "[mariadbd]\nuser=root\ndatadir=DIR/data\nsocket=DIR/m.sock\nport=3307\nmax_connections=37\nserver-id=2\n"
        )
        let directory = house.directory.path
        try house.start(
            """
            mariadb-install-db --no-defaults --user=root --datadir=\(directory)/data --auth-root-authentication-method=socket \
              --auth-root-socket-user=root --skip-test-db --innodb-log-file-size=4M --innodb-buffer-pool-size=16M
            mariadbd --defaults-file=\(directory)/ready.cnf --init-file=\(directory)/init.sql --innodb-buffer-pool-size=16M --innodb-log-file-size=4M
            """)
        let figures = try await house.look {
            $0.isUp("mariadb") && $0.limit("mariadb", "connections") == 37 && $0["mysql_slave_status_slave_io_running"] != nil
        }
        #expect(figures.used("mariadb", "connections") == 1)
        #expect(figures["mysql_global_status_threads_connected"] == 1)
        #expect(figures["mysql_global_variables_read_only"] == 0)
        #expect(figures["mysql_slave_status_slave_io_running", ["master_host": "10.0.0.9"]] == 0)
        #expect(figures["mysql_slave_status_seconds_behind_master"] == nil)
        #expect((figures["mysql_global_status_commands_total", ["command": "select"]] ?? -1) >= 0)
        // A password with a blank can't be written in the file, but is shown to the server all the same.
        let socket = ServiceAddress.unix("\(directory)/m.sock")
        func connect(_ password: String) throws -> MySQLConnection {
            let stream = try ServiceStream.connect(
                to: socket, files: RootedFiles(process: nil), deadline: .now + .seconds(60), maximumBytes: 1 << 20)
            return try MySQLConnection(over: stream, login: .init(user: "watch", password: password))
        }
        #expect(try connect("se cret").query("SELECT 1 AS One, NULL AS Two") == [["one": "1"]])
        #expect { try connect("wrong") } throws: { ($0 as? ServiceError)?.reason == .denied }
    }

    @Test(
        "Redis tells memory and connections, with a password and without",
        .enabled(if: House.can("/usr/bin/redis-server"), "needs root and redis-server"))
    func redis() async throws {
        let house = try House(.db)
        try house.start(
            """
            redis-server --port 6390 --maxmemory 10mb --maxclients 200 --save '' --dir \(house.directory.path) &
            redis-server --port 6391 --requirepass hush --save '' --dir \(house.directory.path) &
            wait
            """)
        let open = ["endpoint": "127.0.0.1:6390"]
        let closed = ["endpoint": "127.0.0.1:6391"]
        let figures = try await house.look {
            $0["redis_up", open] == 1
                && $0["magewatch_service_collect_failures_total", closed.merging(["reason": "denied"]) { $1 }] == 1
        }
        #expect(figures.limit("redis", "memory") == Double(10 << 20))
        #expect(figures["redis_memory_max_bytes", open] == Double(10 << 20))
        #expect((figures["redis_memory_used_bytes", open] ?? 0) > 1000)
        #expect(figures["redis_config_maxclients", open] == 200)
        #expect(figures["magewatch_service_up", closed] == 1, "it answers, if only with a refusal")
        #expect(figures["redis_up", closed] == nil)
        let credentials = try ServiceCredentials(parsing: "# two servers\nredis@house - hush\n")
        let shown = try await house.look(credentials: credentials) { $0["redis_up", closed] == 1 }
        #expect(shown["redis_memory_used_bytes", closed] != nil)
    }

    @Test("Memcached tells memory and connections", .enabled(if: House.can("/usr/bin/memcached"), "needs root and memcached"))
    func memcached() async throws {
        let house = try House(.db)
        try house.start("memcached -u root -l 127.0.0.1 -p 11233 -m 8 -c 55")
        let figures = try await house.look { $0.isUp("memcached") }
        #expect(figures.limit("memcached", "memory") == Double(8 << 20))
        #expect(figures.limit("memcached", "connections") == 55)
        #expect(figures["memcached_commands_total", ["command": "get", "status": "hit"]] == 0)
    }

    @Test(
        "Sphinx tells its workers and the memory of its indexes",
        .enabled(if: House.can("/usr/bin/searchd"), "needs root and sphinxsearch"))
    func sphinx() async throws {
        let house = try House(.search)
        let configuration = try house.file(
            "sphinx.conf",
            """
            index products
            {
              type = rt
              path = DIR/products
              rt_field = title
              rt_attr_uint = price
            }
            searchd
            {
              listen = 127.0.0.1:9312
              listen = 127.0.0.1:9306:mysql41
              log = DIR/searchd.log
              pid_file = DIR/searchd.pid
              binlog_path =
              max_children = 30
              workers = threads
            }

            """)
        try house.start("searchd --nodetach -c \(configuration)")
        let figures = try await house.look { $0.isUp("sphinx") && $0["sphinx_index_ram_bytes"] != nil }
        #expect(figures.limit("sphinx", "workers") == 30)
        #expect(figures.limit("sphinx", "index_memory") == Double(1 << 30))
        #expect(figures["sphinx_indexed_documents", ["index": "products"]] == 0)
        #expect(figures["sphinx_maxed_out"] == 0)
    }

    @Test(
        "RabbitMQ's plugin tells queues one by one; without it, what to turn on is said",
        .enabled(if: House.can("/usr/lib/rabbitmq/bin/rabbitmq-server"), "needs root and rabbitmq-server"))
    func rabbitMQ() async throws {
        let house = try House(.queue)
        try house.file("plugins", "[rabbitmq_prometheus].\n")
        try house.file("rabbit.conf", "listeners.tcp.1 = 127.0.0.1:5672\nload_definitions = DIR/definitions.json\n")
        try house.file(
            "definitions.json",
            #"{"users":[],"vhosts":[{"name":"/"}],"queues":[{"name":"orders","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}"#
        )
        let directory = house.directory.path
        try house.start(
            """
            export HOME=\(directory) RABBITMQ_NODENAME=t@localhost RABBITMQ_MNESIA_BASE=\(directory)/db RABBITMQ_LOG_BASE=\(directory)/log \
              RABBITMQ_CONFIG_FILE=\(directory)/rabbit.conf RABBITMQ_ENABLED_PLUGINS_FILE=\(directory)/plugins RABBITMQ_CONF_ENV_FILE=\(directory)/none \
              RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1"
            hostname localhost
            /usr/lib/rabbitmq/bin/rabbitmq-server
            """)
        let figures = try await house.look { $0["rabbitmq_queue_messages_ready", ["queue": "orders", "vhost": "/"]] == 0 }
        #expect(figures["rabbitmq_queue_consumers", ["queue": "orders"]] == 0)
        #expect((figures.limit("rabbitmq", "memory") ?? 0) > 1_000_000)
        #expect((figures.used("rabbitmq", "files") ?? 0) > 0)
        #expect(figures.isUp("rabbitmq"))
    }
}
