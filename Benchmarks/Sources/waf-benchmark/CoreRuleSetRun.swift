import BenchmarkKit
import Foundation

/// The OWASP Core Rule Set on libmodsecurity, both Debian's, over the same log: `Benchmarks/drivers/crs.c`, compiled for the run.
enum CoreRuleSetRun {
    /// Requests judged: it takes some milliseconds for each.
    static let requests = 3_000
    private static let rules = "/usr/share/modsecurity-crs/rules"
    private static let packages = "apt-get install libmodsecurity-dev modsecurity-crs gcc (scripts/need-packages benchmark)"

    /// A row of the table, or a line that tells what to install.
    static func row(log: String, scratch: String) throws -> String {
        guard FileManager.default.fileExists(atPath: rules),
            FileManager.default.fileExists(atPath: "/usr/include/modsecurity/modsecurity.h")
        else { return "| Core Rule Set on libmodsecurity | not installed: \(packages) | | |" }
        let folder = scratch + "/magewatch-crs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("drivers/crs.c").path
        _ = try output("/usr/bin/cc", ["-O2", source, "-lmodsecurity", "-o", folder + "/crs"])
        try """
        SecRuleEngine On
        SecRequestBodyAccess On
        SecAuditEngine Off
        Include /etc/modsecurity/crs/crs-setup.conf
        Include \(rules)/*.conf

        """.write(toFile: folder + "/rules.conf", atomically: true, encoding: .utf8)
        let words = try output(folder + "/crs", [folder + "/rules.conf", log, String(requests)]).split(separator: " ")
        guard words.count == 6, let judged = Int(words[1]), let seconds = Double(words[5].trimmingCharacters(in: .newlines))
        else {
            throw Failure("the Core Rule Set's driver said: \(words.joined(separator: " "))")
        }
        let rate = Int(Double(judged) / max(seconds, 0.001))
        return "| Core Rule Set on libmodsecurity, level 1: rules alone, \(words[3]) flagged | \(judged) | \(seconds) | \(rate) |"
    }

    private static func output(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("\(program) ended with \(process.terminationStatus)") }
        return String(decoding: data, as: UTF8.self)
    }
}
