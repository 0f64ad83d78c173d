import Foundation

/// What the laboratory needs of the machine it runs on: root, and a few programs.
package enum Prerequisites {
    /// A program and the Debian package it comes in.
    package struct Program: Sendable, Equatable {
        package var name: String
        package var package: String
    }

    /// Everything that is started somewhere in the stack.
    package static let programs = [
        Program(name: "unshare", package: "util-linux"), Program(name: "nsenter", package: "util-linux"),
        Program(name: "setsid", package: "util-linux"), Program(name: "ip", package: "iproute2"),
        Program(name: "lxc-start", package: "lxc"), Program(name: "haproxy", package: "haproxy"),
        Program(name: "nginx", package: "nginx-light"), Program(name: "rsyslogd", package: "rsyslog"),
        Program(name: "redis-server", package: "redis-server"), Program(name: "wrk", package: "wrk"),
    ]
    /// What the stack of all roles takes besides.
    package static let rolePrograms = [
        Program(name: "php-fpm8.2", package: "php8.2-fpm php8.2-mysql php8.2-redis"), Program(name: "php", package: "php8.2-cli"),
        Program(name: "mariadbd", package: "mariadb-server"), Program(name: "memcached", package: "memcached"),
        Program(name: "postfix", package: "postfix"), Program(name: "searchd", package: "sphinxsearch"),
        Program(name: "rabbitmqctl", package: "rabbitmq-server"),
        Program(name: "sshd", package: "openssh-server openssh-sftp-server"),
        Program(name: "sftp", package: "openssh-client"), Program(name: "cron", package: "cron"),
        Program(name: "keepalived", package: "keepalived"), Program(name: "varnishd", package: "varnish"),
        // Varnish compiles its configuration.
        Program(name: "cc", package: "gcc libc6-dev"),
    ]
    /// The module of rsyslog that speaks RELP, where Debian puts it (a package of its own).
    package static let relpModules = [
        "/usr/lib/x86_64-linux-gnu/rsyslog/omrelp.so", "/usr/lib/aarch64-linux-gnu/rsyslog/omrelp.so",
        "/usr/lib/rsyslog/omrelp.so",
    ]

    /// Where programs are looked for, besides `PATH`.
    static let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// Verifies this machine.
    /// - Throws: ``LabError`` that names everything missing at once, with the line that installs it.
    package static func verify(programs: [Program] = Prerequisites.programs) throws(LabError) {
        let files = FileManager.default
        var absent = programs.filter { program in
            !directories.contains { files.isExecutableFile(atPath: "\($0)/\(program.name)") }
        }
        if !relpModules.contains(where: { files.fileExists(atPath: $0) }) {
            absent.append(Program(name: "rsyslog's omrelp", package: "rsyslog-relp"))
        }
        if let complaint = complaint(isRoot: geteuid() == 0, absent: absent) { throw LabError(.prerequisite, complaint) }
    }

    /// What is to be said, nil where nothing is missing.
    package static func complaint(isRoot: Bool, absent: [Program]) -> String? {
        guard isRoot else {
            return "magewatch lab makes network namespaces, control groups and containers, for which it has to be root: "
                + "run it with sudo"
        }
        guard !absent.isEmpty else { return nil }
        var packages: [String] = []
        for program in absent where !packages.contains(program.package) { packages.append(program.package) }
        return "magewatch lab needs \(absent.map(\.name).joined(separator: ", ")), not found on this machine. Install with:\n"
            + "  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "
            + packages.joined(separator: " ")
    }
}
