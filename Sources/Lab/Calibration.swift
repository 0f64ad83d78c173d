import Topology

/// Finds out what a page costs on this machine, so that loads can be said in shares of capacity and mean the same everywhere.
enum Calibration {
    static let requestsPerSecond = 12.0
    static let seconds = 4

    /// Processor seconds that a container spends on one page.
    static func costPerRequest(_ stack: LabStack) async throws -> Double {
        func used() -> Double {
            InitialContainers.active.filter { $0.role == .web }.reduce(0) {
                $0 + (stack.groups.processorSeconds(machine: $1.server.rawValue, container: $1.name) ?? 0)
            }
        }
        let load = LoadGenerator(
            client: try stack.host(.client1), run: stack.run,
            target: "http://\(AddressPlan.Machine.lb1.address):\(AddressPlan.webPort)/")
        let before = used()
        let summary = try await load.offer(LoadPhase("calibration", rate: requestsPerSecond, seconds: seconds))
        let spent = used() - before
        guard summary.requests > 0, summary.failed == 0, spent > 0 else {
            throw LabError(
                .service,
                "the stack does not serve: \(summary.requests) requests, \(summary.failed) failed, \(spent) s of processor time used"
            )
        }
        return spent / Double(summary.requests)
    }
}
