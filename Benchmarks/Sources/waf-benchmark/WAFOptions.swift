import BenchmarkKit
import Foundation

/// What to measure with what.
struct WAFOptions {
    /// The day that generated lines are of.
    static let day = Date().formatted(
        Date.VerbatimFormatStyle(
            format: "\(day: .twoDigits)/\(month: .abbreviated)/\(year: .defaultDigits)",
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))

    /// What is measured.
    enum Mode: String, CaseIterable {
        /// Lines a CPU-second, beside GoAccess and the Core Rule Set.
        case speed
        /// Memory for a day with a million addresses.
        case addresses
        /// What is found of labelled material.
        case detection
        /// What is found of the Core Rule Set's regression cases.
        case crs
    }

    var mode = Mode.speed
    var binary = ""
    /// An access log in combined format; it is repeated until it has ``lines``.
    var log = ""
    /// Parameter values, one a line.
    var values: String?
    var lines = 500_000
    /// Where GoAccess is, if it is.
    var goAccess = "/usr/bin/goaccess"
    /// Gives every line a query of its own, so that no request has been judged before.
    var isFresh = false
    /// The folder of labelled material.
    var suites = ""
    /// A folder of further attacks, and a file of texts that are none.
    var attacks: String?
    var benign: String?
    let scratch = FileManager.default.temporaryDirectory.path

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(name) wants a value") }
            switch name {
            case "--mode":
                guard let found = Mode(rawValue: value) else {
                    throw Failure("--mode is \(Mode.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                mode = found
            case "--binary": binary = value
            case "--log": log = value
            case "--values": values = value
            case "--goaccess": goAccess = value
            case "--fresh": isFresh = value == "yes"
            case "--suites": suites = value
            case "--attacks": attacks = value
            case "--benign": benign = value
            case "--lines":
                guard let count = Int(value), count > 0 else { throw Failure("--lines wants a number") }
                lines = count
            default:
                throw Failure(
                    "unknown option \(name): there are --mode, --binary, --log, --values, --lines, --fresh, --goaccess, --suites, "
                        + "--attacks, --benign")
            }
        }
        guard !binary.isEmpty else { throw Failure("--binary is needed") }
        guard mode != .speed || !log.isEmpty else { throw Failure("--log is needed: an access log in combined format") }
        guard mode != .detection && mode != .crs || !suites.isEmpty else {
            throw Failure("--suites is needed: the folder of labelled material")
        }
    }
}
