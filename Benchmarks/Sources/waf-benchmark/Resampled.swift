import BenchmarkKit
import Foundation

/// A file's lines repeated until there are enough for a measurement, in a file of their own.
struct Resampled {
    let path: String
    let lines: Int

    /// - Parameter isFresh: whether each line of an access log gets a query of its own.
    init(_ source: String, lines wanted: Int, in folder: String, isFresh: Bool) throws {
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
        for copy in 0..<copies { try handle.write(contentsOf: isFresh ? Resampled.fresh(data, copy: copy) : data) }
        try handle.close()
        lines = copies * count
    }

    /// The lines with ` HTTP/` as `?n=NUMBER HTTP/`, or `&n=` behind another query.
    private static func fresh(_ data: Data, copy: Int) -> Data {
        var output = Data()
        output.reserveCapacity(data.count * 5 / 4)
        let mark = Data(" HTTP/".utf8)
        for (number, line) in data.split(separator: 0x0a).enumerated() {
            if let place = line.range(of: mark) {
                let hasQuery = line[..<place.lowerBound].contains(UInt8(ascii: "?"))
                output.append(line[..<place.lowerBound])
                output.append(contentsOf: "\(hasQuery ? "&" : "?")n=\(copy)-\(number)".utf8)
                output.append(line[place.lowerBound...])
            } else {
                output.append(line)
            }
            output.append(0x0a)
        }
        return output
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
