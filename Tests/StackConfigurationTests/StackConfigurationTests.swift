import Telemetry
import Testing
import Topology

@testable import StackConfiguration

@Suite("The configuration file")
struct ConfigurationFileTests {
    @Test("An empty file is the default configuration")
    func empty() throws {
        #expect(try ConfigurationFile.parse("", file: "m.yaml") == MagewatchConfiguration())
    }

    @Test("What the attack analysis is given")
    func waf() throws {
        let text = """
            waf:
              country-database: /a/country.mmdb
              network-database: /a/asn.mmdb
              verify-crawlers: false
              resolver: "192.0.2.53:5353"
              resolver-timeout: 500ms
            """
        let waf = try ConfigurationFile.parse(text, file: "m.yaml").waf
        #expect(waf.countryDatabase == "/a/country.mmdb" && waf.networkDatabase == "/a/asn.mmdb" && !waf.verifiesCrawlers)
        #expect(waf.resolver == .init(host: "192.0.2.53", port: 5353) && waf.resolverTimeoutSeconds == 0.5)
        let silent = MagewatchConfiguration().waf
        #expect(silent.countryDatabase == nil && silent.networkDatabase == nil && silent.verifiesCrawlers)
    }

    @Test("What logs may be like, and how long they are kept by selector, becomes typed values")
    func logs() throws {
        let configuration = try ConfigurationFile.parse(
            """
            retention:
              logs: 20d
              logs-disk: 2GiB
              logs-rules:
                - { selector: '{app="audit"}', keep: 400d }
                - { selector: 'app="nginx", host=~"web.*"', disk: 20MiB }
            logs:
              maximum-line: 8KiB
              long-lines: refuse
              maximum-fields: 10
              maximum-streams: 500
              rate-limits:
                - { selector: '{app!="audit"}', rate: 1KiB, burst: 4KiB }
                - { rate: 1MiB }
            """, file: "m.yaml")
        #expect(configuration.retention.logsDiskBytes == 2 << 30)
        let web = try LabelMatcher("host", .matches, "web.*")
        let audit = LabelMatcher.equal("app", "audit")
        let nginx = LabelMatcher.equal("app", "nginx")
        let day = 86_400.0
        let rules: [MagewatchConfiguration.LogRetentionRule] = [
            .init(matchers: [audit], keepSeconds: 400 * day, diskBytes: nil),
            .init(matchers: [nginx, web], keepSeconds: 20 * day, diskBytes: 20 << 20),
        ]
        #expect(configuration.retention.logRules == rules)
        let logs = configuration.logs
        #expect(logs.maximumLineBytes == 8192 && logs.longLines == .refuse && logs.maximumFields == 10)
        #expect(logs.maximumStreams == 500)
        let all = try LabelMatcher("app", .notEqual, "audit")
        let limits: [MagewatchConfiguration.RateLimit] = [
            .init(matchers: [all], bytesPerSecond: 1024, burstBytes: 4096),
            .init(matchers: [], bytesPerSecond: 1 << 20, burstBytes: 10 << 20),
        ]
        #expect(logs.rateLimits == limits)
    }

    @Test(
        "A selector is read as LogQL writes it",
        arguments: [
            ("{}", []), ("{app=\"a\"}", ["app=\"a\""]),
            (" { app = `a\\d` , b!~\"x|y\", } ", ["app=\"a\\\\d\"", "b!~\"x|y\""]),
            ("a=~\".+\",b!=\"\\\"\\n\"", ["a=~\".+\"", "b!=\"\\\"\\n\""]), ("{app=\"a\"", nil), ("{app=a}", nil),
            ("{1=\"a\"}", nil),
            ("{a=~\"(\"}", nil), ("{a=\"b\"} x", nil), ("{a=\"b\" c=\"d\"}", nil), ("{a=\"\\q\"}", nil), ("{a=\"b}", nil),
        ] as [(String, [String]?)])
    func selectors(text: String, matchers: [String]?) {
        #expect(SelectorText.matchers(text)?.map(\.description) == matchers)
    }

    @Test("A whole file becomes typed values")
    func whole() throws {
        let configuration = try ConfigurationFile.parse(
            """
            stack: shop
            data: /var/lib/magewatch
            ingest: { listen: "0.0.0.0:7100" }
            api: { bouncers: [ { name: fw1, key-file: /etc/magewatch/fw1.key } ] }
            retention: { metrics: 30d, metrics-disk: 20GiB, metrics-5m: {}, metrics-1h: { after: 20d, keep: 400d } }
            metrics: { maximum-series: 500000, maximum-series-per-source: 100000, query-memory: 64MiB, query-bytes: 1GiB, query-samples: 1000000, query-time: 30s, experimental-functions: true }
            scrape: { interval: 1s, timeout: 500ms, targets: [ { job: node, url: "http://10.0.0.1:9100/metrics", labels: { a: b } } ] }
            forecast: { interval: 2s, leads: [15s, 1m], limit: 0.85, history: 1h, acceptable-latency: { web: 300ms } }
            scaler: { mode: ask, billed-period: 60s, release-window: 10s }
            allow: [10.77.0.5]
            roles:
              web: { cores: 0.2, memory: 128MiB, port: 80, addresses: 10.77.0.100-10.77.0.103/24, health: /health, load-balancers: [ { server: lb1, pool: web } ] }
            servers:
              - { name: lb1, address: 10.77.0.10 }
              - { name: s1, kind: overflow, address: 10.77.0.11, agent: "http://10.77.0.11:7102", cores: 1, memory: 1GiB }
            containers:
              - { name: web1, role: web, server: s1, address: 10.77.0.21/24 }
              - { name: web1b, role: web, kind: backup, backup-of: web1, server: lb1, address: 10.77.0.21/24 }
            checks:
              - { name: shop, http: "http://10.77.0.10/", interval: 1s, site: shop }
              - { name: ssh, tcp: "10.77.0.10:22" }
            """, file: "m.yaml")
        var metricLimits = MagewatchConfiguration.MetricLimits()
        metricLimits.maximumSeries = 500_000
        metricLimits.maximumSeriesPerSource = 100_000
        metricLimits.maximumQueryMemoryBytes = 64 << 20
        metricLimits.maximumQueryBytes = 1 << 30
        metricLimits.maximumQuerySamples = 1_000_000
        metricLimits.maximumQuerySeconds = 30
        metricLimits.allowsExperimental = true
        #expect(configuration.ingest == .init(host: "0.0.0.0", port: 7100))
        #expect(configuration.bouncers == [.init(name: "fw1", keyFile: "/etc/magewatch/fw1.key")])
        #expect(configuration.retention.metricsDiskBytes == 20 << 30)
        #expect(configuration.retention.fiveMinutes == .init(afterSeconds: 144_000, keepSeconds: 7_776_000))
        #expect(configuration.retention.hours == .init(afterSeconds: 1_728_000, keepSeconds: 34_560_000))
        #expect(configuration.metrics == metricLimits)
        #expect(configuration.scrape.timeoutSeconds == 0.5)
        #expect(configuration.scrape.targets.first?.labels == ["a": "b"])
        #expect(configuration.forecast.leadsSeconds == [15, 60])
        #expect(configuration.forecast.acceptableLatencySeconds == [.web: 0.3])
        #expect(configuration.scaler.mode == .ask)
        let web = try #require(configuration.roles[.web])
        #expect(web.addresses == ["10.77.0.100/24", "10.77.0.101/24", "10.77.0.102/24", "10.77.0.103/24"])
        #expect(configuration.servers[1].kind == .overflow)
        #expect(configuration.servers[0].agentURL == "http://10.77.0.10:7102")
        #expect(configuration.containers[0].limits == web.limits)
        #expect(configuration.containers[1].state == .stopped)
        #expect(configuration.checks[0].labels == ["site": "shop"])
        #expect(configuration.checks[1].kind == .tcp(host: "10.77.0.10", port: 22))
    }

    @Test(
        "A mistake is told with file, line, key and what was expected",
        arguments: [
            ("stack: a\nscrap: {}\n", "m.yaml:2: scrap: unknown key; did you mean \"scrape\"?"),
            (
                "scrape:\n  interval: soon\n",
                "m.yaml:2: scrape.interval: \"soon\" is not a duration such as 500ms, 15s, 5m, 1h or 14d"
            ),
            ("retention: { metrics-disk: 1MiB }", "m.yaml:1: retention.metrics-disk: must be at least 256MiB"),
            (
                "retention: { metrics-5m: { keep: 10d } }",
                "m.yaml:1: retention.metrics-5m.keep: must be longer than finer samples are kept"
            ),
            (
                "retention:\n  logs-rules:\n    - { selector: 'app=audit', keep: 1d }",
                "m.yaml:3: retention.logs-rules[0].selector: \"app=audit\" is not a selector such as {app=\"audit\", host=~\"db.*\"}"
            ),
            (
                "retention:\n  logs-rules:\n    - { selector: '{app=\"a\"}' }",
                "m.yaml:3: retention.logs-rules[0].keep: a rule needs keep or disk"
            ),
            ("retention:\n  logs-rules: [ { keep: 1d } ]", "m.yaml:2: retention.logs-rules[0].selector: is missing"),
            ("retention: { logs-disk: 1MiB }", "m.yaml:1: retention.logs-disk: must be at least 16MiB"),
            ("logs: { maximum-line: 1MiB }", "m.yaml:1: logs.maximum-line: must lie between 256 bytes and 256KiB"),
            ("logs: { long-lines: keep }", "m.yaml:1: logs.long-lines: \"keep\" is not cut or refuse"),
            ("waf: { resolver: a }", "m.yaml:1: waf.resolver: \"a\" is not ADDRESS:PORT"),
            ("waf: { resolver-timeout: 40s }", "m.yaml:1: waf.resolver-timeout: must be no more than 30 s"),
            ("waf: { countries: a }", "m.yaml:1: waf.countries: "),
            ("logs:\n  rate-limits: [ { burst: 1MiB } ]", "m.yaml:2: logs.rate-limits[0].rate: is missing"),
            (
                "logs:\n  rate-limits: [ { rate: 1MiB, burst: 1KiB } ]",
                "m.yaml:2: logs.rate-limits[0].burst: must be at least what comes in a second"
            ),
            (
                "api: { bouncers: [ { name: a, key-file: x }, { name: a, key-file: y } ] }",
                "m.yaml:1: api.bouncers[1].name: \"a\" is taken; each bouncer has its own key"
            ),
            ("api: { bouncers: [ { name: a } ] }", "m.yaml:1: api.bouncers[0].key-file: is missing"),
            ("ingest: { listen: here }", "m.yaml:1: ingest.listen: \"here\" is not HOST:PORT"),
            ("scaler:\n  mode: maybe", "m.yaml:2: scaler.mode: \"maybe\" is not observe, ask or act"),
            (
                "scaler: { roles: { web: { mode: never } } }",
                "m.yaml:1: scaler.roles.web.mode: \"never\" is not observe, ask or act"
            ),
            ("forecast: { acceptable-latency: { wep: 1s } }", "m.yaml:1: forecast.acceptable-latency.wep: is no role; roles are"),
            (
                "forecast: { acceptable-latency: { web: 0s } }",
                "m.yaml:1: forecast.acceptable-latency.web: must be more than zero"
            ),
            (
                "forecast: { holidays: [DE, Bavaria] }",
                "m.yaml:1: forecast.holidays: \"Bavaria\" is no country whose holidays are known: AT, BE"
            ),
            ("forecast: { holidays: [DE, DE] }", "forecast.holidays: names DE twice"),
            ("forecast: { events: [ { name: sale, for: 1h } ] }", "m.yaml:1: forecast.events[0].at: is missing"),
            ("forecast: { events: [ { name: sale, at: 2026-11-27 00:00 } ] }", "m.yaml:1: forecast.events[0].for: is missing"),
            ("forecast: { events: [ { name: sale, at: Friday, for: 1h } ] }", "events[0].at: \"Friday\" is no time such as"),
            ("forecast: { events: [ { name: s, at: 2026-11-27 00:00, for: 1h, lift: 0 } ] }", "events[0].lift: must lie between"),
            ("forecast: { events: [ { name: s, at: 2026-11-27 00:00, for: 1h, role: wep } ] }", "events[0].role: is no role"),
            (
                "forecast: { events: [ { name: s, at: 2026-11-27 00:00, for: 1h }, { name: s, at: 2026-11-28 00:00, for: 1h } ] }",
                "forecast.events: has the same name twice"
            ),
            ("scaler: { roles: { wep: {} } }", "m.yaml:1: scaler.roles.wep: is no role; roles are lb"),
            ("scaler: { maximum-cost: { day: 5 } }", "m.yaml:1: scaler.maximum-cost: needs scaler.price-per-server-hour"),
            ("scaler: { maximum-cost: { week: 5 } }", "m.yaml:1: scaler.maximum-cost.week: unknown key"),
            ("scaler: { maximum-leases: { day: -1 } }", "m.yaml:1: scaler.maximum-leases.day: must lie between 0 and"),
            ("scaler: { blast-radius: { share: 2 } }", "m.yaml:1: scaler.blast-radius.share: must lie between 0 and 1"),
            (
                "scaler: { blast-radius: { containers: 0 } }",
                "m.yaml:1: scaler.blast-radius.containers: \"0\" is not a whole number"
            ),
            ("scaler: { two-person: { purposes: [dance] } }", "m.yaml:1: scaler.two-person.purposes: \"dance\" is no purpose"),
            ("scaler: { two-person: { cost: 5 } }", "m.yaml:1: scaler.two-person.cost: needs scaler.price-per-server-hour"),
            ("scaler: { stand-down: { coverage: 0.99 } }", "m.yaml:1: scaler.stand-down.coverage: is more than 0.9"),
            ("scaler: { time-zone: Mars }", "m.yaml:1: scaler.time-zone: \"Mars\" is no time zone"),
            ("scaler:\n  schedules: [every day 18:00 +3 web]", "m.yaml:2: scaler.schedules: how long is missing"),
            (
                "scaler: { schedules: [every day 18:00 +3 web for 1h, every day 18:00 web +3 for 60m] }",
                "m.yaml:1: scaler.schedules: has the same schedule twice"
            ),
            ("roles:\n  wep: {}", "m.yaml:2: roles.wep: is no role; roles are lb, web, db, mail, search, monitor, queue, acc"),
            (
                "roles: { db: { replication: postgres } }",
                "m.yaml:1: roles.db.replication: \"postgres\" does not replicate; known are"
            ),
            ("roles: { db: { replication: { port: 1 } } }", "m.yaml:1: roles.db.replication.kind: is missing"),
            (
                "roles: { db: { replication: { kind: mariadb, prot: 1 } } }",
                "roles.db.replication.prot: unknown key; did you mean"
            ),
            (
                "roles: { db: { replication: { kind: mariadb, socket: run } } }",
                "replication.socket: \"run\" is not an absolute path"
            ),
            (
                "roles: { db: { replication: { kind: mariadb, address: 10.0.0.5 } } }",
                "replication.address: \"10.0.0.5\" is not one address with its prefix length"
            ),
            (
                """
                roles: { db: { replication: mariadb } }
                servers: [ { name: s1, address: 10.0.0.1 }, { name: s2, address: 10.0.0.2 } ]
                containers:
                  - { name: db1, role: db, server: s1, address: 10.0.0.41/24 }
                  - { name: db2, role: db, kind: backup, backup-of: db1, server: s2, address: 10.0.0.41/24 }
                """, "\"db2\" has the address of another db: a replica runs beside its primary and needs its own"
            ),
            (
                """
                roles: { db: { replication: mariadb } }
                servers: [ { name: s1, address: 10.0.0.1 } ]
                containers:
                  - { name: db1, role: db, server: s1, address: 10.0.0.41/24 }
                  - { name: db2, role: db, server: s1, address: 10.0.0.42/24 }
                """, "db is replicated and has one primary, but db1, db2 are active"
            ),
            (
                """
                roles: { db: { replication: { kind: mariadb, apart: [db9] } } }
                servers: [ { name: s1, address: 10.0.0.1 } ]
                containers: [ { name: db1, role: db, server: s1, address: 10.0.0.41/24 } ]
                """, "db.replication.apart names \"db9\", which is no container of db"
            ),
            (
                "checks: [ { name: mail, tcp: \"10.0.0.1:25\", greeting: pop } ]",
                "greeting: \"pop\" is no greeting that is known; known are smtp"
            ),
            ("servers:\n  - { name: a }", "m.yaml:2: servers[0].address: is missing"),
            ("a: [", "m.yaml:2: (yaml): is not valid YAML: did not find expected node content"),
            (
                "containers:\n  - { name: w, role: web, server: s9, address: 10.0.0.1/24 }",
                "m.yaml:2: containers: \"w\" is on server \"s9\", which is not among the servers"
            ),
        ])
    func mistakes(text: String, expected: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try ConfigurationFile.parse(text, file: "m.yaml") }
        #expect(error.description.contains(expected), "\(error.description)")
    }

    @Test("Guard rails, modes and schedules are read")
    func guardRails() throws {
        let configuration = try ConfigurationFile.parse(
            """
            scaler:
              mode: ask
              roles: { web: { mode: act }, db: { mode: observe } }
              price-per-server-hour: 0.12
              currency: USD
              maximum-cost: { hour: 1, day: 10.5, month: 200 }
              maximum-leases: { day: 40 }
              blast-radius: { containers: 6, servers: 2, share: 0.25, down: 0.4 }
              two-person: { purposes: [rollout, evacuate-server], cost: 5 }
              stand-down: { coverage: 0.6, failures: 5, retry: 30m }
              time-zone: Europe/Berlin
              schedules: [every Friday 18:00 +3 web for 4h, 2026-12-24 10:00 +5 web for 12h]
            forecast:
              events:
                - { name: sale, role: web, at: [2026-11-27 00:00, 2025-11-28T00:00], for: 24h, lift: 3 }
                - { name: holiday, at: 2026-12-25 00:00, for: 2d }
              holidays: [DE, AT]
            """, file: "m.yaml"
        )
        let scaler = configuration.scaler
        #expect(
            configuration.forecast.events == [
                .init(name: "sale", role: .web, localTimes: [1_764_288_000_000, 1_795_737_600_000], seconds: 86_400, lift: 3),
                .init(name: "holiday", role: nil, localTimes: [1_798_156_800_000], seconds: 172_800, lift: nil),
            ])
        #expect(configuration.forecast.holidays == ["DE", "AT"])
        #expect(scaler.mode == .ask && scaler.modes == [.web: .act, .db: .observe])
        #expect(scaler.pricePerServerHour == 0.12 && scaler.currency == "USD")
        #expect(scaler.maximumCost == .init(hour: 1, day: 10.5, month: 200) && scaler.maximumLeases == .init(day: 40))
        #expect(scaler.blastRadius == .init(containers: 6, servers: 2, share: 0.25, down: 0.4))
        #expect(scaler.twoPerson == .init(purposes: ["rollout", "evacuate-server"], cost: 5))
        #expect(scaler.standDown == .init(coverage: 0.6, failures: 5, retrySeconds: 1800))
        #expect(scaler.timeZone == "Europe/Berlin")
        #expect(scaler.schedules.map(\.text) == ["every Friday 18:00 +3 web for 4h", "2026-12-24 10:00 +5 web for 12h"])
    }

    @Test("All mistakes are told at once")
    func all() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationFile.parse("x: 1\ny: 2\nscrape: { interval: 0s }", file: "m.yaml")
        }
        #expect(error.problems.count == 3)
    }

    @Test("Durations and amounts", arguments: [("500ms", 0.5), ("1h30m", 5400), ("2w", 1_209_600)])
    func durations(text: String, seconds: Double) {
        #expect(Units.seconds(text) == seconds)
    }

    @Test("A role is replicated by a word, or by a mapping with what is otherwise")
    func replication() throws {
        let short = try ConfigurationFile.parse("roles: { db: { port: 3307, replication: mariadb } }", file: "m.yaml")
        let usual = try #require(short.roles[.db]?.replication)
        #expect(usual.kind == .mariadb && usual.port == 3307 && usual.user == "magewatch" && usual.address == nil)
        #expect(usual.passwordFile == "/etc/magewatch/database.password" && usual.socket == "/run/mysqld/mysqld.sock")
        let text = """
            roles:
              db:
                replication:
                  { kind: mariadb, port: 3308, user: repl, password-file: /p, socket: /s, address: 10.0.0.50/24 }
            """
        let own = try #require(try ConfigurationFile.parse(text, file: "m.yaml").roles[.db]?.replication)
        #expect(own.port == 3308 && own.user == "repl" && own.passwordFile == "/p" && own.socket == "/s")
        #expect(own.address == "10.0.0.50/24")
        #expect(try ConfigurationFile.parse("roles: { web: {} }", file: "m.yaml").roles[.web]?.replication == nil)
    }
}
