import Foundation
import TestKit

/// Real senders, as an operator would set them up.
enum RealPrograms {
    static let rsyslogd = "/usr/sbin/rsyslogd"
    static let logger = "/usr/bin/logger"
    static let prometheus = "/usr/bin/prometheus"
    static let promtool = "/usr/bin/promtool"
    static let haproxy = "/usr/sbin/haproxy"
    static let bouncer = "/usr/bin/crowdsec-custom-bouncer"
    static let tmux = "/usr/bin/tmux"
    static let dnsmasq = "/usr/sbin/dnsmasq"

    /// rsyslog, following a file and sending its lines by RELP from a disk-assisted queue.
    static func rsyslog(following file: String, to port: Int, in directory: TemporaryDirectory) throws -> ChildProcess {
        let path = directory.path + "/rsyslog.conf"
        try """
        global(workDirectory="\(directory.path)")
        module(load="imfile" mode="inotify")
        module(load="omrelp")
        input(type="imfile" file="\(file)" tag="stream:")
        action(type="omrelp" target="127.0.0.1" port="\(port)" template="RSYSLOG_SyslogProtocol23Format"
               queue.type="LinkedList" queue.filename="magewatch" queue.saveOnShutdown="on"
               queue.size="2000" queue.highWatermark="1000" queue.lowWatermark="200"
               action.resumeRetryCount="-1" action.resumeInterval="1")

        """.write(toFile: path, atomically: true, encoding: .utf8)
        return try ChildProcess(rsyslogd, ["-n", "-f", path, "-i", directory.path + "/rsyslog.pid"])
    }

    /// Debian's Prometheus, scraping nothing and taking remote-write on a port.
    static func prometheus(listeningOn port: Int, in directory: TemporaryDirectory) throws -> ChildProcess {
        let path = directory.path + "/prometheus.yml"
        try "scrape_configs: []\n".write(toFile: path, atomically: true, encoding: .utf8)
        return try ChildProcess(
            prometheus,
            [
                "--config.file=\(path)", "--storage.tsdb.path=\(directory.path)/tsdb", "--web.listen-address=127.0.0.1:\(port)",
                "--web.enable-remote-write-receiver",
            ])
    }

    /// Debian's Prometheus, scraping a port and itself writing everything on to a monitor.
    static func prometheus(writingTo monitor: MonitorAddress, in directory: TemporaryDirectory) throws -> ChildProcess {
        let path = directory.path + "/prometheus.yml"
        let own = try FreePort.take()
        try """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs: [{job_name: own, static_configs: [{targets: ["127.0.0.1:\(own)"]}]}]
        remote_write: [{url: "\(monitor.ingest)/api/v1/write"}]

        """.write(toFile: path, atomically: true, encoding: .utf8)
        return try ChildProcess(
            prometheus,
            [
                "--config.file=\(path)", "--storage.tsdb.path=\(directory.path)/tsdb", "--web.listen-address=127.0.0.1:\(own)",
            ])
    }
}
