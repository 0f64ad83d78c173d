import Foundation
import TestKit
import Testing
import Topology

@testable import ServiceMetrics

@Suite("Configurations of services")
struct ConfigurationTests {
    @Test("nginx' status pages are found through includes, with port and host")
    func nginx() {
        let files = [
            "/n/nginx.conf": """
            worker_processes auto; # stub_status;
            events { worker_connections 768; }
            http {
                log_format x '$a "{" $b;';
                server { listen 80; listen [::]:80; server_name shop.test www.shop.test;
                    if ($host != "a") { return 301 https://${host}/; }
                    location ~ \\.php$ { stub_status; } }
                include conf.d/*.conf;
                include /n/nginx.conf;
            }
            """,
            "/n/conf.d/*.conf":
                "server { listen 127.0.0.1:8080; server_name _; location = /s { access_log off; stub_status on; } }",
        ]
        let found = NginxConfiguration(path: "/n/nginx.conf") { files[$0].map { [$0] } ?? [] }
        #expect(found.connectionsPerWorker == 768)
        #expect(Set(found.statusPages.map(\.path)) == ["/s"])
        #expect(found.statusPages.first == .init(port: 8080, host: "localhost", path: "/s"))
    }

    @Test(
        "What nginx listens at",
        arguments: [("80", 80), ("127.0.0.1:8080", 8080), ("[::]:81", 81), ("[::1]", 80), ("a.test", 80)])
    func listen(text: String, port: UInt16) { #expect(NginxConfiguration.port(text) == port) }

    @Test(
        "Broken and endless configurations end",
        arguments: ["{", "}}}}", "\"", "a '", "${", "a {b {c", String(repeating: "a {", count: 5000), "\\"])
    func broken(text: String) {
        for ending in [BlockConfiguration.Ending.semicolon, .line] {
            #expect(BlockConfiguration(parsing: text, ending: ending).statements.count <= 2)
        }
        _ = NginxConfiguration(path: "x") { _ in [text] }
        _ = PHPFPMConfiguration(path: "x") { _ in [text, "include = x"] }
        _ = KeepalivedCollector.instances(text)
    }

    @Test("PHP-FPM's pools are read through includes")
    func phpFPM() {
        let files = [
            "/p/php-fpm.conf": "[global]\npid = /x\ninclude=/p/pool.d/*.conf\n",
            "/p/pool.d/*.conf":
                "; a\n[www]\nlisten = \"/run/php/$pool.sock\"\npm.max_children = 5\npm.status_path = /status\npm.status_listen = 127.0.0.1:9001\n[api]\nlisten=9000\n[off]\nuser=a\n",
        ]
        let pools = PHPFPMConfiguration(path: "/p/php-fpm.conf") { files[$0].map { [$0] } ?? [] }.pools
        #expect(pools.map(\.name) == ["api", "www"])
        #expect(pools[0].listen == .tcp([0, 0, 0, 0], 9000) && pools[0].maximumWorkers == nil)
        #expect(pools[1].listen == .unix("/run/php/www.sock") && pools[1].maximumWorkers == 5)
        #expect(pools[1].statusPath == "/status" && pools[1].statusListen == .tcp([127, 0, 0, 1], 9001))
    }

    @Test("keepalived's instances are held where one of their addresses is")
    func keepalived() {
        let text =
            "global_defs {\n}\n! x {\nvrrp_instance A {\n interface eth0 # x\n virtual_router_id 5\n virtual_ipaddress {\n  10.0.0.9/24 dev eth0\n }\n}\n"
        let found = KeepalivedCollector.instances(text)
        #expect(found == [.init(name: "A", interface: "eth0", router: "5", addresses: ["10.0.0.9"])])
        let table =
            "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.9\n        /32 host LOCAL\n     |-- 10.0.0.8\n        /32 link UNICAST\n"
        #expect(KeepalivedCollector.held(table) == ["10.0.0.9"])
        #expect(KeepalivedCollector.reading(found, held: ["10.0.0.8"]).figures.map(\.value) == [1])
    }

    @Test("Credentials are taken for a service, and for one container before it; a wrong line is named and not shown")
    func credentials() throws {
        let found = try ServiceCredentials(parsing: "\n# x\nmariadb watch secret\nmariadb@db2 watch other\nredis - hush\r\n")
        func login(_ kind: ServiceKind, _ container: String) -> ServiceCredentials.Login? {
            found.login(
                for: FoundService(
                    kind: kind, scope: ServiceScope(container: container, role: .db, firstProcess: 1), process: 1, listeners: []))
        }
        #expect(login(.mariadb, "db1")?.password == "secret" && login(.mariadb, "db2")?.password == "other")
        #expect(login(.redis, "db1") == .init(user: "", password: "hush") && login(.sphinx, "db1") == nil)
        for text in ["mariadb secret", "x mysql user secret", "mariadb a b secret"] {
            #expect { try ServiceCredentials(parsing: "redis - a\n\(text)") } throws: { error in
                "\(error)".contains("line 2") && !"\(error)".contains("secret")
            }
        }
        let directory = try TemporaryDirectory("credentials")
        let path = directory.path + "/c"
        try "redis - a\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect { try ServiceCredentials(file: path) } throws: { ($0 as? ServiceError)?.reason == .denied }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try ServiceCredentials(file: path) == ServiceCredentials(parsing: "redis - a"))
    }

    @Test("No link leads out of a root, and nothing but a file is read")
    func rooted() throws {
        // The test's own root stands for a container's.
        let directory = try TemporaryDirectory("rooted")
        let files = FileManager.default
        try files.createDirectory(atPath: directory.path + "/1", withIntermediateDirectories: true)
        try files.createDirectory(atPath: directory.path + "/house/etc", withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: directory.path + "/1/root", withDestinationPath: directory.path + "/house")
        try "inside".write(toFile: directory.path + "/house/etc/a.conf", atomically: true, encoding: .utf8)
        try "outside".write(toFile: directory.path + "/secret", atomically: true, encoding: .utf8)
        for (name, target) in [("abs", directory.path + "/secret"), ("up", "../../../../secret"), ("in", "/etc/a.conf")] {
            try files.createSymbolicLink(atPath: directory.path + "/house/etc/" + name, withDestinationPath: target)
        }
        #expect(unsafe mkfifo(directory.path + "/house/etc/pipe", 0o600) == 0)
        let rooted = RootedFiles(process: 1, processRoot: directory.path)
        #expect(rooted.text("/etc/a.conf") == "inside" && rooted.text("/etc/in") == "inside")
        for path in ["/etc/abs", "/etc/up", "/../secret", "/etc/pipe", "/etc", "/etc/none"] {
            #expect(rooted.text(path) == nil, "\(path)")
        }
        #expect(rooted.matches("/etc/*.conf") == ["/etc/a.conf"] && rooted.matches("/etc/a") == ["/etc/a"])
        #expect(Set((rooted.entries("/etc") ?? []).map(\.name)) == ["a.conf", "abs", "up", "in", "pipe"])
    }
}
