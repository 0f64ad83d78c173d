import BenchmarkKit
import Foundation

/// What the signatures find of labelled material, in one table: `magewatch waf test` over each set.
///
/// `--suites DIR` names the folder with `httpparams/payload_train.csv`, `libinjection/data/` and `access/`; `--attacks DIR` further sets, one
/// attack a line, a file a family; `--benign FILE` texts that are none.
struct DetectionTable {
    let binary: String
    let scratch: String

    func print(suites: String, attacks: String?, benign: String?) throws {
        Swift.print("| material | called attacks | of | share | bar |")
        Swift.print("|---|---|---|---|---|")
        let rows = try DetectionTable.rows(of: suites + "/httpparams/payload_train.csv")
        let families = Dictionary(grouping: rows, by: { $0[2] }).mapValues { $0.map { $0[0] } }
        let hostile = families.filter { $0.key != "norm" }
        try row("httpparams, all attacks", hostile.values.flatMap { $0 }, atLeast: 99)
        for (family, values) in hostile.sorted(by: { $0.key < $1.key }) { try row("… \(family)", values, atLeast: 95) }
        try row("… normal values", families["norm"] ?? [], atMost: 0.1)
        let folder = suites + "/libinjection/data"
        for kind in ["sqli", "xss"] {
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(kind) }.sorted()
            try row("libinjection, \(kind)", files.flatMap { try DetectionTable.lines(of: folder + "/" + $0) }, atLeast: 97)
        }
        try row("libinjection, false positives", try DetectionTable.lines(of: folder + "/false_positives.txt"), atMost: 4)
        for file in try FileManager.default.contentsOfDirectory(atPath: suites + "/access").sorted()
        where file.hasPrefix("apache") {
            try row("access log", try DetectionTable.lines(of: suites + "/access/" + file), ["--log", "access"], atMost: 0.05)
        }
        if let attacks {
            for file in try FileManager.default.contentsOfDirectory(atPath: attacks).sorted() where file.hasSuffix(".txt") {
                try row("own, \(file.dropLast(4))", try DetectionTable.values(of: attacks + "/" + file), atLeast: 90)
            }
        }
        if let benign { try row("own, shop texts", try DetectionTable.values(of: benign), atMost: 4) }
    }

    private func row(
        _ name: String, _ values: [String], _ kind: [String] = ["--param"], atLeast: Double? = nil, atMost: Double? = nil
    ) throws {
        let path = scratch + "/waf-benchmark-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try (values.map { $0.replacingOccurrences(of: "\n", with: " ") }.joined(separator: "\n") + "\n")
            .write(toFile: path, atomically: true, encoding: .utf8)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["waf", "test"] + kind + ["--attacks", path]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let found = pipe.fileHandleForReading.readDataToEndOfFile().count { $0 == 0x0a }
        process.waitUntilExit()
        let share = 100 * Double(found) / Double(max(1, values.count))
        let isHeld = atLeast.map { share >= $0 } ?? true && atMost.map { share <= $0 } ?? true
        let bar = (atLeast.map { "≥ \($0) %" } ?? "") + (atMost.map { "≤ \($0) %" } ?? "")
        Swift.print(
            "| \(name) | \(found) | \(values.count) | \((share * 100).rounded() / 100) % | \(bar)\(isHeld ? "" : " missed") |")
    }

    /// Lines that are no comments.
    private static func lines(of path: String) throws -> [String] {
        try values(of: path).filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    }

    /// One value a line.
    private static func values(of path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Failure("cannot read \(path)") }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Rows of four quoted fields.
    private static func rows(of path: String) throws -> [[String]] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Failure("cannot read \(path)") }
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var last: UInt8 = 0
        for byte in data {
            defer { last = byte }
            switch byte {
            case UInt8(ascii: "\""):
                // A doubled quote within quotes is one.
                if !isQuoted, last == byte, !field.isEmpty { field.append(byte) }
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
                row.append(String(decoding: field, as: UTF8.self))
                field = []
                if byte == UInt8(ascii: "\n") {
                    rows.append(row)
                    row = []
                }
            default: field.append(byte)
            }
        }
        return rows.dropFirst().filter { $0.count == 4 }
    }
}
