/// What the stack's containers are made of: `web` is nginx over a page that costs processor time, `db` a redis.
package enum Images {
    /// Bytes of text that each page view compresses anew: a few milliseconds of one core.
    package static let pageBytes = 80_000

    /// `image.conf` of `web`.
    package static let web = """
        base = minimal
        init = /usr/sbin/nginx -c /srv/nginx.conf
        halt-signal = SIGQUIT

        """

    /// `image.conf` of a version that runs and answers nobody.
    static let idle = """
        base = minimal
        init = /usr/bin/sleep 3600
        halt-signal = SIGKILL

        """

    /// `image.conf` of `db`; `configuration` is the directory of the server that holds redis.conf.
    package static func database(configuration: String) -> String {
        """
        base = minimal
        init = /usr/bin/redis-server /conf/redis.conf
        halt-signal = SIGTERM
        mount = \(configuration):/conf

        """
    }

    package static let redis = """
        bind 0.0.0.0
        protected-mode no
        port \(AddressPlan.databasePort)
        daemonize no
        save ""
        appendonly no
        dir /tmp

        """

    /// nginx for every `web` container, out of the stack's shared files.
    ///
    /// One worker and full compression make its capacity small and steady, so that a laptop can saturate it. The log goes to
    /// the syslog of whatever server the container is on.
    package static let nginx = """
        daemon off;
        worker_processes 1;
        pid /run/nginx.pid;
        error_log syslog:server=\(AddressPlan.hereAddress):\(AddressPlan.syslogPort),facility=local2,tag=nginx warn;
        events { worker_connections 256; }
        http {
            default_type text/html;
            client_body_temp_path /tmp/body;
            proxy_temp_path /tmp/proxy;
            set_real_ip_from \(AddressPlan.Machine.lb1.address);
            real_ip_header X-Forwarded-For;
            log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                '"$http_referer" "$http_user_agent" $request_time';
            access_log syslog:server=\(AddressPlan.hereAddress):\(AddressPlan.syslogPort),facility=local1,tag=nginx,severity=info timed;
            gzip on;
            gzip_comp_level 9;
            gzip_types text/plain;
            keepalive_timeout 30s;
            server {
                listen 80;
                root /srv/site;
                location = /health { access_log off; return 200 "ok\\n"; }
                location = /login { return 401 "wrong name or password\\n"; }
                location / { try_files $uri $uri/index.html =404; }
            }
        }

        """

    /// The page: text with the repetitiveness of prose, the same on every run.
    package static func page() -> String {
        let words = [
            "order", "basket", "shirt", "delivery", "tomorrow", "address", "payment", "review", "stars", "colour", "size", "blue",
            "green", "large", "small", "linen", "cotton", "wool", "returns", "free", "within", "days", "stock", "sale", "new",
            "price", "tax", "included", "account", "wishlist", "gift", "voucher",
        ]
        var state: UInt64 = 77
        var text = "<html><head><title>Shop</title></head><body>\n"
        while text.utf8.count < pageBytes {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += words[Int(state >> 59)] + String(state >> 33 & 0xff, radix: 36) + (state >> 40 & 15 == 0 ? ".\n" : " ")
        }
        return text + "</body></html>\n"
    }
}
