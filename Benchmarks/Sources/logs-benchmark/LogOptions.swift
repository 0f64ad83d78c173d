import BenchmarkKit
import Foundation

/// What the command was told.
struct LogOptions {
    enum Part: String, CaseIterable { case day, sizes, streams, dashboards, real }

    var binary = "../.build/release/magewatch"
    var load = FileManager.default.temporaryDirectory.appendingPathComponent("magewatch-load").path
    var scratch = FileManager.default.temporaryDirectory.path
    var limit = Int.max
    var repetitions = 10
    var streams = 10_000
    /// Files of real logs.
    var logs: [String] = []
    var parts = Part.allCases

    var frames: String { "\(load)/logs.loki.bin" }

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(flag) needs a value. \(LogOptions.usage)") }
            switch flag {
            case "--binary": binary = value
            case "--load": load = value
            case "--logs": logs = value.split(separator: ",").map { String($0) }
            case "--scratch": scratch = value
            case "--limit": limit = Int(value) ?? .max
            case "--repetitions": repetitions = max(1, Int(value) ?? 10)
            case "--streams": streams = max(1, Int(value) ?? 10_000)
            case "--parts":
                parts = try value.split(separator: ",").map { name in
                    guard let part = Part(rawValue: String(name)) else {
                        throw Failure("\(name) is none of \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
                    }
                    return part
                }
            default: throw Failure("unknown flag \(flag). \(LogOptions.usage)")
            }
        }
        guard parts == [.real] || FileManager.default.fileExists(atPath: frames) else {
            throw Failure(
                "\(frames) is not there: make it with the load generator, gen_logs.py, or name its folder with --load")
        }
    }

    static let usage = """
        usage: logs-benchmark [--binary FILE] [--load DIR] [--scratch DIR] [--limit FRAMES] [--repetitions N] [--streams N]
                              [--parts day,sizes,streams,dashboards,real] [--logs FILE,FILE...]
        """
}
