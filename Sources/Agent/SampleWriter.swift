import Telemetry

/// Adds samples of one moment that share labels.
struct SampleWriter {
    let time: Milliseconds
    let shared: [Label]
    private(set) var batch: SampleBatch

    init(time: Milliseconds, shared: [Label], batch: consuming SampleBatch) {
        self.time = time
        self.shared = shared
        self.batch = batch
    }

    mutating func add(_ name: String, _ value: Double, _ labels: (String, String)...) {
        write(name, value, labels)
    }

    mutating func add(_ name: String, _ value: UInt64, _ labels: (String, String)...) {
        write(name, Double(value), labels)
    }

    private mutating func write(_ name: String, _ value: Double, _ labels: [(String, String)]) {
        batch.beginSeries()
        batch.appendLabel(name: Labels.metricNameLabel.utf8, value: name.utf8)
        for label in shared { batch.appendLabel(name: label.name.utf8, value: label.value.utf8) }
        for label in labels { batch.appendLabel(name: label.0.utf8, value: label.1.utf8) }
        batch.endSeries()
        batch.append(value, at: time)
    }
}
