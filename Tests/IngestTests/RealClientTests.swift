import Foundation
import Ingest
import Telemetry
import TestKit
import Testing

private func isInstalled(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

/// Runs a program for the time of `body`, then ends it.
private func running(_ path: String, _ arguments: [String], _ body: () async throws -> Void) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
        // A child inherits the blocked signals of the thread that starts it, so a polite one may never arrive.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
    try await body()
}

@Suite(.timeLimit(.minutes(10)))
struct RealClientTests {
    @Test(
        "util-linux logger arrives over TCP, octet-counted and UDP",
        .enabled(if: isInstalled("/usr/bin/logger"), "needs logger"),
        arguments: [["-T"], ["-T", "--octet-count"], ["-d"], ["-d", "--rfc3164"]])
    func logger(flags: [String]) async throws {
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            let arguments = flags + ["-n", "127.0.0.1", "-P", "\(port)", "-t", "haproxy", "-p", "local0.err", "hello there"]
            try await running("/usr/bin/logger", arguments) { await sink.waitFor(1) }
        }
        let row = try #require(sink.rows.first)
        #expect(row.line == "hello there")
        #expect(row.labels["app"] == "haproxy" && row.labels["level"] == "error" && row.labels["role"] == "lb")
    }

    @Test(
        "rsyslog's omrelp delivers a file's lines with identities",
        .enabled(if: isInstalled("/usr/sbin/rsyslogd") && isInstalled("/usr/bin/logger"), "needs rsyslogd and logger"))
    func rsyslog() async throws {
        let directory = try TemporaryDirectory("rsyslog")
        let lines = (0..<500).map { "line \($0)" }
        try (lines.joined(separator: "\n") + "\n").write(toFile: directory.path + "/in.log", atomically: true, encoding: .utf8)
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            let configuration = """
                global(workDirectory="\(directory.path)")
                module(load="imfile" mode="inotify")
                module(load="omrelp")
                input(type="imfile" file="\(directory.path)/in.log" tag="app:")
                action(type="omrelp" target="127.0.0.1" port="\(port)" template="RSYSLOG_SyslogProtocol23Format")
                """
            let file = directory.path + "/rsyslog.conf"
            try configuration.write(toFile: file, atomically: true, encoding: .utf8)
            try await running("/usr/sbin/rsyslogd", ["-n", "-f", file, "-i", directory.path + "/pid"]) {
                await sink.waitFor(lines.count)
            }
        }
        let found = sink.rows.filter { $0.line.hasPrefix("line ") || $0.line.hasPrefix(" line ") }
        #expect(found.map { $0.line.trimmingCharacters(in: .whitespaces) } == lines)
        #expect(Set(found.compactMap { $0.metadata["__id__"] }).count == lines.count)
    }

    @Test(
        "Debian's prometheus writes its samples",
        .enabled(if: isInstalled("/usr/bin/prometheus"), "needs prometheus"))
    func prometheus() async throws {
        let directory = try TemporaryDirectory("prometheus")
        let sink = RecordingSink()
        try await withServer(sink) { port, _ in
            let configuration = """
                global: {scrape_interval: 1s, scrape_timeout: 1s}
                scrape_configs: [{job_name: own, static_configs: [{targets: ["127.0.0.1:\(port)"]}]}]
                remote_write: [{url: "http://127.0.0.1:\(port)/api/v1/write"}]
                """
            let file = directory.path + "/prometheus.yml"
            try configuration.write(toFile: file, atomically: true, encoding: .utf8)
            let arguments = [
                "--config.file=\(file)", "--storage.tsdb.path=\(directory.path)/data", "--web.listen-address=127.0.0.1:0",
            ]
            // On a busy machine the first scrapes may take longer than they are given, and say 0.
            try await running("/usr/bin/prometheus", arguments) {
                await sink.waitForSample { $0["__name__"] == "up" && $0["job"] == "own" && $1.value == 1 }
            }
        }
        #expect(sink.samples.contains { $0.labels["__name__"] == "up" && $0.labels["job"] == "own" && $0.sample.value == 1 })
    }
}
