import Planning
import Telemetry
import Topology

extension Scaler {
    /// What tells that a server lives which an alert calls lost; nil where nothing does.
    ///
    /// Its agent is one witness, and may hang, or be cut off from this monitor alone. Whoever accepts connections at the address of one of its
    /// containers is another: what runs there would run twice. A database's server is lost by its replicas' word, and asked for its agent alone.
    func signOfLife(of server: String, _ alert: Alert, _ input: PlanningInput) async -> String? {
        async let agentAnswers = answers(server)
        let isByReplicas = alert.labels["container"] != nil
        let containers =
            isByReplicas ? [] : input.stack.containers(on: server).filter { $0.kind == .active && $0.state == .running }
        let serving = await firstServing(of: containers)
        if await agentAnswers {
            metrics.add("magewatch_failovers_withheld_total", ["witness": "agent"])
            return "\(server) answers."
        }
        guard let serving else { return nil }
        metrics.add("magewatch_failovers_withheld_total", ["witness": "container"])
        return "\(serving) on \(server) serves, so the server lives and its agent alone does not answer; restart the agent."
    }

    private func firstServing(of containers: [Container]) async -> String? {
        let serves = serves
        return await withTaskGroup(of: String?.self) { tasks in
            for container in containers {
                tasks.addTask { await serves(container) ? container.name : nil }
            }
            for await name in tasks {
                guard let name else { continue }
                tasks.cancelAll()
                return name
            }
            return nil
        }
    }
}
