import PromQL
import Telemetry

extension JSONWriter {
    /// Labels as an object.
    mutating func labels(_ labels: Labels) {
        map(labels.lazy.map { ($0.name, $0.value) })
    }

    /// A query's value in Prometheus' form: the members `resultType` and `result`.
    mutating func value(_ value: QueryValue) {
        key("resultType")
        switch value {
        case .scalar(let sample):
            string("scalar")
            key("result")
            self.sample(milliseconds: sample.timestamp, value: sample.value)
        case .string(let timestamp, let text):
            string("string")
            key("result")
            array { writer in
                writer.number(Double(timestamp) / 1000)
                writer.string(text)
            }
        case .vector(let elements):
            string("vector")
            key("result")
            array { writer in for element in elements { writer.element(element) } }
        case .matrix(let series):
            string("matrix")
            key("result")
            array { writer in for one in series { writer.series(one.labels, one.columns) } }
        }
    }

    /// One series of a vector.
    private mutating func element(_ element: VectorElement) {
        object { writer in
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
