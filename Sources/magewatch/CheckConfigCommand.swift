import ArgumentParser
import StackConfiguration

/// `magewatch check-config`: validates a configuration file without starting anything.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Validate a configuration file: every problem with its line.",
        discussion: """
            Exit status 0 where it is good.

            EXAMPLE
              magewatch check-config /etc/magewatch.yaml
            """)

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        do {
            let configuration = try ConfigurationFile.read(file)
            print(
                "\(file): good. Stack \"\(configuration.stack)\", \(configuration.servers.count) servers, \(configuration.containers.count) containers, \(configuration.checks.count) checks."
            )
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
