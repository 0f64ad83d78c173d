/// The one place where the hub's scenarios meet ours, and where it is said which cases are left out and why.
enum HubScenarioTable {
    /// What of ours answers to a scenario of the hub.
    enum Counterpart {
        /// A scenario.
        case scenario(String)
        /// Rules each of whose finds is an attack by itself.
        case rules([String])
        /// A rule of the Core Rule Set that an error log tells of.
        case coreRule
    }

    static let counterparts: [String: Counterpart] = [
        "crowdsecurity/http-probing": .scenario("http-probing"),
        "crowdsecurity/http-sensitive-files": .scenario("sensitive-files"),
        "crowdsecurity/http-path-traversal-probing": .scenario("traversal-probing"),
        "crowdsecurity/http-sqli-probbing-detection": .scenario("sqli-probing"),
        "crowdsecurity/http-xss-probbing": .scenario("xss-probing"),
        "crowdsecurity/http-backdoors-attempts": .scenario("backdoors"),
        "crowdsecurity/http-bad-user-agent": .scenario("bad-user-agent"),
        "crowdsecurity/http-bf-wordpress_bf": .scenario("http-login-brute-force"),
        "crowdsecurity/http-wordpress_user-enum": .scenario("wordpress-user-enumeration"),
        "crowdsecurity/http-wordpress_wpconfig": .scenario("wordpress-configuration"),
        "crowdsecurity/http-apiscp-bf": .scenario("panel-login-brute-force"),
        "crowdsecurity/http-dos-random-uri": .scenario("missing-page-flood"),
        "crowdsecurity/http-dos-invalid-http-versions": .scenario("invalid-http-version"),
        "crowdsecurity/http-cve-probing": .scenario("known-exploit"),
        "crowdsecurity/CVE-2022-46169-bf": .scenario("cacti-poller-guessing"),
        "crowdsecurity/ssh-bf": .scenario("login-brute-force"),
        "crowdsecurity/ssh-bf_user-enum": .scenario("user-enumeration"),
        "lepresidente/ssh-bad-keyexchange-bf": .scenario("negotiation-scan"),
        "crowdsecurity/http-magento-ccs": .scenario("card-testing"),
        "crowdsecurity/http-magento-ccs-by-as": .scenario("card-testing-network"),
        "crowdsecurity/postfix-spam": .scenario("mail-rejected"),
        "crowdsecurity/postfix-relay-denied": .scenario("open-relay-search"),
        "crowdsecurity/modsecurity": .coreRule,
        "crowdsecurity/CVE-2019-18935": .rules(["exploit-telerik"]),
        "crowdsecurity/CVE-2022-26134": .rules(["java-expression"]),
        "crowdsecurity/fortinet-cve-2022-40684": .rules(["exploit-fortinet"]),
        "crowdsecurity/CVE-2022-42889": .rules(["java-jndi"]),
        "crowdsecurity/CVE-2022-44877": .rules(["exploit-panel-login"]),
        "crowdsecurity/CVE-2022-46169-cmd": .rules(["exploit-cacti-command"]),
        "crowdsecurity/CVE-2023-22515": .rules(["exploit-confluence-setup"]),
        "crowdsecurity/CVE-2023-22518": .rules(["exploit-confluence-setup"]),
        "crowdsecurity/CVE-2024-0012": .rules(["exploit-panos"]),
        "crowdsecurity/CVE-2024-9474": .rules(["exploit-panos"]),
        "crowdsecurity/http-cve-2021-41773": .rules(["exploit-apache-path"]),
        "crowdsecurity/http-cve-2021-42013": .rules(["exploit-apache-path"]),
        "crowdsecurity/apache_log4j2_cve-2021-44228": .rules(["java-jndi"]),
        "crowdsecurity/CVE-2022-37042": .rules(["exploit-zimbra"]),
        "crowdsecurity/f5-big-ip-cve-2020-5902": .rules(["exploit-f5"]),
        "crowdsecurity/pulse-secure-sslvpn-cve-2019-11510": .rules(["exploit-pulse"]),
        "crowdsecurity/spring4shell_cve-2022-22965": .rules(["exploit-spring4shell"]),
        "crowdsecurity/thinkphp-cve-2018-20062": .rules(["exploit-thinkphp"]),
        "crowdsecurity/vmware-cve-2022-22954": .rules(["exploit-vmware-template"]),
        "crowdsecurity/vmware-vcenter-vmsa-2021-0027": .rules(["exploit-vcenter"]),
        "baudneo/zoneminder_cve-2022-39285": .rules(["exploit-zoneminder"]),
        "baudneo/zoneminder_cve-2022-39290": .rules(["exploit-zoneminder"]),
    ]

    /// Cases of the formats and scenarios that the stack has.
    static let cases = [
        "CVE-2019-18935", "CVE-2022-26134", "CVE-2022-40684", "CVE-2022-42889", "CVE-2022-44877", "CVE-2022-46169",
        "CVE-2023-22515", "CVE-2023-22518", "CVE-2024-0012", "CVE-2024-9474", "apache-cve-2021-41773", "apache-http-probing",
        "apache2-http-sensitive-files", "apache2-logs", "apache2-malformed", "apache_log4j2_cve-2021-44228", "apiscp-bf",
        "cve-2021-42013", "cve_2022_37042", "dovecot-logs", "f5-big-ip-cve-2020-5902",
        "haproxy-logs",
        "haproxy-nextcloud-whitelist", "http-bf-wordpress-bf", "http-cve-probing", "http-dos-invalid-http-versions",
        "http-dos-random-uri", "http-wordpress_user-enum", "http-wordpress_wpconfig", "ipv6-postoverflow",
        "jellyfin-whitelist", "magento-ccs", "magento-ccs-by-as", "mariadb-logs", "modsecurity", "modsecurity-logs",
        "mysql-logs", "nextcloud-whitelist", "nginx-cve-2021-41773", "nginx-http-backdoor", "nginx-http-malformed",
        "nginx-http-path-traversal", "nginx-http-sensitive-files", "nginx-http-sqli-probing", "nginx-http-xss-probing",
        "opnsense-sshd", "overseerr-whitelist", "postfix-logs", "postfix-relay", "postfix-spam",

        "pulse-secure-sslvpn-cve-2019-11510", "rocketchat-whitelist", "spring4shell_cve-2022-22965", "ssh-bf",
        "sshd-bad-keyexchange-bf", "sshd-logs-fp", "sshd-success-logs", "thinkphp-cve-2018-20062", "vmware-cve-2022-22954",
        "vmware-vcenter-vmsa-2021-0027", "vsftpd-logs", "zoneminder_cve-39285", "zoneminder_cve-39290",
    ]

    /// Cases of formats that the stack has, which are not run.
    static let leftOut: [String: String] = [
        "nginx_http-catch-npm": "Nginx Proxy Manager's own format",
        "geoip-enrich": "its databases are not in the suite",
        "sshd-impossible-travel": "needs data of countries and autonomous systems",
        "sshd-impossible-travel-user": "needs data of countries and autonomous systems",
        "exim-bf": otherServer, "exim-logs": otherServer, "exim-spam": otherServer, "proftpd-logs": otherServer,
        "proftpd-user-enum": otherServer,
        "ssh-generic-test": "a trial of CrowdSec's own installation",
        "postfix-honeypot-users": "a private list of account names",
        "postfix-sasl-bf": "bans after three wrong passwords, as a phone with an old one sends",
    ]

    private static let otherServer =
        "the stack has postfix and vsftpd; addresses and accounts are compared by the suite of service logs"
}
