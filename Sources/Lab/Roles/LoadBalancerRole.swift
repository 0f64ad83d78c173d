package import Drivers

/// The role `lb`: HAProxy with Varnish behind it for what may be kept, twice, and keepalived, which gives the shop's address to one of the two.
package enum LoadBalancerRole {
    /// Where HAProxy takes what Varnish does not have.
    static let innerPort = 8081
    static let varnishPort = 6081
    /// Answered by HAProxy itself.
    package static let healthPath = "/lb-health"
    /// What may be kept by Varnish begins so.
    package static let keptPath = "/kept/"
    package static let maximumConnections = 300

    /// HAProxy's configuration. Servers of the two pools are added through the agent.
    package static func haproxy(socket: String, bans: BanMaps) -> String {
        """
        global
            stats socket \(socket) mode 600 level admin
            maxconn \(maximumConnections)
            nbthread 1
            log 127.0.0.1:\(AddressPlan.syslogPort) format rfc5424 local0

        defaults
            mode http
            log global
            option redispatch 1
            retries 3
            timeout connect 200ms
            timeout client 30s
            timeout server 4s
            timeout queue 20s
            timeout check 1s
            timeout http-request 10s
            default-server inter 300ms fastinter 100ms downinter 300ms rise 1 fall 2 observe layer4 error-limit 2 on-error mark-down

        frontend shop
            bind 0.0.0.0:80
            option httplog
            option forwardfor
            monitor-uri \(healthPath)
        \(bans.frontendRules(cookie: LoadBalancerConfiguration.cookie))
            use_backend kept if { path_beg \(keptPath) } { nbsrv(kept) ge 1 }
            default_backend \(WebRole.pool)

        frontend inner
            bind 127.0.0.1:\(innerPort)
            default_backend \(WebRole.pool)

        \(BanMaps.limitTable)

        backend kept
            server varnish 127.0.0.1:\(varnishPort) check

        backend \(WebRole.pool)
            balance leastconn
            retry-on conn-failure empty-response response-timeout
            option httpchk GET \(WebRole.healthPath)

        frontend search
            mode tcp
            option tcplog
            bind 0.0.0.0:\(SearchRole.port)
            default_backend \(SearchRole.pool)

        backend \(SearchRole.pool)
            mode tcp
            balance leastconn
            default-server on-marked-down shutdown-sessions

        frontend db
            mode tcp
            option tcplog
            bind 0.0.0.0:\(DatabaseRole.port)
            default_backend \(DatabaseRole.pool)

        backend \(DatabaseRole.pool)
            mode tcp
            default-server on-marked-down shutdown-sessions

        """
    }

    /// Varnish keeps what lies below ``keptPath`` for a minute, and goes on giving it while no `web` answers.
    package static let varnish = """
        vcl 4.1;
        backend inner { .host = "127.0.0.1"; .port = "\(innerPort)"; }
        sub vcl_recv { unset req.http.Cookie; return (hash); }
        sub vcl_backend_response { set beresp.ttl = 60s; set beresp.grace = 1h; }

        """

    package static func varnishCommand(configuration: String) -> [String] {
        [
            "varnishd", "-F", "-a", "127.0.0.1:\(varnishPort)", "-f", configuration, "-s", "malloc,8m", "-n", "/run/varnish",
            "-j", "none",
            "-p", "thread_pools=1", "-p", "thread_pool_min=5", "-p", "thread_pool_max=50",
        ]
    }
}
