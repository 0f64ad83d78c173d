package import Topology

/// The services that an agent recognises by their processes and asks for their figures.
package enum ServiceKind: String, Sendable, CaseIterable {
    case haproxy, varnish, keepalived, nginx, mariadb, redis, memcached, postfix, sphinx, solr, rabbitmq, sshd, cron
    case phpFPM = "php-fpm"

    /// The kind that a program belongs to.
    /// - Parameters:
    ///   - name: the kernel's name of the process, at most 15 bytes.
    ///   - arguments: its command line; asked for only where the name alone does not tell.
    package init?(program name: String, arguments: () -> String) {
        switch name {
        case "haproxy": self = .haproxy
        case "varnishd", "cache-main": self = .varnish
        case "keepalived": self = .keepalived
        case "nginx": self = .nginx
        case "mariadbd", "mysqld": self = .mariadb
        case "redis-server", "valkey-server": self = .redis
        case "memcached": self = .memcached
        case "searchd": self = .sphinx
        case "sshd": self = .sshd
        case "cron", "crond": self = .cron
        case "master" where arguments().contains("postfix"): self = .postfix
        case "beam.smp" where arguments().contains("rabbit"): self = .rabbitmq
        case "java" where arguments().contains("solr"): self = .solr
        case _ where name.hasPrefix("php-fpm"): self = .phpFPM
        default: return nil
        }
    }

    /// Whether a program of this name can be a service: what ``init(program:arguments:)`` looks at more closely.
    static func mayBe(program name: String) -> Bool {
        ServiceKind(program: name) { "postfix rabbit solr" } != nil
    }

    /// What a server without containers does by running it; nil for what every server runs.
    package var roleOnServer: Role? {
        switch self {
        case .haproxy, .varnish, .keepalived: .lb
        case .nginx, .phpFPM: .web
        case .mariadb, .redis, .memcached: .db
        case .sphinx, .solr: .search
        case .rabbitmq: .queue
        case .postfix, .sshd, .cron: nil
        }
    }

    /// Ports looked at where the owner of a listening socket can't be seen.
    var usualPorts: [UInt16] {
        switch self {
        case .nginx: [80, 443, 8080]
        case .mariadb: [3306]
        case .redis: [6379]
        case .memcached: [11211]
        case .sphinx: [9306, 9312]
        case .solr: [8983]
        case .rabbitmq: [5672, 15692]
        case .sshd: [22]
        case .postfix: [25]
        case .varnish: [6081]
        case .phpFPM: [9000]
        case .haproxy, .keepalived, .cron: []
        }
    }
}
