/// Cases of the hub that are not run as they are of products that no role of the stack runs, each with the reason.
enum HubOtherProducts {
    /// By what they have in common.
    static let cases: [(reason: String, names: [String])] = [
        (
            "servers and proxies for HTTP that the stack does not run (AWS ALB, BunkerWeb, Caddy, Envoy, Fastly, LiteSpeed, NPMplus, Traefik, Zoraxy)",
            [
                "aws-alb-logs", "bunkerweb-http-malformed", "bunkerweb-http-sensitive-files", "bunkerweb-logs",
                "caddy-basic-auth-bf", "caddy-crs-anomaly-score", "envoy-http-bad-user-agent",
                "envoy-http-crawl-non_statics", "fastly-logs", "litespeed-admin-bf", "nginx-proxy-manager-logs",
                "nginx-proxy-manager-malformed", "npmplus-logs", "traefik_base-http-scenario", "zoraxy-http-logs",
            ]
        ),
        (
            "mail and file servers that the stack does not run (Amavis, Exchange, Mailcow, MailScanner, Mailu, Pure-FTPd, SFTPGo, Samba)",
            [
                "amavis-blocked", "amavis-logs", "cve-2023-23397", "exchange-imap-logs", "exchange-pop-bf",
                "exchange-pop-logs", "exchange-smtp-logs", "filebrowser-logs", "mailcow-f2b-bans",
                "mailscanner-highscore-spam", "mailscanner-logs", "mailu-admin-bf", "pureftpd-bf", "pureftpd-logs",
                "sftpgo-logs", "smb-bf", "smb-logs",
            ]
        ),
        (
            "databases and name servers that the stack does not run (BIND, CouchDB, MongoDB, SQL Server, PostgreSQL)",
            [
                "bind9-logs", "bind9-refused", "bind9-syslog", "couchdb-logs", "mongodb-logs", "mssql-text-logs",
                "opensearch-dashboard-bf", "pgsql-logs", "pgsql-user-enum", "supabase-docker-pgsql-logs",
            ]
        ),
        (
            "systems, kernels and remote access other than OpenSSH (auditd, Laurel, Kubernetes, Docker, Windows, Dropbear, Teleport, VPNs)",
            [
                "CVE-2023-4911", "apache-guacamole-logs", "apache-guacamole_bf", "apache-guacamole_user_enum",
                "auditd-logs", "auditd-postexploit-exec-from-net", "auditd-suid-crash", "charon-ipsec-bf",
                "charon-ipsec-slow-bf", "docker-logs", "dropbear-logs", "k8s-audit-pod-exec-file", "kasm",
                "laurel-suid-crash", "meshcentral-bf", "meshcentral-logs", "openvpn", "openvpn-bf", "proxmox-bf",
                "segfault-logs", "synology-dsm-bf", "teleport-bf", "teleport-impossible-travel", "teleport-logs",
                "windows-bf",
            ]
        ),
        (
            "firewalls, routers and intrusion detection (iptables, pf, MikroTik, OPNsense, Palo Alto, Suricata, UniFi, honeypots)",
            [
                "cowrie-logs", "cowrie_telnet-bf", "iptables-logs", "mikrotik-bf", "mikrotik-scan-multi_ports",
                "opnsense-gui-auth", "palo-alto-threat", "pf-logs", "pf-scan-multi-port", "pfsense-gui-auth",
                "proxmox-iptables-logs", "sshesame", "suricata-eve-detect", "suricata-logs-evelog",
                "suricata-logs-fastlog", "unifi-cef",
            ]
        ),
        (
            "clouds and panels (AWS, cPanel, HestiaCP, Webmin)",
            [
                "aws-bf", "aws-cloudtrail", "aws-cloudtrail-postexploit", "aws-nwo-login", "cpanel-bf", "cpanel-logs",
                "cpanel_bf_attempt", "hestiacp-logs", "webmin-bf",
            ]
        ),
        (
            "telephony and talk (Asterisk, FreeSWITCH, TeamSpeak)",
            [
                "asterisk-logs", "asterisk-user-enum", "freeswitch", "freeswitch-acl-reject", "freeswitch-bf",
                "freeswitch-user-enumeration", "teamspeak-bf",
            ]
        ),
        (
            "applications' own logs of logins, of applications that the stack does not host",
            [
                "adguardhome-bf", "apereo-cas-bf", "audiobookshelf-bf", "audiobookshelf-logs", "authelia-bf",
                "authentik-bf", "authentik-logs", "baserow-logs", "bitwarden-bf", "bookstack-bf", "bookstack-logs",
                "calibre-web-bf", "calibre-web-logs", "emby-logs", "fireflyiii-logs", "gitea-bf", "gitea-logs",
                "gitlab-bf", "gitlab-logs", "gotify-bf", "harbor-bf", "home-assistant", "immich-bf", "immich-logs",
                "jellyfin-bf", "jellyfin-logs", "jellyfin-syslog-bf", "jellyfin-syslog-logs", "jellyseerr-bf",
                "jellyseerr-logs", "joplin-server-bf", "joplin-server-logs", "keycloak-logs", "lemonldap-ng-logs",
                "litellm-logs", "miniflux-bf", "miniflux-logs", "navidrome-bf", "nextcloud-bf", "nextcloud-logs",
                "odoo-bf_user-enum", "odoo-logs", "ombi-bf", "ombi-logs", "overseerr-logs", "prowlarr-nonsyslog-logs",
                "radarr-nonsyslog-logs", "redmine-bf", "redmine-logs", "sabnzbd-bf", "sonarr-logs", "stirling-pdf-bf",
                "thehive-bf", "thehive-logs", "uptime-kuma-logs", "vaultwarden-logs", "zoneminder-bf",
            ]
        ),
    ]
}
