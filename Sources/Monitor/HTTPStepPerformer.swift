package import AgentContract
package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Sends steps to agents over HTTP.
package struct HTTPStepPerformer: StepPerformer {
    /// Largest answer read, in bytes.
    package static let maximumAnswerBytes = 1 << 20
    /// Seconds that an answer may take beyond what the step itself is allowed to.
    package static let marginSeconds = 5.0

    private let client: HTTPClient
    private let token: String
    private let line: AgentLine
    private let agentURL: @Sendable (String) async -> String?

    /// - Parameters:
    ///   - token: the bearer token that the agents know.
    ///   - line: how agents that joined are spoken to.
    ///   - agentURL: where a server's agent answers, for instance `http://10.0.0.5:7102`.
    package init(
        client: HTTPClient, token: String, line: AgentLine = .clear, agentURL: @escaping @Sendable (String) async -> String?
    ) {
        self.line = line
        self.client = client
        self.token = token
        self.agentURL = agentURL
    }

    package func perform(_ request: StepRequest, on server: String) async throws -> StepAnswer {
        guard let base = await agentURL(server) else {
            throw AgentUnreachable("server \"\(server)\" is not in the inventory; add it under servers in the configuration")
        }
        var post = HTTPClientRequest(url: base + "/v1/steps")
        post.method = .POST
        if !token.isEmpty { post.headers.add(name: "authorization", value: "Bearer \(token)") }
        post.headers.add(name: "content-type", value: "application/json")
        post.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(request)))
        try line.prepare(&post, to: server)
        let response = try await client.execute(
            post, timeout: .nanoseconds(Int64(HTTPStepPerformer.timeoutSeconds(of: request.step) * 1e9)))
        let body = try await response.body.collect(upTo: HTTPStepPerformer.maximumAnswerBytes)
        guard response.status == .ok else {
            throw AgentUnreachable(
                "agent of \(server) at \(base) answered \(response.status.code) to \(request.step.name): \(String(buffer: body).prefix(200))"
            )
        }
        return try JSONDecoder().decode(StepAnswer.self, from: Data(buffer: body))
    }

    /// How long a step's answer is waited for. A request to a dead server must end soon: others wait for its plan.
    static func timeoutSeconds(of step: Step) -> Double {
        switch step {
        case .stopContainer(_, let graceSeconds): graceSeconds + marginSeconds
        case .drainBackend(_, let deadlineSeconds): deadlineSeconds + marginSeconds
        case .waitUntilHealthy(let probe): probe.timeoutSeconds + marginSeconds
        case .startContainer, .mountSharedFiles, .unmountSharedFiles: 30
        case .addBackend, .removeBackend, .claimAddress, .releaseAddress, .ban, .unban, .fence, .unfence, .claimServiceAddress,
            .releaseServiceAddress:
            10
        case .awaitReplica(_, _, let timeoutSeconds): timeoutSeconds + marginSeconds
        // What was received is applied first, which may take a while.
        case .promoteDatabase: DatabaseTimes.promotionSeconds + marginSeconds
        case .demoteDatabase(_, let answersWithinSeconds): answersWithinSeconds + 20
        case .severReplica, .resumeReplica, .followPrimary, .requireReplica, .waiveReplica: 20
        }
    }
}

/// An agent that gave no usable answer.
package struct AgentUnreachable: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
