import AsyncHTTPClient
import Drivers
import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
package import Telemetry

/// Follows log files and pushes their lines to the monitor, each at least once.
///
/// A position is stored only when the lines before it have been acknowledged. There is no queue: while the monitor does not
/// answer, nothing further is read, and the files themselves are the buffer.
package struct LogShipper: Service {
    /// Most files followed.
    static let maximumFiles = 1000
    /// Most bytes of lines in one push, give or take a chunk.
    static let maximumPushBytes = 1 << 20
    static let pollInterval = Duration.milliseconds(250)
    static let firstPause = Duration.milliseconds(250)
    static let longestPause = Duration.seconds(30)
    /// How long the monitor may take to acknowledge.
    static let timeout = TimeAmount.seconds(15)

    let server: String
    let paths: [String]
    let apps: [String: String]
    let url: String
    let token: String?
    let positionsPath: String
    let metrics: SelfMetrics
    let logger: Logger

    /// - Parameters:
    ///   - apps: the `app` label by path; made from the file's name where there is none.
    ///   - destination: the ingest port, `http://HOST:PORT`.
    package init(
        server: String, paths: [String], apps: [String: String], destination: String, token: String?,
        positionsPath: String, metrics: SelfMetrics, logger: Logger
    ) throws {
        guard destination.hasPrefix("http://") || destination.hasPrefix("https://") else {
            throw AgentError(.options, "--ship-to '\(destination)' has to be http://HOST:PORT of the monitor's ingest port")
        }
        guard paths.count <= LogShipper.maximumFiles else {
            throw AgentError(.options, "\(paths.count) log files are more than \(LogShipper.maximumFiles)")
        }
        self.server = server
        self.paths = paths
        self.apps = apps
        url = (destination.hasSuffix("/") ? String(destination.dropLast()) : destination) + "/loki/api/v1/push"
        self.token = token
        self.positionsPath = positionsPath
        self.metrics = metrics
        self.logger = logger
    }

    /// Follows the files until the service group stops.
    package func run() async throws {
        let stored = try DurableFile.read([String: LogPosition].self, fromJSON: positionsPath) ?? [:]
        await cancelWhenGracefulShutdown {
            let tailers = paths.map { LogTailer(path: $0, position: stored[$0]) }
            var complained: Set<String> = []
            while !Task.isCancelled {
                let shipped = await ship(tailers, complained: &complained)
                if !shipped { try? await Task.sleep(for: LogShipper.pollInterval) }
            }
        }
    }

    /// One round over all files; false where there was nothing to ship.
    private func ship(_ tailers: [LogTailer], complained: inout Set<String>) async -> Bool {
        var push = LokiPush()
        var chunks: [(LogTailer, LogTailer.Chunk)] = []
        let now = Int64(Date().timeIntervalSince1970 * 1e9)
        for tailer in tailers where push.body.count < LogShipper.maximumPushBytes {
            do {
                if let chunk = try tailer.next() {
                    push.add(stream: stream(of: tailer.path), bytes: chunk.bytes, lines: chunk.lines, from: now)
                    chunks.append((tailer, chunk))
                }
            } catch {
                metrics.add("magewatch_agent_log_read_errors_total", ["filename": tailer.path])
                // Said once a file, counted each time.
                if complained.insert(tailer.path).inserted { logger.error("\(error)") }
            }
            for event in tailer.takeEvents() {
                metrics.add("magewatch_agent_log_events_total", ["filename": tailer.path, "event": event.rawValue])
            }
        }
        guard !chunks.isEmpty else { return false }
        if push.lineCount > 0 {
            let count = push.lineCount
            guard await deliver(push.finished(), lines: count) else { return true }
        }
        for (tailer, chunk) in chunks { tailer.acknowledge(chunk) }
        store(tailers)
        return true
    }

    /// Pushes until the monitor acknowledges or refuses for good; false where the agent is asked to stop before that.
    private func deliver(_ body: [UInt8], lines: Int) async -> Bool {
        var pause = LogShipper.firstPause
        var failures = 0
        while !Task.isCancelled {
            let problem: String
            do {
                var request = HTTPClientRequest(url: url)
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/json")
                if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
                request.body = .bytes(body)
                let response = try await HTTPClient.shared.execute(request, timeout: LogShipper.timeout)
                let answer = try await response.body.collect(upTo: 64 << 10)
                switch response.status.code {
                case 200..<300:
                    metrics.add("magewatch_agent_log_lines_shipped_total", by: Double(lines))
                    return true
                case 400, 413, 422:
                    // Would be refused again for ever, and hold up all that comes after.
                    metrics.add("magewatch_agent_log_lines_refused_total", by: Double(lines))
                    logger.error("\(url) refused \(lines) log lines: \(response.status) \(String(buffer: answer).prefix(200))")
                    return true
                default: problem = "\(response.status)"
                }
            } catch { problem = "\(error)" }
            failures += 1
            metrics.add("magewatch_agent_log_push_failures_total")
            if failures == 1 { logger.warning("logs wait: \(url) does not take them (\(problem)); trying on") }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, LogShipper.longestPause)
        }
        return false
    }

    private func store(_ tailers: [LogTailer]) {
        var positions: [String: LogPosition] = [:]
        for tailer in tailers { positions[tailer.path] = tailer.position }
        do { try DurableFile.write(positions, asJSONTo: positionsPath) } catch {
            metrics.add("magewatch_agent_storage_errors_total")
            logger.error("\(error)")
        }
    }

    private func stream(of path: String) -> [(String, String)] {
        [("app", apps[path] ?? LogShipper.app(of: path)), ("filename", path), ("host", server)]
    }

    /// What to call the program whose log it is: `/var/log/nginx/access.log` is `nginx`, `/var/log/syslog` is `syslog`.
    static func app(of path: String) -> String {
        let parts = path.split(separator: "/")
        let file = parts.last.map { $0.split(separator: ".").first.map(String.init) ?? String($0) } ?? "unknown"
        if parts.count == 4, parts[0] == "var", parts[1] == "log" { return String(parts[2]) }
        return file
    }
}
