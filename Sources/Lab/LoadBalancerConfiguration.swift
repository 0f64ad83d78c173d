package import Drivers

/// The text of HAProxy's configuration. It has no servers in it: they are added through the agent, as in a stack that has lived
/// for a while.
package enum LoadBalancerConfiguration {
    /// The backend that `web` containers are added to.
    package static let pool = "web"
    /// The cookie of sessions.
    static let cookie = "PHPSESSID"

    /// - Parameters:
    ///   - socket: where HAProxy offers its commands.
    ///   - bans: the files that bans are loaded from at start; the running process has its own copies.
    ///
    /// A failed connection, an empty answer and a time-out are tried again elsewhere, so a container that dies costs no client
    /// an error. Requests queue rather than fail at saturation: the queue's time-out is longer than any queue here grows.
    package static func render(address: String, socket: String, bans: BanMaps) -> String {
        """
        global
            stats socket \(socket) mode 600 level admin
            maxconn 1000
            nbthread 1
            log 127.0.0.1:\(AddressPlan.syslogPort) format rfc5424 local0

        defaults
            mode http
            log global
            option httplog
            option forwardfor
            option redispatch 1
            retries 3
            retry-on conn-failure empty-response response-timeout
            timeout connect 200ms
            timeout client 30s
            timeout server 4s
            timeout queue 20s
            timeout check 1s
            timeout http-request 10s

        frontend shop
            bind \(address):\(AddressPlan.webPort)
        \(bans.frontendRules(cookie: cookie))
            default_backend \(pool)

        \(BanMaps.limitTable)

        backend \(pool)
            balance leastconn
            option httpchk GET /health
            default-server inter 300ms fastinter 100ms downinter 300ms rise 1 fall 2 observe layer4 error-limit 2 on-error mark-down

        """
    }
}
