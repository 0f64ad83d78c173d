import BenchmarkKit
import Foundation

/// What the command was told.
struct Options {
    var binary = "../.build/release/magewatch"
    var load = FileManager.default.temporaryDirectory.appendingPathComponent("magewatch-load").path
    var shared = "../shared"
    var scratch = FileManager.default.temporaryDirectory.path
    var limit = Int.max
    var lines = 3_092_000
    private var only: String?

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(flag) needs a value. \(Options.usage)") }
            switch flag {
            case "--binary": binary = value
            case "--load": load = value
            case "--shared": shared = value
            case "--scratch": scratch = value
            case "--limit": limit = Int(value) ?? .max
            case "--lines": lines = Int(value) ?? lines
            case "--only": only = value
            default: throw Failure("unknown flag \(flag). \(Options.usage)")
            }
        }
    }

    func wants(_ part: String) -> Bool { only == nil || only == part }

    /// Makes the load with the generators, once.
    func prepareLoad() throws {
        let files = [
            ("metrics", "metrics.rw1.bin", "gen_metrics.py", [String]()), ("logs", "logs.loki.bin", "gen_logs.py", ["\(lines)"]),
        ]
        for (part, file, script, arguments) in files
        where wants(part) && !FileManager.default.fileExists(atPath: load + "/" + file) {
            let path = shared + "/workload/" + script
            guard FileManager.default.fileExists(atPath: path) else {
                throw Failure(
                    "\(path) is not there: name the folder of the load generators with --shared, or a made load with --load")
            }
            print("making \(load)/\(file) with \(script) (needs numpy and cramjam from PyPI)")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", path, load] + arguments
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw Failure("\(script) failed; \"pip install numpy cramjam\" may be missing")
            }
        }
    }

    static let usage = """
        usage: ingest-benchmark [--binary FILE] [--shared DIR] [--load DIR] [--scratch DIR] [--only metrics|logs] [--limit FRAMES] [--lines N]
        """
}
