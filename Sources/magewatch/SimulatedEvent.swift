import ArgumentParser
import Forecasting
import Foundation

/// Load that a what-if adds: from a time on, for a while, so many times as much.
struct SimulatedEvent {
    let startSeconds: Double
    let durationSeconds: Double
    let factor: Double

    init(_ text: String) throws {
        let parts = text.split(separator: ",", maxSplits: 2).map(String.init)
        guard parts.count == 3, let start = SeriesText.seconds(parts[0]), let factor = Double(parts[2]), factor >= 0,
            factor <= 1000
        else { throw ValidationError("\"\(text)\" is no event: START,DURATION,FACTOR, for instance 2018-05-03T18:00,2h,3") }
        startSeconds = start
        durationSeconds = try DurationText.seconds(parts[1])
        self.factor = factor
    }

    func apply(to demand: inout [Double], startSeconds traceStart: Double, tickSeconds: Double) throws {
        let first = ((startSeconds - traceStart) / tickSeconds).rounded()
        let last = first + durationSeconds / tickSeconds
        guard last > 0, first < Double(demand.count) else {
            throw CommandFailure("the event at \(startSeconds) lies outside the trace")
        }
        for tick in Int(max(0, first))..<Int(min(Double(demand.count), last)) { demand[tick] *= factor }
    }
}
