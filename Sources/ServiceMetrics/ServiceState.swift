import Telemetry
import Topology

/// What is known of one service: the newest reading, and how asking went so far.
struct ServiceState {
    var service: FoundService
    var reading = ServiceReading()
    var isUp = true
    var seconds = 0.0
    var failures: [String: Int] = [:]
    /// Told once, when it changes.
    var message = ""
    /// When its processes were seen last.
    var seenAt: ContinuousClock.Instant
    /// It was asked and has not answered yet.
    var isAsked = false
    var hasReading = false

    /// Reasons for which a service that answers has nothing to tell.
    private static let withoutFigures: Set<ServiceError.Reason> = [.denied, .notConfigured]

    /// Takes an answer or a failure; a failure leaves nothing of what was told before.
    mutating func took(_ result: Result<ServiceReading, ServiceError>, seconds: Double) {
        self.seconds = seconds
        hasReading = true
        let failure: ServiceError?
        switch result {
        case .success(let reading): (self.reading, failure) = (reading, reading.failure)
        case .failure(let error): (reading, failure) = (ServiceReading(), error)
        }
        message = failure.map(\.description) ?? ""
        isUp = failure.map { ServiceState.withoutFigures.contains($0.reason) } ?? true
        if let failure { failures[failure.reason.rawValue, default: 0] += 1 }
    }

    /// Its processes are gone.
    mutating func wentAway() {
        guard isUp || !reading.figures.isEmpty else { return }
        reading = ServiceReading()
        hasReading = true
        isUp = false
        message = "its processes are gone"
        failures["gone", default: 0] += 1
    }

    /// Adds all series of the service.
    func append(to batch: inout SampleBatch, server: String, at time: Milliseconds) {
        // Found, and not asked yet: nothing is known.
        guard hasReading else { return }
        let role = service.scope.role ?? (service.scope.container == nil ? service.kind.roleOnServer : nil)
        let labels = [
            "server": server, "service": service.kind.rawValue, "endpoint": service.endpoint,
            "container": service.scope.container ?? "", "role": role?.rawValue ?? "",
        ]
        func add(_ name: String, _ value: Double, _ more: [String: String] = [:]) {
            batch.beginSeries()
            batch.appendLabel(name: Labels.metricNameLabel.utf8, value: name.utf8)
            for (name, value) in labels.merging(more, uniquingKeysWith: { first, _ in first }) {
                batch.appendLabel(name: name.utf8, value: value.utf8)
            }
            batch.endSeries()
            batch.append(value, at: time)
        }
        add("magewatch_service_up", isUp ? 1 : 0)
        add("magewatch_service_collect_seconds", seconds)
        for (reason, count) in failures { add("magewatch_service_collect_failures_total", Double(count), ["reason": reason]) }
        for figure in reading.figures { add(figure.name, figure.value, figure.labels) }
        for address in Set(service.listeners.filter(\.isPublic).compactMap(\.port)) {
            add("magewatch_service_listens", isUp ? 1 : 0, ["port": "\(address)"])
        }
    }
}
