import Agent
import ArgumentParser
import Authority
import Foundation
import Monitor
import StackConfiguration
import Topology

/// `magewatch agent`: runs on every server of a stack, and how servers join and leave.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Run the agent of a server; let servers join a stack, and leave it.",
        discussion: """
            A server joins with a token that is good once: on the monitor's machine, make one; on the server, join; from then on
            monitor and agent know each other by certificates, which renew themselves.

            EXAMPLES
              magewatch agent token s1 --config /etc/magewatch.yaml      on the monitor's machine
              magewatch agent join --monitor 10.0.0.2:7103 TOKEN         on the server s1
              magewatch agent --name s1 --listen 10.0.0.5:7102           run it, with all that "magewatch agent run --help" lists
              magewatch agent revoke s1 --config /etc/magewatch.yaml     s1 is no more to be trusted
            """,
        subcommands: [AgentRunCommand.self, Token.self, Join.self, Revoke.self], defaultSubcommand: AgentRunCommand.self)

    /// Which monitor's authority it is about.
    struct AuthorityOptions: ParsableArguments {
        @Option(help: "The monitor's configuration file.") var config: String?
        @Option(help: "The monitor's directory of stores, instead of the configuration's.") var data: String?

        func read() throws -> MagewatchConfiguration {
            var configuration = MagewatchConfiguration()
            if let config {
                do {
                    configuration = try ConfigurationFile.read(config)
                } catch {
                    throw CommandFailure(error.description)
                }
            }
            if let data { configuration.dataDirectory = data }
            return configuration
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token with which one server joins, once; run it on the monitor's machine.",
            discussion: """
                The monitor need not run. Its configuration must have an authority section, and the server among its servers with an \
                agent address that begins with https://.

                EXAMPLES
                  magewatch agent token s1 --config /etc/magewatch.yaml
                  magewatch agent token s1 --config /etc/magewatch.yaml --for 600
                """)

        @Argument(help: "The server's name, as in the configuration.") var server: String
        @Option(name: .customLong("for"), help: "Seconds that the token is good for.") var seconds = JoinToken
            .defaultLifetimeSeconds
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let configuration = try authority.read()
            guard configuration.authority != nil else {
                throw CommandFailure(
                    "the configuration has no authority section, so nobody can join; write one (see check-config)")
            }
            guard let known = configuration.servers.first(where: { $0.name == server }) else {
                let names = configuration.servers.map(\.name).joined(separator: ", ")
                throw CommandFailure(
                    "\"\(server)\" is not among the servers of the configuration (\(names)); write it there first")
            }
            guard known.agentURL.hasPrefix("https://") else {
                throw CommandFailure(
                    "the agent of \"\(server)\" is at \(known.agentURL); write https:// there, which is how one that joined is spoken to"
                )
            }
            guard seconds > 0 else { throw CommandFailure("--for \(seconds) has to be more than zero") }
            let files = AuthorityFiles(dataDirectory: configuration.dataDirectory)
            let token = try files.makeToken(
                for: server, of: try files.authority(of: configuration.stack, at: Date()), at: Date(), forSeconds: seconds)
            print(token)
        }
    }

    struct Join: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Join a stack with a token; run it on the server, then run the agent.",
            discussion: """
                A join that was cut off is repeated with the same token and the same --data.

                EXAMPLES
                  magewatch agent join --monitor 10.0.0.2:7103 mw1.s1.…
                """)

        @Argument(help: "What \"magewatch agent token\" printed.") var token: String
        @Option(help: "HOST:PORT of the monitor's authority.") var monitor: String
        @Option(help: "The agent's directory.") var data: String = "/var/lib/magewatch/agent"

        func run() async throws {
            do {
                let identity = try await EnrolmentClient(monitor: monitor)
                    .join(try JoinToken(parsing: token), dataDirectory: data, at: Date())
                let certificate = try AgentCertificate(pem: identity.certificate)
                print(
                    "joined as \(identity.server); the certificate is good until \(certificate.notAfter.formatted(.iso8601)) and renews "
                        + "itself while the agent runs.\nNow (re)start the agent: magewatch agent --name \(identity.server) --data \(data) …"
                )
            } catch {
                throw CommandFailure("\(error)")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back a server's certificates and tokens; run it on the monitor's machine.",
            discussion: """
                The monitor sends it no more steps and renews nothing, from this moment on. A server that is no more among the
                configuration's servers is revoked by itself when the monitor starts.

                EXAMPLES
                  magewatch agent revoke s1 --config /etc/magewatch.yaml
                """)

        @Argument(help: "The server's name.") var server: String
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            try AuthorityFiles(dataDirectory: try authority.read().dataDirectory).revoke(server, at: Date())
            print("the certificates of \(server) are taken back; to have it back: magewatch agent token \(server)")
        }
    }
}
