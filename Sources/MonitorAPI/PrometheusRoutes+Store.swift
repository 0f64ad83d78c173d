import Hummingbird
import Telemetry

extension PrometheusRoutes {
    func store(_ parameters: RequestParameters) async throws -> Response {
        let limit = try parameters.cardinalityLimit()
        let source = services.cardinality
        let status = await services.status()
        let counted = try await pool.run { source.cardinality(top: limit) }
        let span = counted.span ?? now()...now()
        let head: [(String, Int64)] = [
            ("numSeries", Int64(counted.series)), ("numLabelPairs", Int64(counted.labelPairs)),
            ("chunkCount", Int64(status.chunks)), ("minTime", span.lowerBound), ("maxTime", span.upperBound),
        ]
        let lists = [
            ("seriesCountByMetricName", counted.byMetric), ("labelValueCountByLabelName", counted.byLabel),
            ("memoryInBytesByLabelName", counted.bytesByLabel), ("seriesCountByLabelValuePair", counted.byLabelPair),
        ]
        return APIResponse.success { writer in
            writer.object { writer in
                writer.key("headStats")
                writer.object { writer in
                    for (name, number) in head {
                        writer.key(name)
                        writer.integer(number)
                    }
                }
                for (name, entries) in lists {
                    writer.key(name)
                    writer.counts(entries)
                }
            }
        }
    }
}

extension RequestParameters {
    /// Entries of each list of a cardinality: 10 where the request does not say, at most 10,000.
    func cardinalityLimit() throws -> Int {
        let limit = try limit() ?? 10
        guard (1...10_000).contains(limit) else {
            throw APIError(.badData, "parameter \"limit\": \(limit) is not between 1 and 10000")
        }
        return limit
    }
}

extension JSONWriter {
    fileprivate mutating func counts(_ entries: [Cardinality.Count]) {
        array { writer in
            for entry in entries {
                writer.object { writer in
                    writer.key("name")
                    writer.string(entry.name)
                    writer.key("value")
                    writer.integer(entry.count)
                }
            }
        }
    }
}
