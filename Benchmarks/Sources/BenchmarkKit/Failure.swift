import Foundation

/// Runs a benchmark, and tells what went wrong as a sentence; then the exit status is 1.
package func run(_ benchmark: () throws -> Void) {
    do {
        try benchmark()
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
    }
}

/// An error told as it is.
package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
