import Hummingbird
import LogQL
import PromQL
import RegularExpressions
import Telemetry

/// Runs a route's work and turns whatever it throws into the API's form of an error.
func answer(
    _ request: Request, failure: (APIError) -> Response = APIResponse.failure,
    _ work: (RequestParameters) async throws -> Response
) async -> Response {
    do {
        return try await work(try await RequestParameters(request))
    } catch {
        return failure(apiError(error))
    }
}

/// A variable part of the path, decoded; a plus stays a plus there.
func pathParameter(_ name: String, _ context: BasicRequestContext) -> String {
    RequestParameters.decode((context.parameters.get(name) ?? "").replacing("+", with: "%2B")[...])
}

/// An error of any room in the API's terms.
func apiError(_ error: any Error) -> APIError {
    switch error {
    case let error as APIError: error
    case let error as PromQLError: APIError(kind(error.code), "\(error)")
    case let error as LogQLError: APIError(kind(error.code), "\(error)")
    case let error as RegexSyntaxError: APIError(.badData, "\(error)")
    case let error as SinkError: APIError(error.code == .invalid ? .badData : .unavailable, error.message)
    default: APIError(.execution, "\(error)")
    }
}

private func kind(_ code: PromQLError.Code) -> APIError.Kind {
    switch code {
    case .parse, .unsupported: .badData
    case .execution, .limit: .execution
    case .timeout: .timeout
    case .storage: .storage
    }
}

private func kind(_ code: LogQLError.Code) -> APIError.Kind {
    switch code {
    case .parse, .unsupported: .badData
    case .execution, .limit: .execution
    case .timeout: .timeout
    case .storage: .storage
    }
}

/// Orders are not taken from web pages: a browser names the page's origin on every request that a page makes it send, and no tool does.
/// Without this any page that an operator opens could command the stack through a port on loopback.
///
/// Throws untyped: with a typed error in an asynchronous closure that is inlined, the optimiser of Swift 6.3.1 crashes.
func refuseBrowsers(_ request: Request) throws {
    if request.headers[.origin] != nil {
        throw APIError(.badData, "orders are not taken from web pages; use magewatch, amtool or another program")
    }
}
