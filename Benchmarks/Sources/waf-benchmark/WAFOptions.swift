import BenchmarkKit
import Foundation

/// What to measure with what.
struct WAFOptions {
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
    let scratch = FileManager.default.temporaryDirectory.path

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure("\(name) wants a value") }
            switch name {
            case "--binary": binary = value
            case "--log": log = value
            case "--values": values = value
            case "--goaccess": goAccess = value
            case "--fresh": isFresh = value == "yes"
            case "--lines":
                guard let count = Int(value), count > 0 else { throw Failure("--lines wants a number") }
                lines = count
            default: throw Failure("unknown option \(name): there are --binary, --log, --values, --lines, --fresh, --goaccess")
            }
        }
        guard !binary.isEmpty, !log.isEmpty else { throw Failure("--binary and --log are needed") }
    }
}
