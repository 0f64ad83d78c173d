import Hummingbird
import Telemetry

extension PrometheusRoutes {
    func store(_ parameters: RequestParameters) async throws -> Response {
        let limit = try parameters.limit() ?? Cardinality.defaultLimit
        guard (1...Cardinality.maximumLimit).contains(limit) else {
            throw APIError(.badData, "parameter \"limit\": \(limit) is not between 1 and \(Cardinality.maximumLimit)")
        }
        let time = now()
        let source = services.series
        let status = await services.status()
        let counted = try await pool.run { try Cardinality(of: source, at: time) }
        let head: [(String, Int64)] = [
            ("numSeries", Int64(counted.series)), ("numLabelPairs", Int64(counted.pairCount)),
            ("chunkCount", Int64(status.chunks)), ("minTime", time - Cardinality.reach), ("maxTime", time),
        ]
        let lists = [
            ("seriesCountByMetricName", counted.byMetric(limit)), ("labelValueCountByLabelName", counted.valuesByLabel(limit)),
            ("memoryInBytesByLabelName", counted.bytesByLabel(limit)), ("seriesCountByLabelValuePair", counted.byPair(limit)),
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

extension JSONWriter {
    fileprivate mutating func counts(_ entries: [(String, Int)]) {
        array { writer in
            for (name, count) in entries {
                writer.object { writer in
                    writer.key("name")
                    writer.string(name)
                    writer.key("value")
                    writer.integer(count)
                }
            }
        }
    }
}
