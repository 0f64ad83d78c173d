package import Topology

/// Everything `magewatch serve` can be told, with the defaults it has where nothing is said.
///
/// One YAML file, read and validated as a whole by ``ConfigurationFile``; with no file these defaults run a useful one-server
/// stack that watches the machine it stands on. `StackConfiguration.docc` lists every key.
package struct MagewatchConfiguration: Sendable, Equatable {
    /// The stack's name, a label of its own series.
    package var stack = "default"
    /// Directory of the stores.
    package var dataDirectory = "magewatch-data"
    package var ingest = Endpoint(host: "127.0.0.1", port: 7100)
    package var api = Endpoint(host: "127.0.0.1", port: 7101)
    /// Whether the API takes orders that delete or copy series.
    package var allowsStoreOrders = false
    /// CrowdSec's bouncers that may ask the API port for bans.
    package var bouncers: [Bouncer] = []
    /// File with the bearer token that agents want.
    package var tokenFile: String?
    /// Nil where agents are shown the token of `tokenFile` only.
    package var authority: Authority?
    package var builtInAgent = BuiltInAgent()
    package var retention = Retention()
    package var metrics = MetricLimits()
    package var logs = Logs()
    package var waf = WAF()
    package var scrape = Scrape()
    /// How often rules are evaluated.
    package var evaluationSeconds = 15.0
    package var forecast = ForecastSettings()
    package var scaler = Scaler()
    /// Addresses and networks that are never banned.
    package var allow: [String] = []
    package var bans = Bans()
    package var roles: [Role: RoleSettings] = [:]
    package var servers: [Server] = []
    package var containers: [Container] = []
    package var checks: [Check] = []
    package var alerts = Alerts()

    package init() {}

    /// A host and a port to listen on.
    package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
        package var host: String
        package var port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// One that enforces bans and asks for them.
    package struct Bouncer: Sendable, Equatable {
        /// Unique; shown in series.
        package var name: String
        /// File with the key that it sends.
        package var keyFile: String

        package init(name: String, keyFile: String) {
            self.name = name
            self.keyFile = keyFile
        }
    }

    /// What a ban may have hit in the last 7 days; one that would have hit more is narrowed, or left to a person.
    package struct Bans: Sendable, Equatable {
        /// Paid orders.
        package var maximumOrders = 0
        /// Logins of those who did not attack.
        package var maximumLogins = 0
        /// Share of the requests that were no attack.
        package var innocentShare = 0.5
        /// Requests that a limited path lets through in a minute.
        package var pathRequestsPerMinute = 10
        /// Servers besides those of the load balancers whose agents drop banned addresses by nftables.
        package var servers: [String] = []
    }

    /// What the monitor observes of its own machine.
    package struct BuiltInAgent: Sendable, Equatable {
        package var isEnabled = true
        /// Log files to follow; those that exist of the defaults.
        package var logs = [
            "/var/log/syslog", "/var/log/messages", "/var/log/auth.log", "/var/log/kern.log", "/var/log/nginx/access.log",
            "/var/log/nginx/error.log", "/var/log/apache2/access.log", "/var/log/haproxy.log", "/var/log/dpkg.log",
        ]
    }

    /// How long data is kept.
    package struct Retention: Sendable, Equatable {
        package var metricsSeconds = 15.0 * 86_400
        /// Bytes on disk beyond which the oldest samples go, whatever their age; no limit where there is none.
        package var metricsDiskBytes: Int?
        package var logsSeconds = 14.0 * 86_400
        /// Bytes on disk beyond which the oldest log entries go, those under rules of their own not counted; no limit where there is none.
        package var logsDiskBytes: Int?
        /// Streams that are kept for longer or shorter than the others.
        package var logRules: [LogRetentionRule] = []
        /// Old metrics condensed to five minutes; not at all where there is none.
        package var fiveMinutes: Condensed?
        /// Old metrics condensed to an hour; not at all where there is none.
        package var hours: Condensed?
    }

    /// Metrics condensed to buckets of time, which makes long ranges cheap and lets them be kept longer.
    package struct Condensed: Sendable, Equatable {
        /// Age at which they are condensed.
        package var afterSeconds: Double
        /// Age at which what they were condensed to goes.
        package var keepSeconds: Double

        package init(afterSeconds: Double, keepSeconds: Double) {
            self.afterSeconds = afterSeconds
            self.keepSeconds = keepSeconds
        }
    }

    /// How many series may be in memory, so that one source that explodes its labels can't hurt the others, and what one query may use.
    package struct MetricLimits: Sendable, Equatable {
        package var maximumSeries = 1_000_000
        package var maximumSeriesPerMetric = 200_000
        package var maximumSeriesPerSource = 500_000
        /// Samples a query may read and make.
        package var maximumQuerySamples = 50_000_000
        /// Bytes of blocks a query may read.
        package var maximumQueryBytes = 4 << 30
        /// Bytes that what a query makes may take in memory.
        package var maximumQueryMemoryBytes = 1 << 30
        package var maximumQuerySeconds = 120.0
        /// Whether queries may use what Prometheus holds back behind flags, as its meaning may still change.
        package var allowsExperimental = false

        package init() {}
    }

    /// Scraping of agents and exporters. The agents of `servers` are targets without being named here.
    package struct Scrape: Sendable, Equatable {
        package var intervalSeconds = 15.0
        package var timeoutSeconds = 5.0
        package var targets: [Target] = []

        package struct Target: Sendable, Equatable {
            package var job: String
            package var url: String
            package var labels: [String: String]
        }
    }

    /// Forecasting of each role's utilisation.
    package struct ForecastSettings: Sendable, Equatable {
        package var intervalSeconds = 60.0
        /// Times ahead that are written back as series.
        package var leadsSeconds = [60.0, 300, 900, 1800, 3600, 21_600, 86_400]
        /// Utilisation that counts as saturated.
        package var limit = 0.85
        /// How far back the models look.
        package var historySeconds = 14.0 * 86_400
        /// Seconds that nineteen of twenty requests of a role may take; one that is missing goes by its own quiet hours.
        package var acceptableLatencySeconds: [Role: Double] = [:]
        package var events: [Event] = []
        /// Countries whose public holidays are known events; ISO 3166 codes that `HolidayCalendar` knows.
        package var holidays: [String] = []

        /// Something that is known to come and changes demand.
        package struct Event: Sendable, Equatable {
            package var name: String
            /// The role that it is about; nil for all.
            package var role: Role?
            /// Starts, in milliseconds of local time.
            package var localTimes: [Int64]
            package var seconds: Double
            /// Demand as a multiple of the usual; learned from past times where nothing is said.
            package var lift: Double?

            package init(name: String, role: Role?, localTimes: [Int64], seconds: Double, lift: Double?) {
                self.name = name
                self.role = role
                self.localTimes = localTimes
                self.seconds = seconds
                self.lift = lift
            }
        }
    }

    /// How a role is run and scaled.
    package struct RoleSettings: Sendable, Equatable {
        package var image: String
        package var limits: Resources
        package var port: Int
        /// Addresses, with prefix length, that new containers may take.
        package var addresses: [String]
        package var gateway: String?
        /// Path asked to know that a container serves; a TCP connection is tried where there is none.
        package var healthPath: String?
        package var sharedSource: String?
        package var sharedTarget: String?
        package var loadBalancers: [LoadBalancerPool]
        package var maximumConnections: Int
        package var minimum: Int
        package var maximum: Int
        /// Nil for a role that is not replicated.
        package var replication: Replication? = nil

        package struct LoadBalancerPool: Sendable, Equatable {
            package var server: String
            package var pool: String
        }
    }

    /// Something to verify at an interval.
    package struct Check: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case http(url: String, expectedStatus: Range<Int>)
            case tcp(host: String, port: Int)
            case tls(host: String, port: Int)
            case greeting(Greeting, host: String, port: Int)
        }

        /// What a service says first, or answers to the least that can be asked: one that only accepts connections does not serve.
        package enum Greeting: String, Sendable, CaseIterable {
            case smtp, ssh, mysql, redis, memcached, amqp
        }

        package var name: String
        package var kind: Kind
        package var intervalSeconds: Double
        package var timeoutSeconds: Double
        package var labels: [String: String]
    }

    /// Rules and who is told.
    package struct Alerts: Sendable, Equatable {
        /// Directory of rule files; the shipped ones where there is none.
        package var rulesDirectory: String?
        package var webhooks: [String] = []
        /// Time until a firing alert is told again.
        package var repeatSeconds = 4.0 * 3600
    }
}
