import Foundation

/// A program that is measured: how it is started, where it takes samples in, and where it answers.
package struct System: Sendable {
    package var name: String
    /// The program and its arguments, for a directory and a first port of two.
    package var command: @Sendable (_ directory: String, _ port: Int) -> [String]
    /// Added to the first port for queries.
    package var queryOffset: Int
    /// Path that takes remote-write.
    package var writePath = "/api/v1/write"
    /// Parameters that keep a query from being answered from a cache.
    package var queryExtra = ""
    /// Asks the program to write everything to its blocks, where it can be asked.
    package var flushPaths: [String] = []
    /// The folder, within its directory, that holds its data.
    package var dataFolder: String
    /// Folders in that which hold a write-ahead log, what is not in blocks yet, or what can be made again.
    package var logFolders: [String] = []

    /// The monitor, from a build.
    package static func magewatch(binary: String) -> System {
        System(
            name: "magewatch",
            command: { directory, port in
                let text = """
                    data: \(directory)/data
                    ingest: { listen: "127.0.0.1:\(port)" }
                    api: { listen: "127.0.0.1:\(port + 1)", admin: true }
                    agent: { enabled: false }
                    retention: { logs: 7300d }
                    metrics: { maximum-series: 4000000, maximum-series-per-source: 4000000 }
                    """
                try? text.write(toFile: directory + "/magewatch.yaml", atomically: true, encoding: .utf8)
                return [binary, "serve", "--config", directory + "/magewatch.yaml"]
            }, queryOffset: 1, queryExtra: "&nocache=1", dataFolder: "data/metrics", logFolders: ["wal"])
    }

    /// Debian's victoria-metrics, on defaults.
    package static let victoriaMetrics = System(
        name: "victoria-metrics",
        command: { directory, port in
            [
                "/usr/bin/victoria-metrics", "-storageDataPath=\(directory)/data", "-httpListenAddr=127.0.0.1:\(port)",
                "-retentionPeriod=1y",
            ]
        }, queryOffset: 0, queryExtra: "&nocache=1",
        flushPaths: ["/internal/force_flush", "/internal/force_merge"], dataFolder: "data", logFolders: ["cache"])

    /// Debian's prometheus, on defaults.
    package static let prometheus = System(
        name: "prometheus",
        command: { directory, port in
            try? "global: {}\n".write(toFile: directory + "/prometheus.yml", atomically: true, encoding: .utf8)
            return [
                "/usr/bin/prometheus", "--config.file=\(directory)/prometheus.yml", "--storage.tsdb.path=\(directory)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--web.enable-remote-write-receiver", "--log.level=error",
            ]
        }, queryOffset: 0, dataFolder: "data", logFolders: ["wal", "chunks_head"])
}
