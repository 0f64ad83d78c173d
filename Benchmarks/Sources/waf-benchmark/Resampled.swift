import BenchmarkKit
import Foundation

/// A file's lines repeated until there are enough for a measurement, in a file of their own.
struct Resampled {
    let path: String
    let lines: Int

    init(_ source: String, lines wanted: Int, in folder: String) throws {
        guard let data = FileManager.default.contents(atPath: source), !data.isEmpty else {
            throw Failure("cannot read \(source)")
        }
        let count = data.count { $0 == 0x0a }
        guard count > 0 else { throw Failure("\(source) has no lines") }
        path = "\(folder)/waf-benchmark-\(UUID().uuidString)"
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
            throw Failure("cannot write \(path)")
        }
        let copies = (wanted + count - 1) / count
        for _ in 0..<copies { try handle.write(contentsOf: data) }
        try handle.close()
        lines = copies * count
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
