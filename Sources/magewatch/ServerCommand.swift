import ArgumentParser

/// `magewatch server`: a server out of use for maintenance, and back.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Take a server out of use for maintenance, and give it back.",
        discussion: """
            EXAMPLES
              magewatch server evacuate s2 --dry-run     what would be moved, and where to
              magewatch server evacuate s2               everything is moved off it, then it may be turned off
              magewatch server return s2                 it takes containers again
              magewatch server drain s2                  out of traffic; what is on it stays, and nothing new comes
            """,
        subcommands: [Drain.self, Evacuate.self, Return.self])

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Place nothing more on a server, and send no traffic to what is behind a load balancer there.",
            discussion: """
                What is behind no load balancer goes on serving. Holds across restarts of the monitor until the server is returned.

                EXAMPLES
                  magewatch server drain s2
                """)

        @Argument(help: "The server.") var server: String
        @OptionGroup var order: OrderOptions

        func run() async throws { try await order.give("drain-server", [("server", server)]) }
    }

    struct Evacuate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move everything off a server; nothing is placed on it until it is returned.",
            discussion: """
                Each container leaves as "magewatch stack move" would have it: what is under way is waited for, and a role's only
                container is replaced before it goes. Refused, with nothing done, where the other servers have no room.

                EXAMPLES
                  magewatch server evacuate s2 --dry-run
                  magewatch server evacuate s2
                """)

        @Argument(help: "The server.") var server: String
        @OptionGroup var order: OrderOptions

        func run() async throws { try await order.give("evacuate-server", [("server", server)]) }
    }

    struct Return: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a drained or evacuated server back: containers may be placed on it again.",
            discussion: """
                What was only drained gets traffic again, once it is healthy. What was moved off stays where it is.

                EXAMPLES
                  magewatch server return s2
                """)

        @Argument(help: "The server.") var server: String
        @OptionGroup var order: OrderOptions

        func run() async throws { try await order.give("return-server", [("server", server)]) }
    }
}
