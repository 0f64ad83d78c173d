import Hummingbird
import LogQL
import Telemetry

extension LokiRoutes {
    /// A result in Loki's form. Times of entries are nanoseconds in strings; those of samples are seconds.
    func result(_ result: LogQLResult) -> Response {
        APIResponse.success { writer in
            writer.object { writer in
                writer.key("resultType")
                switch result {
                case .streams(let streams):
                    writer.string("streams")
                    writer.key("result")
                    writer.array { writer in for stream in streams { writer.stream(stream) } }
                case .vector(let elements):
                    writer.string("vector")
                    writer.key("result")
                    writer.array { writer in
                        for element in elements {
                            writer.object { writer in
                                writer.key("metric")
                                writer.labels(element.labels)
                                writer.key("value")
                                writer.sample(milliseconds: element.timestamp / 1_000_000, value: element.value)
                            }
                        }
                    }
                case .matrix(let series):
                    writer.string("matrix")
                    writer.key("result")
                    writer.array { writer in for one in series { writer.series(one) } }
                case .scalar(let timestamp, let value):
                    writer.string("scalar")
                    writer.key("result")
                    writer.sample(milliseconds: timestamp / 1_000_000, value: value)
                }
                writer.key("stats")
                writer.object { _ in }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func stream(_ stream: LogStreamResult) {
        object { writer in
            writer.key("stream")
            writer.labels(stream.labels)
            writer.key("values")
            writer.array { writer in
                for entry in stream.entries {
                    writer.array { writer in
                        writer.string(String(entry.timestamp))
                        writer.string(bytes: entry.line)
                    }
                }
            }
        }
    }

    fileprivate mutating func series(_ series: LogMatrixSeries) {
        object { writer in
            writer.key("metric")
            writer.labels(series.labels)
            writer.key("values")
            writer.array { writer in
                for point in series.points { writer.sample(milliseconds: point.timestamp / 1_000_000, value: point.value) }
            }
        }
    }
}
