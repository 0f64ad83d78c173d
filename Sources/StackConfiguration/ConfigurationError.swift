/// What is wrong with a configuration file: every problem found, each with its place.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One problem.
    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        package var file: String
        package var line: Int
        /// Path of the key, for instance `scrape.interval`.
        package var key: String
        /// What was found and what was expected.
        package var message: String

        package var description: String { "\(file):\(line): \(key): \(message)" }
    }

    package var problems: [Problem]

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
