import HTTPTypes
import LogQL
import PromQL

/// A request that can't be answered, in the terms of the Prometheus API.
package struct APIError: Error, Sendable {
    /// Prometheus' `errorType`, each with its HTTP status.
    package enum Kind: String, Sendable {
        case badData = "bad_data"
        case execution
        case timeout
        /// The store failed: Prometheus' `internal`, status 500.
        case storage = "internal"
        case notFound = "not_found"
        case unavailable
        case tooLarge = "too_large"
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    var status: HTTPResponse.Status {
        switch kind {
        case .badData: .badRequest
        case .execution: .unprocessableContent
        case .timeout, .unavailable: .serviceUnavailable
        case .storage: .internalServerError
        case .notFound: .notFound
        case .tooLarge: .contentTooLarge
        }
    }
}
