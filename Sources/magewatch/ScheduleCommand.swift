import AgentContract
import ArgumentParser
import Foundation

/// `magewatch schedule`: more containers at known times.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "More containers of a role at known times.",
        discussion: """
            What is due is started ahead of time, by what it takes to have a server, and kept until its time is over, whatever the load; guard
            rails and modes hold for it. Times are those of scaler.time-zone. Schedules may stand in the configuration as well, under
            scaler.schedules.

            EXAMPLES
              magewatch schedule add every Friday 18:00 +3 web for 4h
              magewatch schedule add --name xmas 2026-12-24 10:00 +5 web for 12h
              magewatch schedule list
              magewatch schedule remove xmas
            """,
        subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All schedules and when each comes next.")

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            ScheduleCommand.show(
                try await monitor.client.decode([ScheduleReport].self, "/api/magewatch/v1/schedules"))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add one: every DAY HH:MM +N ROLE for TIME, or a date.")

        @Option(help: "What it is removed by; the schedule itself where nothing is said.")
        var name: String?

        @Argument(parsing: .allUnrecognized, help: "every Friday 18:00 +3 web for 4h")
        var schedule: [String] = []

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            var parameters = [("schedule", schedule.joined(separator: " ")), ("by", NSUserName())]
            if let name { parameters.append(("name", name)) }
            let data = try await monitor.client.post("/api/magewatch/v1/schedules", parameters)
            ScheduleCommand.show(try JSONDecoder().decode([ScheduleReport].self, from: data))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove one; what it has started holds until its time is over.")

        @Argument(parsing: .remaining, help: "Its name.")
        var name: [String] = []

        @OptionGroup var monitor: MonitorOptions

        func run() async throws {
            let data = try await monitor.client.post(
                "/api/magewatch/v1/schedules/remove", [("name", name.joined(separator: " ")), ("by", NSUserName())])
            ScheduleCommand.show(try JSONDecoder().decode([ScheduleReport].self, from: data))
        }
    }

    private static func show(_ schedules: [ScheduleReport]) {
        guard !schedules.isEmpty else { return print("no schedules; magewatch schedule add every Friday 18:00 +3 web for 4h") }
        for schedule in schedules {
            let next = schedule.start.map { "next \(ScalerText.time($0))" } ?? "over"
            let name = schedule.name == schedule.schedule ? "" : "\(schedule.name): "
            print("\(name)\(schedule.schedule)  (\(next)\(schedule.isConfigured ? ", in the configuration" : ""))")
        }
    }
}
