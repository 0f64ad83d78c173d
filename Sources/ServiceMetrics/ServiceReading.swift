/// One figure of a service.
package struct ServiceFigure: Sendable, Equatable {
    package var name: String
    package var value: Double
    package var labels: [String: String]
}

/// What a service told of itself at one moment.
package struct ServiceReading: Sendable, Equatable {
    /// Most figures that are taken of one service; further ones are counted in ``refused``.
    package static let maximumFigures = 5000

    package private(set) var figures: [ServiceFigure] = []
    package private(set) var refused = 0

    /// Why it is not all there is to tell.
    package private(set) var failure: ServiceError?

    package init() {}

    /// What was added stays, and the service counts as failed.
    package mutating func fail(_ error: ServiceError) { failure = error }

    /// Adds a figure; nil and what is no number is left out.
    package mutating func add(_ name: String, _ value: Double?, _ labels: [String: String] = [:]) {
        guard let value, value.isFinite else { return }
        guard figures.count < ServiceReading.maximumFigures else { return refused += 1 }
        figures.append(ServiceFigure(name: name, value: value, labels: labels))
    }

    /// Adds what is in use of something that can run out, and all there is of it.
    package mutating func use(_ resource: String, _ used: Double?, of limit: Double?, _ labels: [String: String] = [:]) {
        let labels = labels.merging(["resource": resource]) { $1 }
        add("magewatch_service_used", used, labels)
        if let limit, limit > 0 { add("magewatch_service_limit", limit, labels) }
    }

    /// The value of a figure that was added, for collectors and tests.
    package subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        figures.first { $0.name == name && $0.labels == labels }?.value
    }
}
