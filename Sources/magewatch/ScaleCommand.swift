import ArgumentParser

/// `magewatch scale`: more or fewer containers of a role, by hand.
struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Start more containers of a role, or take some away.",
        discussion: """
            More of them are started where the placement finds room, on leased servers where the stack's own have none. With --for they
            are kept until the time is over, whatever the load, and go then unless they are needed. Fewer: those on leased servers go
            first.

            EXAMPLES
              magewatch scale web +2 --for 3h
              magewatch scale web +1 --dry-run
              magewatch scale web -1
              magewatch stack show                       what orders hold, and until when
            """)

    @Argument(help: "The role.")
    var role: String

    @Argument(parsing: .allUnrecognized, help: "How many: +2, -1.")
    var count: [String] = []

    @Option(name: .customLong("for"), help: "How long the new ones are kept, such as 3h.")
    var duration: String?

    @OptionGroup var order: OrderOptions

    func validate() throws {
        guard count.count == 1, Int(count[0]) != nil else {
            throw ValidationError("Say how many containers more or fewer: magewatch scale \(role) +2, or -1.")
        }
    }

    func run() async throws {
        try await order.give("scale", [("role", role), ("count", count[0])] + (duration.map { [("for", $0)] } ?? []))
    }
}
