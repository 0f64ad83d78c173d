import PromQL
import Telemetry

/// What a request may say about how its query is evaluated and answered: `timeout`, `lookback_delta`, `limit`, `stats`,
/// `nocache`.
struct QuerySettings: Sendable {
    /// The engine, with the request's own options.
    let engine: PromQLEngine
    private let limit: Int?
    private let stats: String?

    init(_ parameters: RequestParameters, _ engine: PromQLEngine) throws(APIError) {
        var options = engine.options
        if let seconds = try parameters.seconds("timeout") {
            // A request may ask for less time than there is, never for more.
            let wanted = Duration.milliseconds(Int64(seconds * 1000))
            options.deadline = options.deadline.map { min($0, wanted) } ?? wanted
        }
        if let seconds = try parameters.seconds("lookback_delta") { options.lookback = Milliseconds(seconds * 1000) }
        options.workers = QueryHelpers.shared
        // As with VictoriaMetrics: `nocache=1` has everything computed anew.
        let reuse = ["1", "true"].contains(parameters["nocache"] ?? "") ? nil : engine.reuse
        self.engine = PromQLEngine(source: engine.source, options: options, reuse: reuse)
        limit = try parameters.limit().flatMap { $0 == 0 ? nil : $0 }
        stats = parameters["stats"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// When a query was asked for, begun and done, to be told where the request wants statistics.
    struct Timing: Sendable {
        var asked: ContinuousClock.Instant
        var begun: ContinuousClock.Instant
        var done: ContinuousClock.Instant
    }

    /// A result, and what it took.
    struct Outcome: Sendable {
        var result: QueryResult
        var timing: Timing
    }

    /// Runs a query on the pool.
    func run(_ pool: QueryPool, _ work: @escaping @Sendable (PromQLEngine) throws -> QueryResult) async throws -> Outcome {
        let engine = self.engine
        let asked = ContinuousClock.now
        return try await pool.run {
            let begun = ContinuousClock.now
            let result = try work(engine)
            return Outcome(result: result, timing: Timing(asked: asked, begun: begun, done: .now))
        }
    }

    /// The outcome with no more series than wanted, a warning where some were left out, and all its notes.
    func cut(_ outcome: Outcome) -> QueryResult {
        var result = outcome.result
        if let limit {
            var isCut = false
            switch result.value {
            case .vector(let elements) where elements.count > limit:
                result.value = .vector(Array(elements.prefix(limit)))
                isCut = true
            case .matrix(let series) where series.count > limit:
                result.value = .matrix(Array(series.prefix(limit)))
                isCut = true
            default: break
            }
            if isCut { result.warnings.append(QuerySettings.truncated) }
        }
        if let stats, stats != "true", stats != "all" {
            result.warnings.append("parameter \"stats\": \"\(stats)\" is taken for \"true\"; say true or all")
        }
        return result
    }

    /// Whether statistics are wanted.
    var wantsStatistics: Bool { stats != nil }

    /// The warning on lists that the parameter `limit` cut.
    static let truncated = "results truncated due to limit"
}

extension JSONWriter {
    /// The times a query took, as the member `stats` of an answer. Samples are not counted by the engine, so none are told.
    mutating func statistics(_ timing: QuerySettings.Timing) {
        let queued = JSONWriter.seconds(timing.begun - timing.asked)
        let evaluated = JSONWriter.seconds(timing.done - timing.begun)
        let times = [
            ("evalTotalTime", evaluated), ("resultSortTime", 0), ("queryPreparationTime", 0), ("innerEvalTime", evaluated),
            ("execQueueTime", queued), ("execTotalTime", queued + evaluated),
        ]
        object { writer in
            writer.key("timings")
            writer.object { writer in
                for (name, seconds) in times {
                    writer.key(name)
                    writer.number(seconds)
                }
            }
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
