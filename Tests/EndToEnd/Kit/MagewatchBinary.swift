import Foundation
import Testing

/// The command under test: what `MAGEWATCH_BINARY` names, else the release or the debug build beside the package.
enum MagewatchBinary {
    static let absence: Comment = "needs the built command: make build, or its path in MAGEWATCH_BINARY"

    static let path: String? = {
        if let named = ProcessInfo.processInfo.environment["MAGEWATCH_BINARY"] { return isProgram(named) ? named : nil }
        let build = FileManager.default.currentDirectoryPath + "/.build/"
        return ["release", "debug"].map { build + $0 + "/magewatch" }.first(where: isProgram)
    }()

    static var isPresent: Bool { path != nil }

    /// Whether all of these programs are installed.
    static func hasPrograms(_ paths: String...) -> Bool { paths.allSatisfy(isProgram) }

    /// Runs the command to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> ChildProcess.Finished {
        try await ChildProcess.run(try #require(path), arguments, environment: environment, within: limit)
    }

    private static func isProgram(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}
