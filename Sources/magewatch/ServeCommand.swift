import ArgumentParser
import Foundation
import Logging
import Monitor
import StackConfiguration
import Synchronization
import UnixSignals

/// `magewatch serve`: the monitor.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the monitor: ingest port, API and built-in agent.",
        discussion: """
            Without a configuration it watches the machine it runs on. It stops cleanly on SIGTERM and SIGINT; after a kill, what was
            acknowledged is there again. SIGHUP reads the rule files again.

            EXAMPLES
              magewatch serve
              magewatch serve --data /var/lib/magewatch
              magewatch serve --config /etc/magewatch.yaml
            """)

    @Option(help: "Configuration file; see \"magewatch check-config\".")
    var config: String?

    @Option(help: "Directory of the stores, instead of the configuration's.")
    var data: String?

    @Option(help: "Log level: debug, info, notice, warning or error.")
    var logLevel = "notice"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else { throw ValidationError("--log-level \"\(logLevel)\" is not a level") }
    }

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
            return handler
        }
        var configuration = MagewatchConfiguration()
        if let config {
            do {
                configuration = try ConfigurationFile.read(config)
            } catch {
                throw CommandFailure(error.description)
            }
        }
        if let data { configuration.dataDirectory = data }
        OpenFileLimit.raise()
        ResidentMemory.begin()
        let greeting = Greeting(configuration)
        let monitor = try Monitor(configuration, logger: Logger(label: "magewatch")) { greeting.heard($0) }
        try await monitor.run(signals: ServiceSignals(stop: [.sigterm, .sigint]))
    }
}

/// Tells where the monitor listens and what to try, once both ports are open.
private final class Greeting: Sendable {
    private struct State {
        var ingest: String?
        var api: String?
    }

    private let configuration: MagewatchConfiguration
    private let state = Mutex(State())

    init(_ configuration: MagewatchConfiguration) {
        self.configuration = configuration
    }

    func heard(_ listening: Monitor.Listening) {
        let ready = state.withLock { state -> State? in
            switch listening {
            case .ingest(let address): state.ingest = state.ingest ?? address
            case .api(let address): state.api = address
            case .authority: break
            }
            return state.ingest != nil && state.api != nil ? state : nil
        }
        guard let ready, let ingest = ready.ingest, let api = ready.api else { return }
        let text = """
            Magewatch watches stack "\(configuration.stack)", data in \(configuration.dataDirectory)
              ingest port  \(ingest)   syslog, RELP, Prometheus remote-write, OTLP metrics, Loki push, JSON lines, TCP and UDP
              API          http://\(api)   Prometheus, Loki, Alertmanager, /api/magewatch/v1
            Try
              magewatch dash --api http://\(api)
              magewatch query --api http://\(api) 'magewatch:host_utilisation:ratio'
              magewatch logs --api http://\(api) '{host=~".+"}'

            """
        FileHandle.standardOutput.write(Data(text.utf8))
        ResidentMemory.hasStarted()
    }
}
