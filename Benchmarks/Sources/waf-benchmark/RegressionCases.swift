import BenchmarkKit
import Foundation

/// The Core Rule Set's regression cases: what of them is found from an access log's record, beside what the Core Rule Set itself finds from
/// as much (measured at level 1 on libmodsecurity 3.0.9).
enum RegressionCases {
    static let leastFound = "32.7"
    static let leastClean = "98"

    static func measure(_ options: WAFOptions) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: options.binary)
        process.arguments = [
            "waf", "cases", options.suites + "/crs-regression", "--found", leastFound, "--clean", leastClean,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("below the bar: \(leastFound) % of positives found, \(leastClean) % of negatives clean")
        }
    }
}
