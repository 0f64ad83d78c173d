/// Families of attacks, as rule sets divide them.
package enum AttackFamily: String, Sendable, CaseIterable, Codable {
    case sqlInjection = "sqli"
    case crossSiteScripting = "xss"
    case pathTraversal = "traversal"
    case commandInjection = "rce"
    case log4Shell = "log4shell"
    case probing
    case scanner
    case bruteForce = "brute-force"
    case flood
}

/// What a request line is searched for once it is decoded: literals that ordinary requests do not hold.
///
/// A signature needs a reason that can be said in a sentence; it stands beside it. One match never bans: see ``OffenderScore``.
package struct Signatures: Sendable {
    struct Signature: Sendable {
        let family: AttackFamily
        let literal: [UInt8]
        let score: Double
    }

    private static let table: [(AttackFamily, Double, [String])] = [
        // A union of selects, a tautology behind a closed quote, or a comment that cuts off the rest of a statement.
        (
            .sqlInjection, 40,
            [
                "union select", "union all select", "union/**/select", "' or '1'='1", "' or 1=1", "\" or 1=1", "' and 1=1",
                "1=1--", "' or 'a'='a",
            ]
        ),
        // Functions that only serve to read a schema or to wait.
        (
            .sqlInjection, 40,
            [
                "information_schema", "sleep(", "benchmark(", "waitfor delay", "extractvalue(", "updatexml(", "xp_cmdshell",
                "load_file(", "into outfile",
            ]
        ),
        // A statement behind a statement.
        (.sqlInjection, 40, ["; drop table", ";drop table", "; insert into", "; shutdown"]),
        // Markup that runs a script.
        (
            .crossSiteScripting, 40,
            ["<script", "javascript:", "onerror=", "onload=", "<svg", "<iframe", "document.cookie", "alert("]
        ),
        // A way out of the document root, and the files it is taken for.
        (
            .pathTraversal, 40,
            ["../../", "..\\..\\", "/etc/passwd", "/etc/shadow", "/proc/self/", "boot.ini", "win.ini", "php://", "file://"]
        ),
        // A shell, its separators followed by its commands, or PHP's way to one.
        (
            .commandInjection, 40,
            [
                ";cat ", "; cat ", "|cat ", ";wget ", "; wget ", "$(wget", "`wget", ";curl ", "/bin/sh", "/bin/bash", "cmd.exe",
                "<?php", "eval(", "system(", "passthru(", "shell_exec(",
            ]
        ),
        (.log4Shell, 80, ["${jndi:", "${lower:", "${env:"]),
        // Files that no visitor asks for: secrets, repositories, backups, consoles.
        (
            .probing, 25,
            [
                "/.env", "/.git/", "/.svn/", "/.aws/", "/wp-config", "/phpmyadmin", "/phpinfo", "/server-status", "/actuator/",
                "/solr/admin", "/vendor/phpunit", "/downloader/", "/dump.sql", "/backup.sql", "/.htpasswd", "/cgi-bin/",
                "/shell.php", "/adminer",
            ]
        ),
    ]

    /// User agents that call themselves scanners.
    private static let scanners = [
        "nikto", "sqlmap", "nmap", "masscan", "wpscan", "dirbuster", "gobuster", "nuclei", "zgrab", "acunetix", "nessus",
        "openvas",
        "feroxbuster", "ffuf",
    ]

    private let requests: [Signature]
    private let agents: [Signature]

    package init() {
        requests = Signatures.table.flatMap { family, score, literals in
            literals.map { Signature(family: family, literal: Array($0.utf8), score: score) }
        }
        agents = Signatures.scanners.map { Signature(family: .scanner, literal: Array($0.utf8), score: 40) }
    }

    /// The highest-scoring signature in a decoded request, with the literal that matched.
    package func match(request: ArraySlice<UInt8>) -> (family: AttackFamily, score: Double, literal: String)? {
        guard Signatures.isSuspicious(request) else { return nil }
        return best(requests, in: request)
    }

    /// The scanner that a user agent names.
    package func match(userAgent: ArraySlice<UInt8>) -> (family: AttackFamily, score: Double, literal: String)? {
        best(agents, in: userAgent.map { (65...90).contains($0) ? $0 | 0x20 : $0 }[...])
    }

    /// Most requests hold none of these bytes, and end here.
    private static func isSuspicious(_ bytes: ArraySlice<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: "("), UInt8(ascii: ";"),
                UInt8(ascii: "|"),
                UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: " "), UInt8(ascii: ":"), UInt8(ascii: "*"):
                return true
            case UInt8(ascii: ".") where previous == UInt8(ascii: "/") || previous == UInt8(ascii: "."): return true
            default: previous = byte
            }
        }
        return probes.contains { find(Array($0.utf8), in: bytes) }
    }

    private static let probes = [
        "/wp-", "/php", "/server-", "/actuator", "/solr", "/vendor/", "/downloader", ".sql", "/cgi-bin", "/shell", "/adminer",
        "/etc/",
        "/bin/", "/proc/", ".ini", "information_schema", "cmd.exe", "document.cookie", "onerror=", "onload=",
    ]

    private func best(_ signatures: [Signature], in bytes: ArraySlice<UInt8>) -> (
        family: AttackFamily, score: Double, literal: String
    )? {
        var found: Signature?
        for signature in signatures where signature.score > found?.score ?? 0 && Signatures.find(signature.literal, in: bytes) {
            found = signature
        }
        return found.map { ($0.family, $0.score, String(decoding: $0.literal, as: UTF8.self)) }
    }

    private static func find(_ literal: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= literal.count else { return false }
        let text = bytes.span
        var start = 0
        let first = literal[0]
        while start <= text.count - literal.count {
            if text[start] == first {
                var offset = 1
                while offset < literal.count, text[start + offset] == literal[offset] { offset += 1 }
                if offset == literal.count { return true }
            }
            start += 1
        }
        return false
    }
}
