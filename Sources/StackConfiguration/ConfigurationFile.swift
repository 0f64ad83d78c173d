import Foundation
import Topology
import Yams

/// Reads `magewatch.yaml` and validates it as a whole: either every value is good, or all problems are told with file and line.
package enum ConfigurationFile {
    /// Largest file read, in bytes.
    package static let maximumBytes = 4 << 20

    /// Reads the file at `path`.
    package static func read(_ path: String) throws(ConfigurationError) -> MagewatchConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(problems: [
                .init(file: path, line: 1, key: "(file)", message: "can't be read; check the path and its permissions")
            ])
        }
        guard data.count <= maximumBytes else {
            throw ConfigurationError(problems: [
                .init(file: path, line: 1, key: "(file)", message: "is larger than \(maximumBytes) bytes")
            ])
        }
        return try parse(String(decoding: data, as: UTF8.self), file: path)
    }

    /// Reads the text of a file.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> MagewatchConfiguration {
        let problems = ProblemList(file: file)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError(problems: [
                .init(file: file, line: line(of: error), key: "(yaml)", message: "is not valid YAML: \(brief(error))")
            ])
        } catch {
            throw ConfigurationError(problems: [.init(file: file, line: 1, key: "(yaml)", message: "\(error)")])
        }
        guard let node else { return MagewatchConfiguration() }
        let configuration = ConfigurationDecoder(problems).decode(YAMLReader(node, path: "", problems: problems))
        guard problems.problems.isEmpty else { throw ConfigurationError(problems: problems.problems) }
        return configuration
    }

    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: 1
        }
    }

    private static func brief(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        default: "\(error)"
        }
    }
}
