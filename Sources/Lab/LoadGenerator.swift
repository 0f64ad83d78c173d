import Drivers

/// Runs wrk on a client machine.
package struct LoadGenerator: Sendable {
    package let client: Host
    package let run: RunDirectory
    package let target: String

    package init(client: Host, run: RunDirectory, target: String) {
        self.client = client
        self.run = run
        self.target = target
    }

    /// Offers a load to its end and returns what became of it.
    package func offer(_ phase: LoadPhase) async throws -> LoadSummary {
        try LoadSummary(
            parsing: try await play(phase.script, label: phase.label, seconds: phase.seconds, connections: phase.connections))
    }

    /// Runs any script of wrk's; returns what it printed.
    package func play(_ script: String, label: String, seconds: Int, connections: Int) async throws -> String {
        let file = try run.write(script, to: "load/\(client.name)-\(label).lua")
        let result = try await client.run(
            [
                "wrk", "--threads", "1", "--connections", String(connections), "--duration", "\(seconds)s", "--timeout", "20s",
                "--script", file, target,
            ],
            timeout: .seconds(seconds + 30))
        guard result.succeeded else { throw LabError(.service, "wrk failed on \(client.name): \(result.complaint)") }
        return result.output
    }
}
