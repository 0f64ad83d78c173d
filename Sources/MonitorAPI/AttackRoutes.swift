import AgentContract
import Foundation
import Hummingbird

/// What the WAF found, under `/api/magewatch/v1/waf/`.
struct AttackRoutes: Sendable {
    let attacks: any AttackSource
    let pool: QueryPool

    /// Offenders told where no limit is given.
    static let usualLimit = 100

    func register(_ router: Router<BasicRequestContext>) {
        let base = "/api/magewatch/v1/waf"
        router.get(RouterPath(base + "/summary")) { request, _ in await encoded(request) { _ in attacks.summary() } }
        router.get(RouterPath(base + "/campaigns")) { request, _ in await encoded(request) { _ in attacks.campaigns() } }
        router.get(RouterPath(base + "/unparsed")) { request, _ in await encoded(request) { _ in attacks.unparsedLines() } }
        router.get(RouterPath(base + "/offenders")) { request, _ in
            await encoded(request) { parameters in attacks.offenders(limit: try parameters.limit() ?? AttackRoutes.usualLimit) }
        }
        router.get(RouterPath(base + "/offender")) { request, _ in
            await encoded(request) { parameters in
                guard let address = parameters["address"] else {
                    throw APIError(.badData, "the parameter address is missing: an address, or an IPv6 network of 64 bits")
                }
                guard let offender = attacks.offender(address) else {
                    throw APIError(.notFound, "nothing is held against \(address)")
                }
                return offender
            }
        }
    }

    /// On a thread of the pool: the ledger is sorted, which may take a while.
    private func encoded<Value: Encodable & Sendable>(
        _ request: Request, _ work: @escaping @Sendable (RequestParameters) throws -> Value
    ) async -> Response {
        await answer(request) { parameters in
            let value = try await pool.run { try work(parameters) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return APIResponse.json(Array(try encoder.encode(value)))
        }
    }
}
