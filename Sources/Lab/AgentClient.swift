import AgentContract
import Foundation

/// Has steps done by an agent, as the monitor does, before there is a monitor.
struct AgentClient: Sendable {
    let vantage: Vantage
    let token: String

    /// Does one step.
    /// - Throws: ``LabError`` with the agent's own words where it did not succeed.
    func perform(_ step: Step, id: String, on machine: some NetworkMachine) async throws {
        let encoder = JSONEncoder()
        let order = StepRequest(id: id, fencingToken: 0, step: step)
        var request = PlainHTTP.Request(
            "POST", address: machine.address, port: AddressPlan.agentPort, path: "/v1/steps")
        request.headers = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
        request.body = String(decoding: try encoder.encode(order), as: UTF8.self)
        request.timeout = .seconds(40)
        let response = try await vantage.http(request)
        guard response.status == 200, let answer = try? JSONDecoder().decode(StepAnswer.self, from: Data(response.body)) else {
            throw LabError(
                .service,
                "the agent of \(machine.rawValue) answered \(step.name) with \(response.status): \(response.text.prefix(300))")
        }
        guard answer.succeeded else {
            throw LabError(.service, "the agent of \(machine.rawValue) could not \(step.name): \(answer.message)")
        }
    }

    /// Returns once the agent answers.
    func waitUntilUp(_ machine: some NetworkMachine, within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            var request = PlainHTTP.Request(address: machine.address, port: AddressPlan.agentPort, path: "/health")
            request.timeout = .seconds(1)
            if let response = try? await vantage.http(request), response.status == 200 { return }
            guard ContinuousClock.now < deadline else {
                throw LabError(.service, "the agent of \(machine.rawValue) does not answer")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
