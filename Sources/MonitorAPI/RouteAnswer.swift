import Hummingbird
import LogQL
import PromQL
import Telemetry

/// Runs a route's work and turns whatever it throws into the API's form of an error.
func answer(_ request: Request, _ work: (RequestParameters) async throws -> Response) async -> Response {
    do {
        return try await work(try await RequestParameters(request))
    } catch {
        return APIResponse.failure(apiError(error))
    }
}

/// An error of any room in the API's terms.
func apiError(_ error: any Error) -> APIError {
    switch error {
    case let error as APIError: error
    case let error as PromQLError:
        APIError(error.code == .parse ? .badData : error.code == .timeout ? .timeout : .execution, "\(error)")
    case let error as LogQLError:
        APIError(error.code == .parse ? .badData : error.code == .timeout ? .timeout : .execution, "\(error)")
    case let error as SinkError: APIError(error.code == .invalid ? .badData : .unavailable, error.message)
    default: APIError(.execution, "\(error)")
    }
}
