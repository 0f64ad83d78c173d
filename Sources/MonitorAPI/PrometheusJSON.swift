import PromQL
import Telemetry

extension JSONWriter {
    /// Labels as an object.
    mutating func labels(_ labels: Labels) {
        map(labels.lazy.map { ($0.name, $0.value) })
    }

    /// A query's value in Prometheus' form: `resultType` and `result`.
    mutating func value(_ value: QueryValue) {
        object { writer in
            writer.key("resultType")
            switch value {
            case .scalar(let sample):
                writer.string("scalar")
                writer.key("result")
                writer.sample(milliseconds: sample.timestamp, value: sample.value)
            case .string(let timestamp, let text):
                writer.string("string")
                writer.key("result")
                writer.array { writer in
                    writer.raw(JSONWriter.text(of: Double(timestamp) / 1000).utf8)
                    writer.string(text)
                }
            case .vector(let elements):
                writer.string("vector")
                writer.key("result")
                writer.array { writer in
                    for element in elements {
                        writer.object { writer in
                            writer.key("metric")
                            writer.labels(element.labels)
                            writer.key(element.histogram == nil ? "value" : "histogram")
                            if let histogram = element.histogram {
                                writer.sample(milliseconds: element.timestamp, histogram: histogram)
                            } else {
                                writer.sample(milliseconds: element.timestamp, value: element.value)
                            }
                        }
                    }
                }
            case .matrix(let series):
                writer.string("matrix")
                writer.key("result")
                writer.array { writer in for one in series { writer.series(one.labels, one.columns) } }
            }
        }
    }

    /// One series of a matrix.
    mutating func series(_ labels: Labels, _ columns: SampleColumns) {
        object { writer in
            writer.key("metric")
            writer.labels(labels)
            let hasFloats = !columns.hasHistograms || columns.histograms.contains { $0 == nil }
            if hasFloats {
                writer.key("values")
                writer.array { writer in
                    for index in columns.timestamps.indices where !columns.hasHistograms || columns.histograms[index] == nil {
                        writer.sample(milliseconds: columns.timestamps[index], value: columns.values[index])
                    }
                }
            }
            guard columns.hasHistograms else { return }
            writer.key("histograms")
            writer.array { writer in
                for index in columns.timestamps.indices {
                    guard let histogram = columns.histograms[index] else { continue }
                    writer.sample(milliseconds: columns.timestamps[index], histogram: histogram)
                }
            }
        }
    }
}
