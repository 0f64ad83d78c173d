/// The role `web`: nginx and PHP-FPM over the shop's pages, out of the stack's shared files.
package enum WebRole {
    package static let port = 80
    package static let pool = "web"
    package static let healthPath = "/health"
    /// One container of it. Small, so that a laptop can saturate it.
    package static let cores = 0.15
    package static let workers = 4

    package static func image() -> RoleImage {
        var image = RoleImage(
            "web",
            start: """
                php-fpm8.2 --fpm-config /etc/php-fpm.conf --php-ini /etc/php.ini --daemonize
                exec nginx -c /srv/nginx.conf
                """)
        image.haltSignal = "SIGQUIT"
        image.directories = ["var/log/nginx", "var/lib/nginx"]
        image.files["etc/php-fpm.conf"] = """
            [global]
            error_log = /dev/null
            pid = /run/php-fpm.pid
            [www]
            listen = /run/php-fpm.sock
            user = www-data
            group = www-data
            listen.owner = www-data
            listen.backlog = 64
            pm = static
            pm.max_children = \(workers)
            pm.status_path = /fpm-status
            ping.path = \(healthPath)

            """
        image.files["etc/php.ini"] = phpConfiguration
        return image
    }

    /// Only the extensions that the shop needs, each of Debian.
    static let phpConfiguration = """
        extension = mysqlnd
        extension = mysqli
        extension = igbinary
        extension = redis
        display_errors = stderr
        session.save_handler = redis
        session.save_path = "tcp://\(CacheRole.address):\(CacheRole.redisPort)?timeout=0.5&read_timeout=0.5"
        session.use_strict_mode = 0
        default_socket_timeout = 2
        mysqli.allow_persistent = 0

        """

    /// nginx of every `web` container. The log goes to the syslog of whatever server the container is on.
    package static let nginx = """
        user www-data;
        daemon off;
        worker_processes 1;
        pid /run/nginx.pid;
        error_log syslog:server=\(AddressPlan.hereAddress):\(AddressPlan.syslogPort),facility=local2,tag=nginx warn;
        events { worker_connections 256; }
        http {
            default_type text/html;
            client_body_temp_path /tmp/body;
            fastcgi_temp_path /tmp/fastcgi;
            set_real_ip_from 10.77.0.0/24;
            real_ip_header X-Forwarded-For;
            log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                '"$http_referer" "$http_user_agent" $request_time';
            access_log syslog:server=\(AddressPlan.hereAddress):\(AddressPlan.syslogPort),facility=local1,tag=nginx,severity=info timed;
            keepalive_timeout 30s;
            server {
                listen \(port);
                root /srv/site;
                fastcgi_param SCRIPT_NAME $fastcgi_script_name;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_param REQUEST_METHOD $request_method;
                fastcgi_param QUERY_STRING $query_string;
                fastcgi_param REMOTE_ADDR $remote_addr;
                fastcgi_param HTTP_COOKIE $http_cookie;
                location = \(healthPath) { access_log off; fastcgi_pass unix:/run/php-fpm.sock; }
                location = /fpm-status { access_log off; allow 10.77.0.0/24; deny all; fastcgi_pass unix:/run/php-fpm.sock; }
                location ~ \\.php$ { try_files $uri =404; fastcgi_pass unix:/run/php-fpm.sock; }
                location / { try_files $uri =404; }
            }
        }

        """
}
