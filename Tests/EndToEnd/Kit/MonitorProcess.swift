import Foundation
import Glibc
import TestKit
import Testing

/// A real monitor, started from a configuration of the test's own in a directory of its own.
final class MonitorProcess {
    let directory: TemporaryDirectory
    let dataDirectory: String
    private(set) var address = MonitorAddress(ingestPort: 0, apiPort: 0)
    private var process: ChildProcess?

    /// Writes the configuration and starts the monitor.
    /// - Parameters:
    ///   - keepsPorts: it can be started again on the same ports.
    ///   - allowsOrders: it takes orders to its stores.
    ///   - apiSettings: further members of `api`.
    ///   - settings: further lines of the configuration; by default the machine itself is not watched.
    init(
        keepsPorts: Bool = false, data: String? = nil, allowsOrders: Bool = false, apiSettings: String = "",
        _ settings: String = "agent: { enabled: false }\n"
    ) async throws {
        directory = try TemporaryDirectory("monitor")
        dataDirectory = data ?? directory.path + "/data"
        let ports = keepsPorts ? (try FreePort.take(), try FreePort.take()) : (0, 0)
        try MonitorProcess.configuration(
            data: dataDirectory, ingestPort: ports.0, apiPort: ports.1, allowsOrders: allowsOrders, apiSettings: apiSettings,
            settings
        )
        .write(toFile: configurationPath, atomically: true, encoding: .utf8)
        try await start()
    }

    var configurationPath: String { directory.path + "/magewatch.yaml" }

    static func configuration(
        data: String, ingestPort: Int = 0, apiPort: Int = 0, allowsOrders: Bool = false, apiSettings: String = "",
        _ settings: String
    ) -> String {
        """
        data: \(data)
        ingest: { listen: "127.0.0.1:\(ingestPort)" }
        api: { listen: "127.0.0.1:\(apiPort)", admin: \(allowsOrders)\(apiSettings.isEmpty ? "" : ", \(apiSettings)") }
        evaluation: { interval: 1s }

        """ + settings
    }

    /// Starts it (again) and waits until it says where it listens.
    func start() async throws {
        // With the limit of open files that a service ordinarily starts with.
        let command = "ulimit -Sn 1024; exec '\(try #require(MagewatchBinary.path))' serve --config '\(configurationPath)'"
        let started = try ChildProcess("/bin/sh", ["-c", command])
        process = started
        address = try await eventually("the monitor's greeting; it said \(started.errors)", within: .seconds(60)) {
            MonitorAddress(greeting: started.output)
        }
    }

    var output: String { process?.output ?? "" }
    var errors: String { process?.errors ?? "" }

    func signal(_ number: Int32) { process?.signal(number) }

    /// Kills it with -9.
    func crash() async throws { try await process?.crash() }

    /// Asks it to stop, and waits for that.
    @discardableResult
    func stop(within limit: Duration = .seconds(30)) async throws -> ChildProcess.Finished {
        let process = try #require(self.process)
        process.signal(SIGTERM)
        return try await process.end(within: limit)
    }

    /// Runs the command against this monitor.
    func command(_ arguments: String...) async throws -> ChildProcess.Finished {
        try await MagewatchBinary.run(arguments + ["--api", address.api])
    }
}
