import Foundation
import Telemetry
import TestKit
import Testing
import Topology

@testable import ServiceMetrics

@Suite("Real services: web and load balancing", .serialized)
struct RealWebTests {
    @Test(
        "nginx' status page is found in its configuration, and what it tells is told",
        .enabled(if: House.can("/usr/sbin/nginx", "/usr/bin/socat"), "needs root, nginx and socat"))
    func nginx() async throws {
        let house = try House(.web)
        try house.file("sites/status.conf", "server { listen 127.0.0.1:8085; location = /inner_status { stub_status; } }")
        let configuration = try house.file(
            "nginx.conf",
            """
            daemon off; user root; pid DIR/nginx.pid; error_log DIR/error.log; worker_processes 2;
            events { worker_connections 64; }
            http { access_log off; server { listen 8080; if ($http_x != "a") { return 404; } } include sites/*.conf; }
            """)
        try house.start("nginx -c \(configuration)")
        let figures = try await house.look {
            $0["nginx_http_requests_total"] != nil && $0["magewatch_service_processes", ["service": "nginx"]] == 3
        }
        #expect(figures["nginx_connections_active"] == 1)
        #expect(figures.used("nginx", "connections") == 1 && figures.limit("nginx", "connections") == 128)
        #expect(figures["magewatch_service_listens", ["port": "8080"]] == 1)
        #expect(figures["magewatch_service_listens", ["port": "8085"]] == nil, "loopback is nobody else's")
        #expect(figures["magewatch_service_processes", ["service": "nginx"]] == 3)
        #expect(figures.values.allSatisfy { $0.labels["role"] == "web" && $0.labels["server"] == "s1" })
    }

    @Test(
        "Without a status page the kernel counts nginx' connections",
        .enabled(if: House.can("/usr/sbin/nginx", "/usr/bin/socat"), "needs root, nginx and socat"))
    func nginxWithoutStatus() async throws {
        let house = try House(.web)
        let configuration = try house.file(
            "nginx.conf",
            "daemon off; user root; pid DIR/n.pid; error_log DIR/error.log; events { } http { access_log off; server { listen unix:DIR/n.sock; } }"
        )
        // The kernel tells a connection in the network of who made it, which is the container's own.
        try house.start(
            """
            nginx -c \(configuration) &
            \(House.wait(for: "n.sock"))
            socat UNIX-CONNECT:n.sock EXEC:'sleep 1000' &
            wait
            """)
        let figures = try await house.look { $0.used("nginx", "connections") == 1 }
        #expect(figures.isUp("nginx") && figures.limit("nginx", "connections") == 512)
        #expect(figures["nginx_http_requests_total"] == nil)
    }

    static let pools = """
        [global]
        error_log = DIR/fpm.log
        daemonize = no
        [shop]
        user = root
        listen = DIR/$pool.sock
        pm = static
        pm.max_children = 2
        pm.status_path = /inner ; said so
        [api]
        user = root
        listen = 127.0.0.1:9001
        pm = static
        pm.max_children = 3
        """

    @Test(
        "PHP-FPM's pools tell their workers; one without a status is counted by the kernel",
        .enabled(if: House.can("/usr/sbin/php-fpm8.2", "/usr/bin/socat"), "needs root, php-fpm8.2 and socat"))
    func phpFPM() async throws {
        let house = try House(.web)
        let configuration = try house.file("fpm.conf", Self.pools)
        try house.start("php-fpm8.2 -R -F -y \(configuration)")
        let figures = try await house.look { $0.isUp("php-fpm") && $0["phpfpm_total_processes", ["pool": "api"]] == 3 }
        #expect(figures["phpfpm_total_processes", ["pool": "shop"]] == 2)
        #expect(figures["phpfpm_max_children_reached", ["pool": "shop"]] == 0)
        #expect(figures["phpfpm_up", ["pool": "api"]] == nil)
        let workers = figures.values.filter { $0.labels["resource"] == "workers" }
        #expect(workers.count { $0.labels.metricName == "magewatch_service_limit" } == 2)
        #expect(
            figures["magewatch_service_used", ["resource": "workers", "pool": "shop"]] == 0, "its own question is not counted")
    }

    @Test(
        "A pool whose workers are all busy is told as full, not as down",
        .enabled(if: House.can("/usr/sbin/php-fpm8.2", "/usr/bin/socat"), "needs root, php-fpm8.2 and socat"))
    func busyPHPFPM() async throws {
        let house = try House(.web)
        let configuration = try house.file("fpm.conf", Self.pools)
        let script = try house.file("wait.php", "<?php sleep(600);")
        let request = FastCGIExchange.request(script, query: "")
        try Data(request).write(to: house.directory.url.appendingPathComponent("request"))
        try house.start(
            """
            php-fpm8.2 -R -F -y \(configuration) &
            \(House.wait(for: "shop.sock"))
            for number in 1 2 3; do (cat request; sleep 1000) | socat -t 1000 - UNIX-CONNECT:shop.sock & done
            wait
            """)
        let shop = ["pool": "shop"]
        let figures = try await house.look {
            $0["phpfpm_active_processes", shop] == 2 && $0["phpfpm_listen_queue", shop] == 1
        }
        #expect(figures.isUp("php-fpm"))
        #expect(figures["magewatch_service_used", shop.merging(["resource": "workers"]) { $1 }] == 2)
        #expect(figures["magewatch_service_collect_failures_total"] == nil)
    }

    @Test(
        "HAProxy's process is asked at its runtime socket", .enabled(if: House.can("/usr/sbin/haproxy"), "needs root and haproxy")
    )
    func haproxy() async throws {
        let house = try House(.lb)
        let configuration = try house.file(
            "haproxy.cfg",
            """
            global
              maxconn 77
              stats socket DIR/admin.sock mode 600 level admin
            defaults
              mode http
              timeout connect 1s
              timeout client 1s
              timeout server 1s
            listen web
              bind :8090

            """)
        try house.start("haproxy -W -db -f \(configuration)")
        let figures = try await house.look {
            $0.limit("haproxy", "connections") != nil && $0["magewatch_service_listens", ["port": "8090"]] != nil
        }
        #expect(figures.limit("haproxy", "connections") == 77)
        #expect(figures["haproxy_process_max_connections"] == 77)
        #expect(figures["magewatch_service_listens", ["port": "8090"]] == 1)
    }

    @Test(
        "Varnish's figures come from its shared memory",
        .enabled(if: House.can("/usr/sbin/varnishd", "/usr/bin/varnishstat"), "needs root and varnish"))
    func varnish() async throws {
        let house = try House(.lb)
        try house.start("varnishd -F -a 127.0.0.1:6081 -b none -n \(house.directory.path)/v -s malloc,16m -p thread_pool_max=100")
        let figures = try await house.look { $0.limit("varnish", "memory") != nil && $0["varnish_main_pools"] == 2 }
        #expect(figures.limit("varnish", "memory") == Double(16 << 20))
        #expect(figures.limit("varnish", "threads") == 200)
        #expect((figures.used("varnish", "threads") ?? 0) > 0)
    }

    @Test(
        "keepalived's state is told by who holds the address",
        .enabled(if: House.can("/usr/sbin/keepalived"), "needs root and keepalived"))
    func keepalived() async throws {
        let house = try House(.lb)
        func instance(_ name: String, _ address: String, _ router: Int) -> String {
            """
            vrrp_instance \(name) {
              state BACKUP
              interface d0
              virtual_router_id \(router)
              priority 100
              advert_int 0.1
              virtual_ipaddress {
                \(address)/24 dev d0
              }
            }

            """
        }
        let configuration = try house.file("keepalived.conf", "! a remark\n" + instance("VI_1", "10.9.0.5", 51))
        try house.start(
            "ip link add d0 type veth peer name d1 && ip link set d1 up && ip addr add 10.9.0.1/24 dev d0 && ip link set d0 up && "
                + "keepalived -n -l -f \(configuration) -p \(house.directory.path)/k.pid -r \(house.directory.path)/v.pid")
        let figures = try await house.look { $0["keepalived_vrrp_state", ["iname": "VI_1"]] == 2 }
        #expect(figures["keepalived_vrrp_state", ["intf": "d0", "vrid": "51"]] == 2)
        #expect(
            KeepalivedCollector.reading(KeepalivedCollector.instances(instance("B", "10.9.0.6", 5)), held: ["10.9.0.5"])
                .figures.map(\.value) == [1])
    }
}
