import ArgumentParser

/// The command: one subcommand a file, argument parsing and nothing else.
@main
struct Magewatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "magewatch",
        abstract: "The monitor of a hosting stack: logs, metrics, forecasts, alerts, and the scaler that acts on them.",
        discussion: """
            EXAMPLES
              magewatch serve                            watch this machine, without any configuration
              magewatch serve --config magewatch.yaml    watch a stack
              magewatch dash                             the stack in the terminal
              magewatch query 'up'                       ask in PromQL
              magewatch logs '{host="web1"} |= "error"'  ask in LogQL
              magewatch forecast web                     what a role will need, and what saturates first
              magewatch scaler report                    what it saved and what it missed
              magewatch simulate requests.csv            what the scaler would have done with this load
              magewatch server evacuate s2 --dry-run     what would be moved for maintenance
              magewatch lab --fast                       a whole stack in namespaces on this machine, played through
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, AgentCommand.self, DashCommand.self, QueryCommand.self, LogsCommand.self, MetricsCommand.self,
            PlanCommand.self, StackCommand.self, ScaleCommand.self, ScalerCommand.self, ScheduleCommand.self, ServerCommand.self,
            AuditCommand.self,
            ForecastCommand.self, SimulateCommand.self, AnomaliesCommand.self,
            CheckConfigCommand.self, BackupCommand.self, RestoreCommand.self, LabCommand.self,
            PromQLCommand.self, LogQLCommand.self,
            RulesCommand.self, WafCommand.self,
        ])
}
