import AgentContract
import ArgumentParser
import Foundation
import Topology

/// `magewatch stack`: the inventory.
struct StackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack", abstract: "Servers and what runs on them.",
        discussion: """
            EXAMPLES
              magewatch stack show
              magewatch stack show --api http://10.0.0.2:7101
              magewatch stack placement --what-if 'lose s2'
              magewatch stack restart web1 --dry-run     what an order would do, step by step
              magewatch stack move web1 --to s2
              magewatch stack solve instance.json        a placement instance, solved
            """,
        subcommands: [
            Show.self, StackRestartCommand.self, StackStopCommand.self, StackStartCommand.self, StackMoveCommand.self,
            StackDrainCommand.self, StackRolloutCommand.self, StackPlacementCommand.self, StackSolveCommand.self,
        ], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Servers with their containers and leases.")

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let stack = try await monitor.client.decode(Stack.self, "/api/magewatch/v1/stack")
            print("stack \(stack.name)")
            for server in stack.servers {
                let lease = stack.lease(of: server.name).map { lease in
                    lease.until.map { "  leased until \(QueryAnswer.clock(Double($0) / 1000))" } ?? "  leased"
                }
                let drained = server.isDrained ? "  drained" : ""
                print(
                    "  \(server.name)  \(server.kind.rawValue)  \(server.address)  \(server.health.rawValue)\(drained)\(lease ?? "")"
                )
                for container in stack.containers(on: server.name) {
                    print(
                        "    \(container.name)  \(container.role.rawValue)  \(container.kind.rawValue)  \(container.state.rawValue)  \(container.address)"
                    )
                }
            }
            for held in try await monitor.client.decode([HeldOrder].self, "/api/magewatch/v1/orders") {
                let until = QueryAnswer.clock(Double(held.until) / 1000)
                print(
                    "  held until \(until): \(held.order.summary), by \(held.order.orderedBy) (\(held.containers.joined(separator: " ")))"
                )
            }
        }
    }
}
