import ArgumentParser

/// `magewatch stack restart`: one container anew.
struct StackRestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Restart a container: out of traffic, stopped, started, healthy, in traffic.",
        discussion: """
            EXAMPLES
              magewatch stack restart web1 --dry-run     what would be done, step by step
              magewatch stack restart web1
            """)

    @Argument(help: "The container.") var container: String
    @OptionGroup var order: OrderOptions

    func run() async throws { try await order.give("restart", [("container", container)]) }
}

/// `magewatch stack stop`: one container away until it is started.
struct StackStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a container; it stays stopped until it is started.",
        discussion: """
            It leaves the load balancers first, and what is under way is waited for. Refused where fewer than the role's minimum
            would serve.

            EXAMPLES
              magewatch stack stop web2
              magewatch stack stop web1 --force          even if it is the last
            """)

    @Argument(help: "The container.") var container: String
    @OptionGroup var order: OrderOptions

    func run() async throws { try await order.give("stop", [("container", container)]) }
}

/// `magewatch stack start`: a stopped or drained container serves again.
struct StackStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a container that is stopped, or give traffic to one that is drained.",
        discussion: """
            EXAMPLES
              magewatch stack start web2
            """)

    @Argument(help: "The container.") var container: String
    @OptionGroup var order: OrderOptions

    func run() async throws { try await order.give("start", [("container", container)]) }
}

/// `magewatch stack move`: a container to another server.
struct StackMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move a container to another server, the best one where none is named.",
        discussion: """
            A container with a backup elsewhere lets it take over. One behind a load balancer moves while the others serve; the only
            one is replaced first. Any other is stopped and started again: the dry run tells what clients would notice.

            EXAMPLES
              magewatch stack move web1 --to s2
              magewatch stack move db1 --dry-run
            """)

    @Argument(help: "The container.") var container: String
    @Option(name: .customLong("to"), help: "The server.") var server: String?
    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.give("move", [("container", container)] + (server.map { [("server", $0)] } ?? []))
    }
}

/// `magewatch stack drain`: a container out of traffic.
struct StackDrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Take a container out of traffic; it runs on until it is started again or stopped.",
        discussion: """
            EXAMPLES
              magewatch stack drain web2                 to look into it
              magewatch stack start web2                 back in traffic
            """)

    @Argument(help: "The container.") var container: String
    @OptionGroup var order: OrderOptions

    func run() async throws { try await order.give("drain", [("container", container)]) }
}

/// `magewatch stack rollout`: a role's new version.
struct StackRolloutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "Roll a new image through a role's containers, one by one.",
        discussion: """
            Each is taken out of traffic, started from the new image and has to become healthy before the next. Where one does not, all
            go back to what they were. New containers of the role then start from what all of it runs.

            EXAMPLES
              magewatch stack rollout web --image web-2 --dry-run
              magewatch stack rollout web --image web-2
            """)

    @Argument(help: "The role.") var role: String
    @Option(help: "Name of an image in the agents' directories.") var image: String
    @OptionGroup var order: OrderOptions

    func run() async throws { try await order.give("rollout", [("role", role), ("image", image)]) }
}
