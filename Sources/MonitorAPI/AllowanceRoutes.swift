import AgentContract
import Hummingbird
import Topology

/// Who is not banned for a time, under `/api/magewatch/v1/waf/allowed`.
struct AllowanceRoutes: Sendable {
    /// What an allowance did.
    struct Answer: Encodable {
        var allowed: [BanAllowance]
        /// Bans that are lifted by it.
        var lifted: [String]
    }

    let scaler: any ScalerControl

    func register(_ router: Router<BasicRequestContext>) {
        let path = "/api/magewatch/v1/waf/allowed"
        router.get(RouterPath(path)) { request, _ in await encoded(request) { _ in try await scaler.allowances() } }
        router.post(RouterPath(path)) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                guard let seconds = try parameters.seconds("for") else {
                    throw APIError(.badData, "parameter \"for\" is missing: say how long, for instance 30d")
                }
                let lifted = try await scaler.allow(
                    try network(parameters), forSeconds: seconds, why: try parameters.required("why"), by: parameters.orderedBy)
                return Answer(allowed: try await scaler.allowances(), lifted: lifted)
            }
        }
        router.post(RouterPath(path + "/remove")) { request, _ in
            await encoded(request) { parameters in
                try refuseBrowsers(request)
                try await scaler.disallow(try network(parameters), by: parameters.orderedBy)
                return Answer(allowed: try await scaler.allowances(), lifted: [])
            }
        }
    }

    private func network(_ parameters: RequestParameters) throws -> NetworkRange {
        let text = try parameters.required("address")
        guard let network = NetworkRange(text) else {
            throw APIError(.badData, "parameter \"address\": \"\(text.prefix(60))\" is neither an IP address nor a network")
        }
        return network
    }
}
