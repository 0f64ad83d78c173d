import ArgumentParser
import Foundation

/// Counts what became of the cases of test scripts, and prints those that failed as editors jump to them.
struct ScriptTally {
    /// Largest script read, in bytes.
    static let maximumScriptBytes = 16 << 20

    /// Whether cases left out are named too.
    let isVerbose: Bool
    private var passed = 0
    private var failed = 0
    private var leftOut = 0

    init(isVerbose: Bool) {
        self.isVerbose = isVerbose
    }

    mutating func pass() {
        passed += 1
    }

    /// Counts a failure and prints where it is, with what belongs to it below.
    mutating func fail(_ place: String, _ details: [String]) {
        failed += 1
        print(place)
        for detail in details { print("    \(detail)") }
    }

    mutating func leaveOut(_ place: String, _ reason: String) {
        leftOut += 1
        if isVerbose { print("\(place)\n    left out: \(reason)") }
    }

    /// Prints the sum; a failure makes the exit status 1.
    func finish() throws {
        print("\(passed) passed, \(failed) failed, \(leftOut) left out")
        if failed > 0 { throw ExitCode.failure }
    }

    /// The text of a script.
    static func text(of file: String) throws -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw CommandFailure("\(file) can't be read: \(error.localizedDescription)")
        }
        guard data.count <= maximumScriptBytes else {
            throw CommandFailure("\(file) has \(data.count) bytes; the most is \(maximumScriptBytes)")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw CommandFailure("\(file) is not UTF-8 text") }
        return text
    }
}
