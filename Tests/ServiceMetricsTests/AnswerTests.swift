import TestKit
import Testing
import Topology

@testable import ServiceMetrics

@Suite("Answers of services")
struct AnswerTests {
    @Test("nginx' status page is read, and another page is none")
    func nginx() throws {
        let page =
            "Active connections: 291 \nserver accepts handled requests\n 16630948 16630947 31070465 \nReading: 6 Writing: 179 Waiting: 106 \n"
        let reading = try NginxCollector.reading(page)
        #expect(reading["nginx_connections_active"] == 291 && reading["nginx_connections_handled"] == 16_630_947)
        #expect(reading["nginx_http_requests_total"] == 31_070_465 && reading["nginx_connections_waiting"] == 106)
        for text in ["", "<html>Active connections</html>", "Active connections: x\nrequests 1 2", "requests 1"] {
            #expect(throws: ServiceError.self) { try NginxCollector.reading(text) }
        }
    }

    @Test("Redis' information is read: replicas by how far they are behind, databases by their keys")
    func redis() {
        let reading = RedisCollector.reading(
            """
            # Server\r
            redis_version:7.0.15\r
            # Clients\r
            connected_clients:12\r
            maxclients:10000\r
            used_memory:1000\r
            maxmemory:0\r
            rdb_last_bgsave_status:err\r
            role:master\r
            master_repl_offset:5000\r
            slave0:ip=10.0.0.3,port=6379,state=online,offset=4400,lag=1\r
            slave_priority:100\r
            db0:keys=7,expires=1,avg_ttl=0\r

            """)
        #expect(reading["redis_connected_clients"] == 12)
        #expect(reading["redis_slave_repl_lag_bytes", ["slave": "10.0.0.3:6379"]] == 600)
        #expect(reading["redis_db_keys", ["db": "db0"]] == 7)
        #expect(reading["redis_rdb_last_bgsave_status"] == 0 && reading["redis_master_link_up"] == nil)
        #expect(reading["magewatch_service_used", ["resource": "memory"]] == 1000)
        #expect(reading["magewatch_service_limit", ["resource": "memory"]] == nil, "no limit is no limit")
        #expect(reading["magewatch_service_limit", ["resource": "connections"]] == 10_000)
    }

    @Test("MariaDB's variables become figures; a replica that does not run has no distance")
    func mariaDB() {
        let reading = MariaDBCollector.reading(
            status: [
                "threads_connected": "9", "com_select": "5", "com_admin_commands": "1", "connection_errors_max_connections": "3",
                "innodb_buffer_pool_pages_free": "11", "innodb_buffer_pool_pages_made_young": "1", "ssl_version": "TLSv1.3",
                "threads_running": "none",
            ], variables: ["max_connections": "151", "read_only": "ON"])
        #expect(reading["mysql_global_status_connection_errors_total", ["error": "max_connections"]] == 3)
        #expect(reading["mysql_global_status_commands_total", ["command": "select"]] == 5)
        #expect(reading["mysql_global_status_buffer_pool_pages", ["state": "free"]] == 11)
        #expect(reading["mysql_global_variables_read_only"] == 1)
        #expect(reading["magewatch_service_limit", ["resource": "connections"]] == 151)
        #expect(reading["mysql_global_status_threads_running"] == nil)
        #expect(reading.figures.allSatisfy { !$0.name.contains("ssl") })
        var replica = ServiceReading()
        let row = ["master_host": "db1", "slave_io_running": "Connecting", "slave_sql_running": "Yes", "last_io_errno": "2003"]
        MariaDBCollector.add(row, to: &replica)
        let labels = ["master_host": "db1", "connection_name": ""]
        #expect(replica["mysql_slave_status_slave_io_running", labels] == 0)
        #expect(replica["mysql_slave_status_slave_sql_running", labels] == 1)
        #expect(replica["mysql_slave_status_last_io_errno", labels] == 2003)
        #expect(replica["mysql_slave_status_seconds_behind_master", labels] == nil)
        var modern = ServiceReading()
        MariaDBCollector.add(["source_host": "db1", "seconds_behind_source": "4", "replica_io_running": "Yes"], to: &modern)
        #expect(modern["mysql_slave_status_seconds_behind_master", labels] == 4, "MySQL's newer words mean the same")
    }

    @Test("Memcached's lines become figures")
    func memcached() {
        let reading = MemcachedCollector.reading(
            [
                "STAT pid 1", "STAT curr_connections 3", "STAT max_connections 1024", "STAT get_hits 8", "STAT version 1.6",
                "STAT", "STAT bytes x",
            ])
        #expect(reading["memcached_current_connections"] == 3 && reading["memcached_current_bytes"] == nil)
        #expect(reading["memcached_commands_total", ["command": "get", "status": "hit"]] == 8)
    }

    @Test("PHP-FPM's status is read, and its own question is no busy worker")
    func phpFPM() throws {
        let pool = PHPFPMConfiguration.Pool(name: "www", listen: .unix("/a"), maximumWorkers: 5, statusPath: "/status")
        let body =
            #"{"pool":"www","accepted conn":9,"listen queue":2,"listen queue len":511,"idle processes":1,"active processes":4,"total processes":5,"max children reached":1}"#
        var reading = ServiceReading()
        try PHPFPMCollector.add(status: Array(body.utf8), of: pool, to: &reading)
        #expect(reading["phpfpm_active_processes", ["pool": "www"]] == 4)
        #expect(reading["magewatch_service_used", ["pool": "www", "resource": "workers"]] == 3)
        #expect(reading["magewatch_service_limit", ["pool": "www", "resource": "listen_queue"]] == 511)
        for text in ["", "[]", "{}", "File not found.", #"{"active processes":"many"}"#] {
            var reading = ServiceReading()
            #expect(throws: ServiceError.self) { try PHPFPMCollector.add(status: Array(text.utf8), of: pool, to: &reading) }
            #expect(reading.figures.isEmpty)
        }
    }

    @Test("RabbitMQ's queues are told one by one under the names of the sums, by either plugin")
    func rabbitMQ() throws {
        let queues = """
            # TYPE rabbitmq_detailed_queue_messages_ready gauge
            rabbitmq_detailed_queue_messages_ready{vhost="/",queue="a \\"b\\""} 5
            rabbitmq_detailed_queue_consumers{vhost="/",queue="a \\"b\\""} 0
            rabbitmq_detailed_queue_messages_ready{vhost="/",queue="cut
            """
        let all = """
            rabbitmq_process_resident_memory_bytes 100
            rabbitmq_resident_memory_limit_bytes 400
            rabbitmq_queue_messages_ready 5
            rabbitmq_connections NaN
            """
        let reading = RabbitMQCollector.reading(all: all, queues: queues)
        let labels = ["vhost": "/", "queue": "a \"b\""]
        #expect(reading.figures.filter { $0.name == "rabbitmq_queue_messages_ready" }.map(\.labels) == [labels])
        #expect(reading["magewatch_service_limit", ["resource": "memory"]] == 400 && reading["rabbitmq_connections"] == nil)
        let managed = try RabbitMQCollector.reading(
            queues: Array(#"[{"name":"a \"b\"","vhost":"/","messages_ready":5,"consumers":0}]"#.utf8),
            nodes: Array(#"[{"mem_used":100,"mem_limit":400,"mem_alarm":false}]"#.utf8))
        #expect(managed["rabbitmq_queue_messages_ready", labels] == 5)
        #expect(managed["rabbitmq_alarms_memory_used_watermark"] == 0)
        #expect(throws: ServiceError.self) { try RabbitMQCollector.reading(queues: [], nodes: []) }
    }

    @Test("Postfix' limits are those of master.cf, and main.cf's where it has none")
    func postfix() {
        let settings = PostfixCollector.settings("# x\ndefault_process_limit = 50\nrelayhost =\nqueue_directory = /q\n  /more\n")
        #expect(
            settings
                == ["default_process_limit": "50", "relayhost": "", "queue_directory": "/q"].filter {
                    $0.key != "relayhost" || settings["relayhost"] != nil
                })
        let limits = PostfixCollector.limits(
            "smtp inet n - y - - smtpd\nsmtp unix - - y - 9 smtp\n  -o a=b\npickup unix n - y 60 1 pickup\nqmgr unix n - n 300 0 x\n",
            settings)
        #expect(limits == ["smtp inet": 50, "smtp unix": 9, "pickup unix": 1])
        var reading = ServiceReading()
        PostfixCollector.add(
            [("smtp", "smtp -t unix -u"), ("smtp", "smtp -n relay -t unix"), ("qmgr", "qmgr")], settings, limits: limits,
            to: &reading)
        #expect(reading["magewatch_service_used", ["resource": "delivery_processes"]] == 1)
        #expect(reading["postfix_process_count", ["program": "smtp"]] == 2)
    }

    @Test(
        "sshd's title tells its logins under way",
        arguments: [
            ("sshd: /usr/sbin/sshd -D [listener] 3 of 10-100 startups", 3.0, 100.0),
            ("sshd: x [listener] 0 of 10 startups", 0, 10),
        ])
    func startups(title: String, now: Double, limit: Double) throws {
        let found = try #require(SSHCollector.startups(title))
        #expect(found == (now, limit))
    }

    @Test("sshd's sessions are its children that are past the login; transfers are told by either kind of server")
    func sessions() {
        let children = [
            (true, "sshd", "sshd: shop [priv]"), (false, "sshd", "sshd: shop@pts/0"), (true, "sshd", "sshd: ftp [priv]"),
            (false, "sshd", "sshd: ftp@internal-sftp"), (true, "sshd", "sshd: unknown [priv]"),
            (false, "sshd", "sshd: unknown [net]"),
            (false, "sftp-server", "/usr/lib/openssh/sftp-server"),
        ]
        let listener = "sshd: /usr/sbin/sshd -D [listener] 1 of 10-100 startups"
        let reading = SSHCollector.reading(
            listener: listener, children: children.map { (isDirect: $0.0, name: $0.1, title: $0.2) })
        #expect(reading["sshd_sessions"] == 2 && reading["sshd_startups"] == 1 && reading["sshd_sftp_sessions"] == 2)
        let old = SSHCollector.reading(
            listener: "/usr/sbin/sshd -D", children: children.map { (isDirect: $0.0, name: $0.1, title: $0.2) })
        #expect(old["sshd_startups"] == 1 && old["sshd_sessions"] == 2)
        #expect(SSHCollector.startups("of 10 startups") == nil && SSHCollector.startups("/usr/sbin/sshd") == nil)
    }

    @Test("Varnish' figures are read from either form of its output; a store without an end does not saturate")
    func varnish() throws {
        let counters =
            #""MAIN.uptime":{"value":5},"MAIN.threads":{"value":200},"MAIN.pools":{"value":2},"SMA.s0.g_bytes":{"value":30},"SMA.s0.g_space":{"value":70},"SMA.Transient.g_bytes":{"value":9},"SMA.Transient.g_space":{"value":0}"#
        for text in [#"{"version":1,"counters":{\#(counters)}}"#, #"{"timestamp":"x",\#(counters)}"#] {
            let reading = try VarnishCollector.reading(Array(text.utf8), threadsPerPool: 500)
            #expect(reading["magewatch_service_used", ["resource": "memory"]] == 30)
            #expect(reading["magewatch_service_limit", ["resource": "memory"]] == 100)
            #expect(reading["magewatch_service_limit", ["resource": "threads"]] == 1000)
        }
        #expect(throws: ServiceError.self) { try VarnishCollector.reading(Array("{}".utf8), threadsPerPool: 1) }
    }

    @Test("Solr's pages tell the memory of its machine and its cores")
    func solr() throws {
        let reading = try SolrCollector.reading(
            system: Array(#"{"jvm":{"memory":{"raw":{"free":1,"max":512,"used":200}}}}"#.utf8),
            cores: Array(#"{"status":{"shop":{"index":{"numDocs":7,"sizeInBytes":99}}}}"#.utf8))
        #expect(reading["magewatch_service_limit", ["resource": "memory"]] == 512)
        #expect(reading["solr_core_documents", ["core": "shop"]] == 7)
        #expect(throws: ServiceError.self) { try SolrCollector.reading(system: Array("[]".utf8), cores: []) }
    }

    @Test("HAProxy's information is read, and the name that its socket had while it was made is undone")
    func haproxy() throws {
        let reading = try HAProxyCollector.reading("Name: HAProxy\nMaxconn: 100\nCurrConns: 7\nMaxSslConns: 0\n", "/x")
        #expect(reading["magewatch_service_used", ["resource": "connections"]] == 7)
        #expect(throws: ServiceError.self) { try HAProxyCollector.reading("Permission denied\n", "/x") }
        #expect(HAProxyCollector.settled("/run/h/admin.sock.123.tmp") == "/run/h/admin.sock")
        #expect(HAProxyCollector.settled("/run/h/admin.sock") == "/run/h/admin.sock")
        #expect(HAProxyCollector.settled("/run/h/a.x.tmp") == "/run/h/a.x.tmp")
    }

    @Test("A service may tell so many figures and no more, and nothing that is no number")
    func bounds() {
        var reading = ServiceReading()
        for index in 0...ServiceReading.maximumFigures { reading.add("a", Double(index), ["i": "\(index)"]) }
        reading.add("b", .nan)
        #expect(reading.figures.count == ServiceReading.maximumFigures && reading.refused == 1)
    }
}
