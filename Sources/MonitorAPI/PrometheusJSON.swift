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
                            writer.key("value")
                            writer.sample(milliseconds: element.timestamp, value: element.value)
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
            writer.key("values")
            writer.array { writer in
                for index in columns.timestamps.indices {
                    writer.sample(milliseconds: columns.timestamps[index], value: columns.values[index])
                }
            }
        }
    }
}
