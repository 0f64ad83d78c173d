package import Telemetry

/// How the server was started and how it is: what `/api/v1/status/*` answers.
package struct ServerStatus: Sendable {
    package var version: String
    /// 0 where it is not known.
    package var startedAt: Milliseconds
    package var workingDirectory: String
    package var hostName: String
    /// The configuration in force, without secrets.
    package var configurationYAML: String
    /// Settings by name, as `/api/v1/status/flags` lists them.
    package var flags: [String: String]
    /// When the configuration was last read, and whether that went well.
    package var configuredAt: Milliseconds
    package var isConfigurationSound: Bool
    package var retentionSeconds: Double
    /// Series in memory, chunks of them, and segments of the write-ahead log that were replayed.
    package var series: Int
    package var chunks: Int
    package var logSegments: Int
    /// Damaged parts of the store that were set aside.
    package var corruptions: Int

    package init(
        version: String = "0.1.0", startedAt: Milliseconds = 0, workingDirectory: String = "", hostName: String = "",
        configurationYAML: String = "", flags: [String: String] = [:], configuredAt: Milliseconds = 0,
        isConfigurationSound: Bool = true, retentionSeconds: Double = 0, series: Int = 0, chunks: Int = 0,
        logSegments: Int = 0, corruptions: Int = 0
    ) {
        self.version = version
        self.startedAt = startedAt
        self.workingDirectory = workingDirectory
        self.hostName = hostName
        self.configurationYAML = configurationYAML
        self.flags = flags
        self.configuredAt = configuredAt
        self.isConfigurationSound = isConfigurationSound
        self.retentionSeconds = retentionSeconds
        self.series = series
        self.chunks = chunks
        self.logSegments = logSegments
        self.corruptions = corruptions
    }
}
