import Telemetry

/// What a series has at one time.
enum SampleValue {
    case number(Double)
    case histogram(NativeHistogram)

    /// What it is called where it can't be computed with.
    var kindName: String {
        switch self {
        case .number: "float"
        case .histogram: "histogram"
        }
    }
}

extension Row {
    /// What stands at a step, if anything does.
    func sample(_ step: Int) -> SampleValue? {
        if let histogram = histogram(step) { return .histogram(histogram) }
        return values[step].isAbsent ? nil : .number(values[step])
    }

    /// Puts a sample at a step, or empties it.
    mutating func set(_ sample: SampleValue?, at step: Int) {
        switch sample {
        case nil: clear(step)
        case .histogram(let histogram): set(histogram, at: step)
        case .number(let value):
            values[step] = value
            if !histograms.isEmpty { histograms[step] = nil }
        }
    }
}

extension SampleValue {
    var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    var histogram: NativeHistogram? {
        if case .histogram(let value) = self { value } else { nil }
    }
}
