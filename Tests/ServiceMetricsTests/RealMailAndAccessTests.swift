import Foundation
import Telemetry
import TestKit
import Testing
import Topology

@testable import ServiceMetrics

@Suite("Real services: mail, access and jobs", .serialized)
struct RealMailAndAccessTests {
    @Test(
        "Postfix' queues are counted, with the age of what waits longest",
        .enabled(if: House.can("/usr/sbin/postfix", "/usr/sbin/sendmail"), "needs root and postfix"))
    func postfix() async throws {
        let house = try House(.mail)
        try house.file(
            "conf/main.cf",
            """
            compatibility_level = 3.6
            queue_directory = /var/spool/postfix
            data_directory = DIR/data
            mail_owner = postfix
            setgid_group = postdrop
            inet_interfaces = loopback-only
            myhostname = mail.test
            mydestination =
            default_process_limit = 7
            defer_transports = smtp
            maillog_file = /dev/stdout

            """)
        // An own spool over the machine's, and an own configuration; the rest is the package's.
        try house.start(
            """
            mkdir data && chown postfix data
            cp -an /etc/postfix/. conf/
            echo 'postlog unix-dgram n - n - 1 postlogd' >>conf/master.cf
            mount --bind conf /etc/postfix && mount -t tmpfs spool /var/spool/postfix
            postfix check
            printf 'Subject: x\\n\\nbody\\n' | sendmail -i someone@elsewhere.test
            exec postfix start-fg
            """)
        // Processes are read before queues, so what is first seen deferred may be a round ahead of them.
        let figures = try await house.look {
            $0["postfix_queue_messages", ["queue": "deferred"]] == 1 && $0["postfix_process_count", ["program": "qmgr"]] == 1
        }
        let age = try #require(figures["postfix_queue_oldest_age_seconds", ["queue": "deferred"]])
        #expect(age >= 0 && age < 3600, "a message's next turn is no part of its age")
        #expect(figures["postfix_queue_messages", ["queue": "hold"]] == 0)
        #expect(figures.limit("postfix", "delivery_processes") == 7)
        #expect(figures.isUp("postfix"))
    }

    @Test(
        "sshd's logins under way are told beside how many it takes",
        .enabled(if: House.can("/usr/sbin/sshd", "/usr/bin/ssh-keygen"), "needs root and openssh-server"))
    func sshd() async throws {
        let house = try House(.acc)
        let configuration = try house.file(
            "sshd_config", "Port 2299\nListenAddress 127.0.0.1\nHostKey DIR/key\nPidFile none\nMaxStartups 10:30:60\nUsePAM no\n")
        try house.start(
            """
            mkdir -p /run/sshd
            ssh-keygen -q -t ed25519 -N '' -f \(house.directory.path)/key
            /usr/sbin/sshd -D -e -f \(configuration) &
            while ! socat -u OPEN:/dev/null TCP:127.0.0.1:2299; do sleep 0.1; done
            while [ ! -e go ]; do sleep 0.1; done
            exec socat -u TCP:127.0.0.1:2299 - </dev/null
            """)
        _ = try await house.look { $0.isUp("sshd") && $0.used("sshd", "startups") == 0 }
        // What it is now called by counts, not what it was called when it was found.
        try house.file("go", "")
        let figures = try await house.look { $0.isUp("sshd") && $0.used("sshd", "startups") == 1 }
        #expect(figures.limit("sshd", "startups") == 60)
        #expect(figures["sshd_sessions"] == 0 && figures["sshd_sftp_sessions"] == 0)
    }

    @Test("cron's jobs are counted while they run", .enabled(if: House.can("/usr/sbin/cron"), "needs root and cron"))
    func cron() async throws {
        let house = try House(.acc)
        // A job of its own at the next restart, which is now.
        try house.file("crontab", "@reboot root exec sleep 1000\n")
        try house.start(
            """
            mount -t tmpfs none /etc/cron.d && mount -t tmpfs none /var/spool/cron && mount -t tmpfs none /run
            mkdir -p /var/spool/cron/crontabs
            cp crontab /etc/cron.d/test; chmod 644 /etc/cron.d/test
            cron -f
            """)
        let figures = try await house.look { $0["cron_jobs_running"] == 1 }
        #expect((figures["cron_oldest_job_seconds"] ?? -1) >= 0)
    }
}
